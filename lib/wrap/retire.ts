import { renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { debug } from '../diagnostics.js'
import { removeDirectory } from './remove-directory.js'
import { type Snapshot, snapshotFile } from './snapshot.js'
import { adopt, findCarriers } from './sweep.js'

/** Was the context taken back, or does the process end that made it? */
export type EndReason = 'dispose' | 'exit'

/**
 * Removes a context's directory.
 *
 * While a living process carries it, it stays, and a later sweep removes it. At the end of the process it stays whole: what was started
 * last may not have read the snapshot yet. Where the context was taken back only the shims stay, because a shell remembers
 * where it found node; without the snapshot they start node as it is. Under SPAWN_WRAP_DEBUG they stay for a look at them.
 *
 * @param mayBeCarried may any process have been started since the context was made?
 */
export function retireDirectory({ directory, debug: keep }: Snapshot, reason: EndReason, mayBeCarried: boolean): void {
  const name = basename(directory)
  const snapshot = join(directory, snapshotFile)
  try {
    const carrier = mayBeCarried ? findCarriers([name]).get(name) : undefined
    const staysWhole = carrier !== undefined && reason === 'exit'
    if (carrier !== undefined) adopt(directory, carrier)
    else if (!keep) removeDirectory(directory)
    if (!staysWhole && keep) renameSync(snapshot, join(directory, `disposed-${snapshotFile}`))
    else if (!staysWhole) rmSync(snapshot, { force: true })
    debug(carrier !== undefined ? 'directory left' : keep ? 'directory kept' : 'directory removed', () => ({ directory, carrier }))
  } catch (error) {
    debug('directory not removed', () => ({ directory, error: String(error) }))
  }
}
