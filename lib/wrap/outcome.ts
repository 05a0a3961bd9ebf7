import { getSystemErrorName } from 'node:util'
import type { SpawnRecord } from '../trace/record-spawns.js'

/** What `process_wrap` calls when the process has ended. */
type OnExit = (this: unknown, code: number, signal: string) => unknown

interface ProcessHandle {
  readonly pid?: number
  onexit?: OnExit
}

/** What `spawn_sync` returns. */
interface SyncResult {
  readonly pid?: number
  readonly status?: number | null
  readonly signal?: string | null
  /** A negative error number of libuv. */
  readonly error?: number
}

/**
 * Records what has become of a spawn, and will.
 *
 * @param handle the object that Node's function was called on
 * @param result what it returned: an error number, or all that is to be known of a process that has ended
 */
export function recordOutcome(record: SpawnRecord, handle: unknown, result: unknown): void {
  if (result !== null && typeof result === 'object') recordEnded(record, result)
  else if (typeof result === 'number' && result < 0) record.started(undefined, getSystemErrorName(result))
  else recordRunning(record, handle as ProcessHandle)
}

function recordEnded(record: SpawnRecord, { pid, status = null, signal = null, error }: SyncResult): void {
  // A timeout or too much output is an error, too, of a process that did run.
  const wasStarted = pid !== undefined && pid > 0
  if (wasStarted) record.ran(pid, signal === null ? status : null, signal)
  else record.started(undefined, error === undefined ? undefined : getSystemErrorName(error))
}

function recordRunning(record: SpawnRecord, handle: ProcessHandle): void {
  record.started(handle.pid)
  const { onexit } = handle
  if (onexit === undefined) return
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  handle.onexit = function (this: unknown, code, signal) {
    record.ended(signal ? null : code, signal || null)
    return Reflect.apply(onexit, this, [code, signal])
  }
}
