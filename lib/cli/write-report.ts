import { writeFileSync } from 'node:fs'

/**
 * Writes a report; to standard output where the file is `-`.
 *
 * The command has ended, and its code is to come through: what cannot be written is said, and no more.
 *
 * @returns was it written?
 */
export function writeReport(file: string, text: string): boolean {
  try {
    if (file === '-') process.stdout.write(text)
    else writeFileSync(file, text)
    return true
  } catch (error) {
    process.stderr.write(`brood: ${(error as Error).message}\n`)
    return false
  }
}
