import type { Snapshot } from './snapshot.js'

/** The variable that tells a mock where the program lies in whose place it runs: empty where there is none. */
export const replacedVariable = 'BROOD_REPLACED'

/** What is started in place of a program. */
export interface Mock {
  /** The node that made the context. */
  readonly node: string
  /** The script: absolute path. */
  readonly file: string
}

/** What the active contexts replace. */
export interface Replaced {
  /** By {@link replaceableName}. */
  readonly mocks: ReadonlyMap<string, Mock>
  /** Shim directories with stand-ins for these programs, beside that of the newest context; the newest of them first. */
  readonly shims: readonly string[]
}

/** The name by which a program is replaced: the last part of its path, on Windows without its extension, in lower case. */
export function replaceableName(file: string, windows: boolean): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), windows ? file.lastIndexOf('\\') : -1) + 1)
  return windows ? name.toLowerCase().replace(/\.(?:exe|com|bat|cmd)$/, '') : name
}

/** Puts together what the contexts, oldest first, replace: the newest wins. */
export function collectReplaced(contexts: readonly Snapshot[]): Replaced | undefined {
  const mocks = new Map<string, Mock>()
  const shims: string[] = []
  for (const { replace, node, directory } of contexts) {
    if (replace === undefined) continue
    for (const name of Object.keys(replace)) mocks.set(name, { node, file: replace[name] as string })
    if (directory !== contexts.at(-1)?.directory) shims.unshift(directory)
  }
  return mocks.size === 0 ? undefined : { mocks, shims }
}
