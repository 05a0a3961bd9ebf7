import { classOf, type ErrorClass, hasCode, setName } from '../error-class.js'
import { BroodError, type BroodErrorDetails } from '../errors.js'
import type { Pid } from './pid.js'
import type { Resources } from './resources.js'

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
  /** How often the task was run: more than once where a pool was told to, by `retry`. */
  readonly runs: number
}

/** A process ended before it had answered. It has the fields of {@link ProcessFacts}. */
export class ExitedError extends BroodError {
  declare readonly code: 'ERR_BROOD_EXITED' | 'ERR_BROOD_OUT_OF_MEMORY'
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
  /** How often the task was run: more than once where a pool was told to, by `retry`. The other fields are those of the last run. */
  declare readonly runs: number

  // As for BroodError: of any copy of brood.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, 'ERR_BROOD_EXITED') || hasCode(value, 'ERR_BROOD_OUT_OF_MEMORY')
  }

  constructor(message: string, facts: ProcessFacts & { readonly cause?: unknown }, code: ExitedError['code'] = 'ERR_BROOD_EXITED') {
    super(code, message, { ...facts })
  }
}
setName(ExitedError, 'ExitedError')

/** V8 had no memory left. */
export class OutOfMemoryError extends ExitedError {
  declare readonly code: 'ERR_BROOD_OUT_OF_MEMORY'

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
  declare readonly code: 'ERR_BROOD_CANCELLED'
  /** The name of the task that was called. */
  declare readonly task: string
  /** The process of a call that was killed; `undefined` where none had been given it. */
  declare readonly pid?: Pid | undefined
  /** What it was killed by. */
  declare readonly signal?: NodeJS.Signals

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
export interface TimeoutError extends BroodError {
  readonly code: 'ERR_BROOD_TIMEOUT'
  /** The name of the task that was called. */
  readonly task: string
  /** How long it might take, in milliseconds. */
  readonly timeout: number
  /** The process; `undefined` where none had been given the call. */
  readonly pid: Pid | undefined
}
export const TimeoutError: ErrorClass<TimeoutError> = classOf('TimeoutError', 'ERR_BROOD_TIMEOUT')

/** The system could not start the process: `cause` says why. */
export interface NotStartedError extends BroodError {
  readonly code: 'ERR_BROOD_NOT_STARTED'
  /** The name of the task that was called. */
  readonly task?: string
  /** brood's name of the process. */
  readonly pid?: Pid
}
export const NotStartedError: ErrorClass<NotStartedError> = classOf('NotStartedError', 'ERR_BROOD_NOT_STARTED')

/** An argument or a result that cannot be sent: `path` says which part of it. */
export interface NotCloneableError extends BroodError {
  readonly code: 'ERR_BROOD_NOT_CLONEABLE'
  /** Which part of the value it is, such as `[0].hooks`; empty where it is all of it. */
  readonly path?: string
}
export const NotCloneableError: ErrorClass<NotCloneableError> = classOf('NotCloneableError', 'ERR_BROOD_NOT_CLONEABLE')

/** What was passed is no task. */
export interface NotATaskError extends BroodError {
  readonly code: 'ERR_BROOD_NOT_A_TASK'
  /** Where the function stands: file and line. */
  readonly place?: string | undefined
  /** Names from around it that it uses. */
  readonly captured?: readonly string[]
}
export const NotATaskError: ErrorClass<NotATaskError> = classOf('NotATaskError', 'ERR_BROOD_NOT_A_TASK')

/** The module has no such task in the child. */
export interface TaskNotFoundError extends BroodError {
  readonly code: 'ERR_BROOD_TASK_NOT_FOUND'
  /** The name of the task that was called. */
  readonly task: string
  /** The URL of the module. */
  readonly url: string
  /** The tasks that the module has. */
  readonly known: readonly string[]
}
export const TaskNotFoundError: ErrorClass<TaskNotFoundError> = classOf('TaskNotFoundError', 'ERR_BROOD_TASK_NOT_FOUND')

/** The module's file is another than the one that the caller has loaded. */
export interface TaskMismatchError extends BroodError {
  readonly code: 'ERR_BROOD_TASK_MISMATCH'
  /** The name of the task. */
  readonly task: string
  /** The URL of the module. */
  readonly url: string
}
export const TaskMismatchError: ErrorClass<TaskMismatchError> = classOf('TaskMismatchError', 'ERR_BROOD_TASK_MISMATCH')

/** Two tasks of one module have the same name. */
export interface TaskDuplicateError extends BroodError {
  readonly code: 'ERR_BROOD_TASK_DUPLICATE'
  /** The name of the task. */
  readonly task: string
  /** The URL of the module. */
  readonly url: string
}
export const TaskDuplicateError: ErrorClass<TaskDuplicateError> = classOf('TaskDuplicateError', 'ERR_BROOD_TASK_DUPLICATE')

/** The module could not be loaded in the child: `cause` says why. */
export interface TaskNotLoadedError extends BroodError {
  readonly code: 'ERR_BROOD_TASK_NOT_LOADED'
  /** The name of the task that was called. */
  readonly task: string
  /** The URL of the module. */
  readonly url: string
}
export const TaskNotLoadedError: ErrorClass<TaskNotLoadedError> = classOf('TaskNotLoadedError', 'ERR_BROOD_TASK_NOT_LOADED')

/** A module starts processes while brood loads it to find a task in it. */
export interface UnguardedError extends BroodError {
  readonly code: 'ERR_BROOD_UNGUARDED'
  /** The URL of the module, where it is known. */
  readonly url: string | undefined
}
export const UnguardedError: ErrorClass<UnguardedError> = classOf('UnguardedError', 'ERR_BROOD_UNGUARDED')

/** Resources are taken now. */
export interface NoCapacityError extends BroodError {
  readonly code: 'ERR_BROOD_NO_CAPACITY'
  /** What was asked for. */
  readonly resources: Resources
}
export const NoCapacityError: ErrorClass<NoCapacityError> = classOf('NoCapacityError', 'ERR_BROOD_NO_CAPACITY')

/** More resources than there are. */
export interface ImpossibleError extends BroodError {
  readonly code: 'ERR_BROOD_IMPOSSIBLE'
  /** What was asked for. */
  readonly resources: Resources
}
export const ImpossibleError: ErrorClass<ImpossibleError> = classOf('ImpossibleError', 'ERR_BROOD_IMPOSSIBLE')

/** As many calls wait as may. */
export interface QueueFullError extends BroodError {
  readonly code: 'ERR_BROOD_QUEUE_FULL'
  /** The name of the task that was called. */
  readonly task: string
}
export const QueueFullError: ErrorClass<QueueFullError> = classOf('QueueFullError', 'ERR_BROOD_QUEUE_FULL')

/** It has a meaning only inside a task. */
export interface NoTaskError extends BroodError {
  readonly code: 'ERR_BROOD_NO_TASK'
}
export const NoTaskError: ErrorClass<NoTaskError> = classOf('NoTaskError', 'ERR_BROOD_NO_TASK')

/** This process has a channel to or from that process already. */
export interface ChannelDuplicateError extends BroodError {
  readonly code: 'ERR_BROOD_CHANNEL_DUPLICATE'
  /** The other process. */
  readonly pid: Pid
}
export const ChannelDuplicateError: ErrorClass<ChannelDuplicateError> = classOf('ChannelDuplicateError', 'ERR_BROOD_CHANNEL_DUPLICATE')

/** The system does not let this process be found by others: `cause` says why. */
export interface ChannelRefusedError extends BroodError {
  readonly code: 'ERR_BROOD_CHANNEL_REFUSED'
  /** The other process. */
  readonly pid: Pid
}
export const ChannelRefusedError: ErrorClass<ChannelRefusedError> = classOf('ChannelRefusedError', 'ERR_BROOD_CHANNEL_REFUSED')

/** What was sent before is still on its way, and without the event loop it gets no further. */
export interface ChannelBusyError extends BroodError {
  readonly code: 'ERR_BROOD_CHANNEL_BUSY'
  /** The other process. */
  readonly pid: Pid
}
export const ChannelBusyError: ErrorClass<ChannelBusyError> = classOf('ChannelBusyError', 'ERR_BROOD_CHANNEL_BUSY')

/** A channel leads from one process to another one. */
export interface ChannelSelfError extends BroodError {
  readonly code: 'ERR_BROOD_CHANNEL_SELF'
  /** This process. */
  readonly pid: Pid
}
export const ChannelSelfError: ErrorClass<ChannelSelfError> = classOf('ChannelSelfError', 'ERR_BROOD_CHANNEL_SELF')

/**
 * Why nothing more comes or goes: the other process has ended by itself with exit code 0, has ended in another way, or one of the two ends was
 * closed.
 */
export type ClosedReason = 'exited' | 'died' | 'closed'

/** The channel has come to its end. */
export class ChannelClosedError extends BroodError {
  declare readonly code: 'ERR_BROOD_CHANNEL_CLOSED'
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
