import { classOf, hasCode, type NamedError, setName } from '../error-class.js'
import { BroodError, type BroodErrorCode, type BroodErrorDetails } from '../errors.js'
import type { Pid } from './pid.js'

/** What is known of the process that an error is about. */
export interface ProcessFacts {
  /** The name of the task that was called. */
  readonly task: string
  /** brood's name of the process. */
  readonly pid: Pid
  /** What the system calls it; `undefined` where it was never started. */
  readonly osPid: number | undefined
  /** `null` where a signal has ended it. */
  readonly exitCode: number | null
  /** The signal that has ended it. */
  readonly signal: NodeJS.Signals | null
  /** The last of what it wrote to stderr, at most 4 kB; empty where its stderr is not brood's to read. */
  readonly stderr: string
}

/** A process ended before it had answered. It has the fields of {@link ProcessFacts}. */
export class ExitedError extends BroodError {
  /** The name of the task that was called. */
  declare readonly task: string
  /** brood's name of the process. */
  declare readonly pid: Pid
  /** What the system called it. */
  declare readonly osPid: number | undefined
  /** `null` where a signal has ended it. 0: it called `process.exit()`, or had nothing more to wait for. */
  declare readonly exitCode: number | null
  /** The signal that has ended it. */
  declare readonly signal: NodeJS.Signals | null
  /** The last of what it wrote to stderr, at most 4 kB; empty where its stderr is not brood's to read. */
  declare readonly stderr: string

  // As for BroodError: of any copy of brood.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, 'ERR_BROOD_EXITED') || hasCode(value, 'ERR_BROOD_OUT_OF_MEMORY')
  }

  constructor(message: string, facts: ProcessFacts & { readonly cause?: unknown }, code: BroodErrorCode = 'ERR_BROOD_EXITED') {
    super(code, message, { ...facts })
  }
}
setName(ExitedError, 'ExitedError')

/** V8 had no memory left. */
export class OutOfMemoryError extends ExitedError {
  constructor(message: string, facts: ProcessFacts) {
    super(message, facts, 'ERR_BROOD_OUT_OF_MEMORY')
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, 'ERR_BROOD_OUT_OF_MEMORY')
  }
}
setName(OutOfMemoryError, 'OutOfMemoryError')

/** Somebody has given up: by `kill()`, or by a signal. Then its name is AbortError, and its cause the reason of the signal. */
export class CancelledError extends BroodError {
  constructor(message: string, details: BroodErrorDetails & { readonly bySignal?: boolean } = {}) {
    const { bySignal = false, ...others } = details
    super('ERR_BROOD_CANCELLED', message, others)
    if (bySignal) Object.defineProperty(this, 'name', { value: 'AbortError', configurable: true, writable: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, 'ERR_BROOD_CANCELLED')
  }
}
setName(CancelledError, 'CancelledError')

/** It took longer than it may. */
export const TimeoutError: NamedError = classOf('TimeoutError', 'ERR_BROOD_TIMEOUT')
/** The system could not start the process: `cause` says why. */
export const NotStartedError: NamedError = classOf('NotStartedError', 'ERR_BROOD_NOT_STARTED')
/** An argument or a result that cannot be sent: `path` says which part of it. */
export const NotCloneableError: NamedError = classOf('NotCloneableError', 'ERR_BROOD_NOT_CLONEABLE')
/** What was passed is no task. */
export const NotATaskError: NamedError = classOf('NotATaskError', 'ERR_BROOD_NOT_A_TASK')
/** The module has no such task in the child. */
export const TaskNotFoundError: NamedError = classOf('TaskNotFoundError', 'ERR_BROOD_TASK_NOT_FOUND')
/** The module's file is another than the one that the caller has loaded. */
export const TaskMismatchError: NamedError = classOf('TaskMismatchError', 'ERR_BROOD_TASK_MISMATCH')
/** Two tasks of one module have the same name. */
export const TaskDuplicateError: NamedError = classOf('TaskDuplicateError', 'ERR_BROOD_TASK_DUPLICATE')
/** The module could not be loaded in the child: `cause` says why. */
export const TaskNotLoadedError: NamedError = classOf('TaskNotLoadedError', 'ERR_BROOD_TASK_NOT_LOADED')
/** A module starts processes while brood loads it to find a task in it. */
export const UnguardedError: NamedError = classOf('UnguardedError', 'ERR_BROOD_UNGUARDED')
/** Resources are taken now. */
export const NoCapacityError: NamedError = classOf('NoCapacityError', 'ERR_BROOD_NO_CAPACITY')
/** More resources than there are. */
export const ImpossibleError: NamedError = classOf('ImpossibleError', 'ERR_BROOD_IMPOSSIBLE')
/** As many calls wait as may. */
export const QueueFullError: NamedError = classOf('QueueFullError', 'ERR_BROOD_QUEUE_FULL')
/** It has a meaning only inside a task. */
export const NoTaskError: NamedError = classOf('NoTaskError', 'ERR_BROOD_NO_TASK')

/** This process has a channel to or from that process already. */
export const ChannelDuplicateError: NamedError = classOf('ChannelDuplicateError', 'ERR_BROOD_CHANNEL_DUPLICATE')
/** The system does not let this process be found by others: `cause` says why. */
export const ChannelRefusedError: NamedError = classOf('ChannelRefusedError', 'ERR_BROOD_CHANNEL_REFUSED')
/** A channel leads from one process to another one. */
export const ChannelSelfError: NamedError = classOf('ChannelSelfError', 'ERR_BROOD_CHANNEL_SELF')

/**
 * Why nothing more comes or goes: the other process has ended by itself with exit code 0, has ended in another way, or one of the two ends was
 * closed.
 */
export type ClosedReason = 'exited' | 'died' | 'closed'

/** The channel has come to its end. */
export class ChannelClosedError extends BroodError {
  /** How it has ended. */
  declare readonly reason: ClosedReason
  /** The other process. */
  declare readonly pid: Pid

  constructor(message: string, facts: { readonly reason: ClosedReason; readonly pid: Pid }) {
    super('ERR_BROOD_CHANNEL_CLOSED', message, facts)
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && (value as { code?: unknown }).code === 'ERR_BROOD_CHANNEL_CLOSED'
  }
}
setName(ChannelClosedError, 'ChannelClosedError')

/** A file of brood's own is not beside the others. */
export function notBeside(file: string, details: BroodErrorDetails): BroodError {
  const advice = 'Where a bundler has taken brood in, tell it to leave brood out (esbuild: --external:brood).'
  return new NotStartedError(`No process can be started: ${file} is not there. ${advice}`, details)
}
