import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * A hash of the file that a module comes from: a parent and its child are to mean the same function.
 *
 * The file's, not the function's text: test runners and coverage tools change what a function's text is.
 *
 * @returns `undefined` where it is no file, or cannot be read
 */
export function hashModule(url: string): string | undefined {
  try {
    const { protocol, pathname } = new URL(url)
    if (protocol !== 'file:') return undefined
    // Without a query, by which modules are loaded afresh.
    return createHash('sha256')
      .update(readFileSync(fileURLToPath(`file://${pathname}`)))
      .digest('base64')
      .slice(0, 22)
  } catch {
    return undefined
  }
}
