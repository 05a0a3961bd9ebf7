import { existsSync, realpathSync } from 'node:fs'
import { Module } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** What Node's `require` looks paths up with. */
interface Resolver {
  _nodeModulePaths?(directory: string): string[]
  _resolveLookupPaths?(request: string, parent: { readonly paths: readonly string[] }): string[] | null
  readonly _pathCache?: Record<string, string>
}

const request = 'brood/process'
/** The file that this is bundled into. It is CommonJS, for which that is a path. */
const library = import.meta.url

/**
 * Has `require` find the library for a file without a search, where it would find the one that runs here: it remembers what it has found, and so does this.
 *
 * The first package with `exports` that is looked for in a process has Node load its resolver of ES modules, which takes 2 ms, and a module with tasks looks
 * for this one.
 */
export function rememberLibrary(file: string): void {
  const resolver = Module as unknown as Resolver
  const { _pathCache: cache } = resolver
  const own = resolver._nodeModulePaths?.(dirname(file))
  const paths = own === undefined ? undefined : resolver._resolveLookupPaths?.(request, { paths: own })
  if (cache === undefined || !paths || keepsLinks()) return
  const found = paths.find((path) => existsSync(join(path, 'brood')))
  if (found !== undefined && leadsToLibrary(join(found, 'brood'))) cache[`${request}\0${paths.join('\0')}`] = library
}

/** Then a path that leads here may be another module than this one. */
const keepsLinks = () => [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((text) => text.includes('--preserve-symlinks'))

function leadsToLibrary(directory: string): boolean {
  try {
    return realpathSync.native(join(directory, basename(dirname(library)), basename(library))) === library
  } catch {
    return false
  }
}
