/** Variables by name, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A process that is about to be started, as its parent asks for it. */
export interface SpawnDetails {
  /** What is executed: a path, or a name to be found on the child's PATH. Where a command is for a shell, it is the shell. */
  readonly file: string
  /** The arguments behind `argv0`. */
  readonly args: readonly string[]
  readonly argv0: string
  /** The child's variables, without those of brood. */
  readonly env: Variables
  /** The working directory; `undefined` for that of the parent. */
  readonly cwd: string | undefined
}

/** What a listener wants otherwise: the fields that are there replace what was asked for. */
export type SpawnChanges = { readonly [Field in keyof SpawnDetails]?: SpawnDetails[Field] | undefined }

/** Looks at a process before it is started. Returns what is to be otherwise, or `false` to leave the process out of the context. */
export type SpawnListener = (spawn: SpawnDetails) => SpawnChanges | false | undefined | void
