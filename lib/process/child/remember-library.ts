import { existsSync, realpathSync } from 'node:fs'
import { Module } from 'node:module'
import { dirname, join } from 'node:path'

/** What Node's `require` looks paths up with. */
interface Resolver {
  _nodeModulePaths(directory: string): string[]
  _resolveLookupPaths(request: string, parent: NodeJS.Module): string[]
  readonly _pathCache: Record<string, string>
}

const request = 'brood/process'

/**
 * Has `require` find the library for a file without a search, where it would find the one that runs here: it remembers what it has found, and so does this.
 *
 * The first package with `exports` that is looked for in a process has Node load its resolver of ES modules, which takes 2 ms, and a module with tasks looks
 * for this one.
 */
export function rememberLibrary(file: string): void {
  // It is no more than a short cut: where files may not be looked at, or somebody has changed how Node looks, Node does it.
  try {
    const { paths, isFound } = lookUp(file)
    if (isFound) (Module as unknown as Resolver)._pathCache[`${request}\0${paths.join('\0')}`] = library()
  } catch {}
}

function lookUp(file: string): { readonly paths: readonly string[]; readonly isFound: boolean } {
  const resolver = Module as unknown as Resolver
  const asking = new Module(file)
  asking.filename = file
  asking.paths = resolver._nodeModulePaths(dirname(file))
  const paths = resolver._resolveLookupPaths(request, asking)
  const found = paths.find((path) => existsSync(join(path, 'brood')))
  const isFound = found !== undefined && !keepsLinks() && realpathSync.native(join(found, 'brood')) === dirname(dirname(library()))
  return { paths, isFound }
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
