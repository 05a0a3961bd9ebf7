import { readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ownerFile } from './owner.js'
import { snapshotFile } from './snapshot.js'

/**
 * Removes a context's directory.
 *
 * The snapshot goes first, so that half a directory wraps nothing, and the owner's file last, so that a sweep knows what half a directory is.
 */
export function removeDirectory(directory: string): void {
  // Loading what `rmSync` needs takes longer than all of unwrap().
  try {
    const names = readdirSync(directory)
    const last = (name: string) => (name === ownerFile ? 1 : name === snapshotFile ? -1 : 0)
    for (const name of names.toSorted((a, b) => last(a) - last(b))) unlinkSync(join(directory, name))
    rmdirSync(directory)
  } catch {
    // Somebody has put a directory there, or removed something.
    rmSync(directory, { recursive: true, force: true })
  }
}
