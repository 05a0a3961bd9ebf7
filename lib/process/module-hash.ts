import { readFileSync } from 'node:fs'
import { fileOf } from './module-file.js'

/**
 * A hash of the text of the file that a module comes from: a parent and its child are to mean the same function.
 *
 * The file's, not the function's text: test runners and coverage tools change what a function's text is. It is to notice an edit, not an enemy, who
 * could as well change this: so it is one that needs no `node:crypto`, which takes a child 3 ms to load.
 *
 * @returns `undefined` where it is no file, or cannot be read
 */
export function hashModule(url: string): string | undefined {
  const file = fileOf(url)
  if (file === undefined) return undefined
  try {
    // Node has read a file as text by now, and what it has not done yet it must compile.
    return hashText(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Two sums of 32 bits, each as in FNV-1a with a start of its own, and the length. */
function hashText(text: string): string {
  let first = 0x811c9dc5
  let second = 0x9747b28c
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    first = Math.imul(first ^ unit, 0x01000193)
    second = Math.imul(second ^ unit, 0x85ebca6b) ^ (second >>> 15)
  }
  return `${(first >>> 0).toString(36)}-${(second >>> 0).toString(36)}-${text.length.toString(36)}`
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
