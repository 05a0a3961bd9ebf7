import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Names under which a wrapper may ask for brood: its own, and the one it takes the place of. */
const names = ['brood', 'spawn-wrap']

/** brood's CommonJS entry, beside the file that this was bundled into. */
export const libraryEntry: string = fileURLToPath(new URL('./index.cjs', import.meta.url))

/** The program behind the `.cmd` shims. */
export const foregroundEntry: string = fileURLToPath(new URL('./foreground.cjs', import.meta.url))

/**
 * By which names the wrapper main, where it lies, reaches this very copy of brood.
 *
 * The preload answers those without the file system: resolving a package costs a child more than all the rest.
 */
export function findLibraryNames(main: string): string[] {
  const { resolve } = createRequire(main)
  const library = realpathSync(libraryEntry)
  const reached = names.filter((name) => {
    try {
      return realpathSync(resolve(name)) === library
    } catch {
      return false
    }
  })
  return [...reached, libraryEntry]
}
