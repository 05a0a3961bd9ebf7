import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Names under which a wrapper may ask for brood: its own, and the one it takes the place of. */
const names = ['brood', 'spawn-wrap']

/** brood's CommonJS entry, beside the file that this was bundled into. */
export const libraryEntry: string = fileURLToPath(new URL('./index.cjs', import.meta.url))

/** The program behind the `.cmd` shims. */
export const foregroundEntry: string = fileURLToPath(new URL('./foreground.cjs', import.meta.url))

/**
 * By which names the wrapper main reaches this very copy of brood.
 *
 * The preload answers those without the file system: resolving a package costs a child more than all the rest.
 * A name that is not found here costs that time, and nothing else: so only the usual places are looked at, where
 * Node's own resolution would take 3 ms.
 *
 * @param main the wrapper main: absolute path
 */
export function findLibraryNames(main: string): string[] {
  const root = realpathSync(fileURLToPath(new URL('../', import.meta.url)))
  const from = dirname(realpathSync(main))
  return [...names.filter((name) => findPackage(name, from, root) === root), libraryEntry]
}

/** Where Node finds a package: the one that asks, if it has that name, or the nearest in a node_modules folder. */
function findPackage(name: string, from: string, own: string): string | undefined {
  if (name === names[0] && from === own) return own
  const installed = join(from, 'node_modules', name)
  if (existsSync(installed)) return realpathSync(installed)
  return dirname(from) === from ? undefined : findPackage(name, dirname(from), own)
}
