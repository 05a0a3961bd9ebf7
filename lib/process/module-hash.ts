import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * A hash of the file that a module comes from: a parent and its child are to mean the same function.
 *
 * The file's, not the function's text: test runners and coverage tools change what a function's text is. It is to notice an edit, not an enemy, who
 * could as well change this: so it is one that needs no `node:crypto`, which takes a child 3 ms to load.
 *
 * @returns `undefined` where it is no file, or cannot be read
 */
export function hashModule(url: string): string | undefined {
  try {
    const { protocol, pathname } = new URL(url)
    // Without a query, by which modules are loaded afresh.
    return protocol === 'file:' ? hashBytes(readFileSync(fileURLToPath(`file://${pathname}`))) : undefined
  } catch {
    return undefined
  }
}

/** Two sums of 32 bits, each as in FNV-1a with a start of its own, and the length. */
function hashBytes(bytes: Uint8Array): string {
  let first = 0x811c9dc5
  let second = 0x9747b28c
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number
    first = Math.imul(first ^ byte, 0x01000193)
    second = Math.imul(second ^ byte, 0x85ebca6b) ^ (second >>> 15)
  }
  return `${(first >>> 0).toString(36)}-${(second >>> 0).toString(36)}-${bytes.length.toString(36)}`
}

/** By URL. */
const hashes = new Map<string, string | undefined>()

/** The hash of a module as it was when that was asked first: most likely it is loaded at that time. */
export function hashOnce(url: string): string | undefined {
  if (!hashes.has(url)) hashes.set(url, hashModule(url))
  return hashes.get(url)
}

/** It is loaded once more. */
export function forgetHash(url: string): void {
  hashes.delete(url)
}
