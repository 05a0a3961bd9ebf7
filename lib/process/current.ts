import { InitReached } from './child/load-task.js'
import { NoTaskError } from './errors.js'
import { identity } from './identity.js'
import type { Pid } from './pid.js'
import type { Resources } from './resources.js'
import { getState, type RunningCall } from './state.js'

/** Was this process started by `brood/process`? It is `false` in the one that a person started. */
export const isChild: boolean = getState().isChild

/**
 * In a child: the tasks above it are what the module is loaded for, and what stands below does not run. In the process that a person started it does
 * nothing. From procspawn and constellation.
 */
export function init(): void {
  if (getState().loading !== undefined) throw new InitReached()
}

/** This process. From constellation. */
export const pid = (): Pid => identity().pid

/** The process that started this one; `undefined` in the one that a person started. */
export const parentPid = (): Pid | undefined => identity().parent

/** What this process was given: bytes and cores. From constellation. */
export const resources = (): Resources => identity().resources

/**
 * Tells who called the task how far it is: `onProgress` is given the value. It is sent before this returns.
 *
 * @throws BroodError `ERR_BROOD_NO_TASK` outside a task; `ERR_BROOD_NOT_CLONEABLE`
 */
export function progress(value: unknown): void {
  call('progress').progress(value)
}

/**
 * Aborted when the caller gives up. A task that listens to it goes on running while it waits for that alone.
 *
 * @throws BroodError `ERR_BROOD_NO_TASK` outside a task
 */
export function signal(): AbortSignal {
  return call('signal').signal
}

function call(name: string): RunningCall {
  const running = getState().call
  if (running === undefined) throw new NoTaskError(`${name}() has a meaning only while a task runs in a child.`)
  return running
}
