import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of this process, gone with it. */
export const scratch: string = realpathSync(mkdtempSync(join(tmpdir(), 'brood-fuzz-')))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

/** Where the programs lie that are made for a test. */
export const bin: string = join(scratch, 'bin')
mkdirSync(bin)

/** Makes a program in {@link bin}. */
function makeProgram(name: string, text: string): string {
  const path = join(bin, name)
  writeFileSync(path, text, { mode: 0o755 })
  return path
}

/** Says its arguments, each behind one character and before another that no argument here holds. */
export const show: string = makeProgram('show', `#!/bin/sh\n[ $# -eq 0 ] || printf '\\002%s\\003' "$@"\n`)

/** The arguments that {@link show} was given, each time it ran. */
export const shown = (output: string): string[] => [...output.matchAll(/\x02([^\x03]*)\x03/g)].map(([, argument]) => argument as string)
