// Where an import leads: to a file that is hot with the module, or to something that Node loads once.
import { existsSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { extname, isAbsolute, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Resolves as Node does, to a URL. */
export type Resolve = (specifier: string, parent: string) => string

export type Target =
  | { readonly kind: 'local'; readonly url: string; readonly path: string }
  /** A built-in module, a package, or what is to be shared with the rest of the program. */
  | { readonly kind: 'native'; readonly url: string }

/** One that is hot as well. */
export type LocalTarget = Target & { readonly kind: 'local' }

const extensions: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json'])

/** Which files are a module's own. */
export interface Locality {
  /** Paths of files and directories that Node loads. */
  readonly native: Iterable<string>
  /** A directory whose files are local, though it may be that of a package. */
  readonly own?: string | undefined
}

/** @throws what Node's resolution throws */
export function findTarget(specifier: string, parent: string, resolve: Resolve, locality: Locality): Target {
  if (isBuiltin(specifier)) return { kind: 'native', url: specifier.startsWith('node:') ? specifier : `node:${specifier}` }
  // A path need not lead anywhere yet: who imports it is told when it is read, and the file may come.
  const url = /^(?:\.{0,2}\/|file:)/.test(specifier) ? new URL(specifier, parent).href : resolve(specifier, parent)
  return targetOf(asTypeScript(url, parent), locality)
}

/** What a URL is, or an absolute path. */
export function targetOf(urlOrPath: string, locality: Locality): Target {
  const url = new URL(isAbsolute(urlOrPath) ? pathToFileURL(urlOrPath) : urlOrPath)
  if (url.protocol !== 'file:') return { kind: 'native', url: url.href }
  const path = realPath(fileURLToPath(url))
  // A query or a hash makes another module of the same file.
  const real = `${pathToFileURL(path).href}${url.search}${url.hash}`
  return isLocal(path, locality) ? { kind: 'local', url: real, path } : { kind: 'native', url: real }
}

function isLocal(path: string, { native, own }: Locality): boolean {
  const inside = own !== undefined && path.startsWith(own + sep) ? path.slice(own.length) : path
  // A file without extension may be anything, an addon is one file for the whole process: who asks for them is told.
  if (inside.includes(`${sep}node_modules${sep}`)) return false
  if (extname(path) !== '.node' && extname(path) !== '' && !extensions.has(extname(path))) return false
  for (const each of native) if (path === each || path.startsWith(each.endsWith(sep) ? each : each + sep)) return false
  return true
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // It is not there: to read it will say so.
    return path
  }
}

/** Sources in TypeScript may name the file that a compiler would make of the one that they mean. */
function asTypeScript(url: string, parent: string): string {
  if (!/\.[cm]?ts$/.test(parent) || !/\.[cm]?js$/.test(url) || !url.startsWith('file:')) return url
  const typescript = url.replace(/js$/, 'ts')
  return !existsSync(fileURLToPath(url)) && existsSync(fileURLToPath(typescript)) ? typescript : url
}

/** The paths that the option `native` names. */
export function resolveNativePaths(native: readonly string[], parent: string): readonly string[] {
  return native.map((each) =>
    realPath(fileURLToPath(isAbsolute(each) ? pathToFileURL(each) : new URL(each, parent))).replace(/(.)[\\/]$/, '$1'),
  )
}
