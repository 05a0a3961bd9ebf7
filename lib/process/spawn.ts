import { readFunction, readSignal, readTime } from './argument.js'
import { prepareCall } from './call.js'
import { UnguardedError } from './errors.js'
import { Handle, type JoinHandle } from './join-handle.js'
import { type ProcessOptions, planProcess, processOptionNames } from './process-options.js'
import { Run } from './run.js'
import { wakeSpare } from './spares.js'
import { getState } from './state.js'
import type { AnyFunction, OverloadArguments, OverloadResult, Task, TaskResult } from './task.js'

/** How a process for one call is started, and what ends it. */
export interface SpawnOptions extends ProcessOptions {
  /** Milliseconds from now on, after which it is killed. @default never */
  readonly timeout?: number
  /** Aborts the task's `signal()`, and kills it when it has not ended by itself 1 s later. @default none */
  readonly signal?: AbortSignal
  /** Is given what the task tells by `progress()`. @default nobody is */
  readonly onProgress?: (value: unknown) => void
}

/**
 * Calls a task in a process of its own, which ends when the task has answered. From procspawn and constellation.
 *
 * @returns a handle, at once: what goes wrong is said where it is joined
 * @throws BroodError `ERR_BROOD_NOT_A_TASK`; `ERR_BROOD_UNGUARDED` where a module starts processes while brood loads it for a task
 */
export function spawn<F extends AnyFunction>(task: Task<F>, ...args: Parameters<F>): JoinHandle<TaskResult<F>>
export function spawn<F extends AnyFunction, A extends OverloadArguments<F>>(task: Task<F>, ...args: A): JoinHandle<OverloadResult<F, A>>
export function spawn(task: Task, ...args: unknown[]): JoinHandle<unknown> {
  return start({}, task, args, true, spawn)
}

/**
 * The same, with options for the process: procspawn's `Builder`.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` beside those of {@link spawn}
 */
export function spawnWith<F extends AnyFunction>(options: SpawnOptions, task: Task<F>, ...args: Parameters<F>): JoinHandle<TaskResult<F>>
export function spawnWith<F extends AnyFunction, A extends OverloadArguments<F>>(
  options: SpawnOptions,
  task: Task<F>,
  ...args: A
): JoinHandle<OverloadResult<F, A>>
export function spawnWith(options: SpawnOptions, task: Task, ...args: unknown[]): JoinHandle<unknown> {
  return start(options, task, args, true, spawnWith)
}

/**
 * The same, refused where its resources are taken: it does not wait. From constellation.
 *
 * @returns a handle, whose `join()` fails with `ERR_BROOD_NO_CAPACITY` then, and with `ERR_BROOD_IMPOSSIBLE` where there are never as many
 * @throws BroodError as {@link spawnWith}
 */
export function trySpawn<F extends AnyFunction>(options: SpawnOptions, task: Task<F>, ...args: Parameters<F>): JoinHandle<TaskResult<F>>
export function trySpawn<F extends AnyFunction, A extends OverloadArguments<F>>(
  options: SpawnOptions,
  task: Task<F>,
  ...args: A
): JoinHandle<OverloadResult<F, A>>
export function trySpawn(options: SpawnOptions, task: Task, ...args: unknown[]): JoinHandle<unknown> {
  return start(options, task, args, false, trySpawn)
}

const spawnOptionNames: readonly string[] = [...processOptionNames, 'timeout', 'signal', 'onProgress']

function start<R>(options: SpawnOptions, task: unknown, args: readonly unknown[], isWaiting: boolean, caller: AnyFunction): JoinHandle<R> {
  refuseWhileLoading()
  wakeSpare()
  const plan = planProcess(options, spawnOptionNames)
  const timeout = readTime('timeout', options.timeout)
  const signal = readSignal(options.signal)
  const onProgress = readFunction('onProgress', options.onProgress)
  const run = new Run<R>(plan, { timeout, signal, onProgress })
  run.begin(() => prepareCall(task, args), isWaiting)
  run.noteCaller(caller)
  return new Handle(run, run.result)
}

/** A module that starts processes when it is loaded would be loaded by each of them: they would never end. */
export function refuseWhileLoading(): void {
  const { loading, isOutsideTask } = getState()
  if (loading === undefined && isOutsideTask?.() !== true) return
  throw new UnguardedError(
    `${loading ?? 'A module'} starts processes where it is evaluated, and a child evaluates it to find its tasks. Put what only the first process is to ` +
      'do behind `if (!isChild) { … }`, or call `init()` in front of it.',
    { url: loading },
  )
}
