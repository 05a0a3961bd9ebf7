import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory for the records of one run. */
export interface TraceDirectory {
  readonly directory: string
  remove(this: void): void
}

export function makeTraceDirectory(): TraceDirectory {
  const directory = mkdtempSync(join(tmpdir(), 'brood-trace-'))
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
