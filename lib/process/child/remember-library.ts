import { Module } from 'node:module'

/**
 * Has `require` find the library without a search where the parent has seen that it would find the one that runs here: it remembers what it has found, and
 * so does this.
 *
 * The first package with `exports` that is looked for in a process has Node load its resolver of ES modules, which takes 2 ms, and a module with tasks looks
 * for this one.
 *
 * @param lookup what `require` remembers it by, which is of use to no other module, and none where it looks elsewhere than in the parent
 */
export function rememberLibrary(lookup: string): void {
  if (!keepsLinks()) (Module as unknown as { readonly _pathCache: Record<string, string> })._pathCache[lookup] = library()
}

/** The file that this is bundled into. It is CommonJS, for which that is a path. */
const library = (): string => import.meta.url

/** Then a path that leads here may be another module than this one. */
function keepsLinks(): boolean {
  const { NODE_OPTIONS = '', NODE_PRESERVE_SYMLINKS } = process.env
  // A file with options may say it as well.
  return (
    NODE_PRESERVE_SYMLINKS !== undefined ||
    [...process.execArgv, NODE_OPTIONS].some((text) => /preserve[-_]symlinks|config[-_]file/.test(text))
  )
}
