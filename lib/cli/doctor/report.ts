/**
 * What `brood doctor --json` writes. A field that is `undefined` is not in the JSON.
 *
 * `schemas/doctor.schema.json` is made of these types and comments (`npm run build:schemas`).
 */
export interface DoctorReport {
  /** Tells these data from others. */
  readonly format: 'brood-doctor'
  /** Of the format. It changes when data that were right are no longer. */
  readonly version: 1
  /** The version of brood. */
  readonly brood: string
  /** The system and its processor, in Node's words: `linux x64`. */
  readonly platform: string
  /** Does wrapping work here? That is, did no check fail. */
  readonly works: boolean
  /** What was looked at, in order. */
  readonly checks: readonly Check[]
  /** What became of the command. Missing where none was given, or it could not be run. */
  readonly command: CommandReport | undefined
}

/** One thing that was looked at. */
export interface Check {
  /** What it is: `shim root`, `store`, `node`, `trial`, … Of some there are several. */
  readonly name: string
  /** With a warning wrapping works, if not for everything; with a failure it does not. */
  readonly status: 'ok' | 'warning' | 'failure'
  /** What was found, in words. */
  readonly detail: string
  /** What to do about it. */
  readonly advice: string | undefined
}

/** What became of a command that ran under brood. */
export interface CommandReport {
  /** As it was given. What looks like a secret is masked. */
  readonly command: readonly string[]
  /**
   * The exit code of the command. Missing where it died of a signal.
   *
   * @asType integer
   */
  readonly exitCode: number | undefined
  /** The signal it died of. */
  readonly signal: string | undefined
  /** Were its processes watched in /proc? Where not, only those are known that a wrapped process started itself. */
  readonly watched: boolean
  /**
   * Node processes that were wrapped.
   *
   * @asType integer
   */
  readonly wrapped: number
  /** Those that were not, in the order in which they started. */
  readonly losses: readonly Loss[]
}

/** A Node process that ran as if there were no brood. */
export interface Loss {
  /**
   * Missing where nobody knows.
   *
   * @asType integer
   */
  readonly pid: number | undefined
  /** Its argv. What looks like a secret is masked. */
  readonly command: readonly string[]
  /** The file that it ran: absolute. */
  readonly executable: string | undefined
  /** The version of its node, as `20.19.0`. */
  readonly nodeVersion: string | undefined
  /**
   * Why NODE_OPTIONS did not load brood: the whole environment was made anew; or NODE_OPTIONS was taken out of it, or set anew; Node is too old, runs with the
   * rights of its file, as another user or in another root directory; the permission model, or a snapshot that is built, forbid it; brood left
   * it alone where there was no room, or its files could not be read; or it is not known.
   */
  readonly reason:
    | 'environment-emptied'
    | 'node-options-removed'
    | 'node-options-replaced'
    | 'node-too-old'
    | 'setuid'
    | 'other-user'
    | 'other-root'
    | 'permission-model'
    | 'build-snapshot'
    | 'left-alone'
    | 'files-gone'
    | 'unknown'
  /**
   * Why no shim put that right: it was started by its path; the shims were not on its PATH; or another node came before them. Missing where a shim
   * could not have helped.
   */
  readonly route: 'by-path' | 'shims-not-on-path' | 'shims-not-first' | undefined
  /** The program that still had brood's variables, and started the next one without. Missing where they were not lost on the way, or nobody saw it. */
  readonly lostAt: Ancestor | undefined
  /** The programs that it came of, as far as they were seen, from the command on. A process that became another program is there with both. */
  readonly ancestors: readonly Ancestor[]
}

/** A program on the way to a process. */
export interface Ancestor {
  /**
   * Missing where nobody knows.
   *
   * @asType integer
   */
  readonly pid: number | undefined
  /** Its argv. What looks like a secret is masked. */
  readonly command: readonly string[]
  /** Was it a Node process that was wrapped? */
  readonly wrapped: boolean
}
