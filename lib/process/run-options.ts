import { checkOptions, invalid, readFunction, readNumber, readSignal, readTime } from './argument.js'
import type { CallLimits } from './pool-call.js'

/** Options of one call. */
export interface RunOptions {
  /**
   * The task sees it by `signal()`. A call that waits is taken out of the queue; where the task goes on for 1 s, its process is killed.
   *
   * @default none
   */
  readonly signal?: AbortSignal
  /** Milliseconds from when a process begins with it, after which that process is killed. @default never */
  readonly timeout?: number
  /** Is given what the task tells by `progress()`. @default nobody is */
  readonly onProgress?: (value: unknown) => void
  /** Higher ones are begun before lower ones. @default 0 */
  readonly priority?: number
  /** How often it may be run again where its process ended in the middle of it. @default 0: nothing is ever run twice */
  readonly retry?: number
}

export const plainLimits: CallLimits = { timeout: undefined, signal: undefined, onProgress: undefined, priority: 0, retry: 0 }

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function readLimits(options: RunOptions): CallLimits {
  checkOptions(options, ['signal', 'timeout', 'onProgress', 'priority', 'retry'])
  const { signal, timeout, onProgress, priority = 0, retry } = options
  if (typeof priority !== 'number' || Number.isNaN(priority)) throw invalid('priority', 'a number', priority)
  return {
    signal: readSignal(signal),
    timeout: readTime('timeout', timeout),
    onProgress: readFunction('onProgress', onProgress),
    priority,
    retry: readNumber('retry', retry) ?? 0,
  }
}
