import type { PartialWord } from './prefix-command.js'

/**
 * Finds the text behind `-c` on the command line of a POSIX shell, as in `sh -ec TEXT`, `bash --norc -o pipefail -c -- TEXT name`.
 *
 * @param start index of the word behind the shell's name
 * @returns the index of that text; `undefined` where there is none, or the words before it are not all known
 */
export function findShellText(words: readonly PartialWord[], start: number): number | undefined {
  let found = false
  for (let index = start; index < words.length; index++) {
    const { known, complete } = words[index] as PartialWord
    if (known === '-' || known === '--') return found ? index + 1 : undefined
    if (!/^[-+]/.test(known)) return found ? index : undefined
    if (!complete) return undefined
    if (known.startsWith('--')) {
      if (known === '--rcfile' || known === '--init-file') index++
      continue
    }
    if (known.startsWith('-') && known.includes('c')) found = true
    // Each `o` and each `O` takes the name of an option from the words behind.
    index += known.match(/[oO]/g)?.length ?? 0
  }
  return undefined
}
