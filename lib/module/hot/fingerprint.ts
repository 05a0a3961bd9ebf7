import { statSync } from 'node:fs'

/** What tells that a file was written: the system's own marks, to the nanosecond. `undefined` where there is no file. */
export function fingerprint(path: string): string | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return undefined
  }
}
