import { BroodError } from '../../errors.js'

/**
 * A stamp of the files that say what a host and its modules expect of each other. Each side makes one of its own copy of them: one gives it to
 * `loadModule`, the other to `defineModule`. From relib, which asks whether the crate with the interface is the same.
 *
 * The order of the files counts, their names do not: in a module they may lie elsewhere. Line ends are taken for the same on all systems.
 *
 * @param files paths, or file URLs: `new URL('./interface.d.ts', import.meta.url)`
 * @returns 32 hexadecimal digits
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` where there are none; what Node throws where one cannot be read
 */
export function stampOf(...files: readonly (string | URL)[]): string {
  if (files.length === 0) throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'stampOf() must be given files.', { argument: 'files' })
  // Most modules have no stamp.
  const { createHash } = process.getBuiltinModule('node:crypto')
  const { readFileSync } = process.getBuiltinModule('node:fs')
  const hash = createHash('sha256')
  for (const file of files) {
    const text = readFileSync(typeof file === 'string' && file.startsWith('file:') ? new URL(file) : file, 'latin1').replaceAll(
      '\r\n',
      '\n',
    )
    hash.update(`${text.length}\n${text}`, 'latin1')
  }
  return hash.digest('hex').slice(0, 32)
}
