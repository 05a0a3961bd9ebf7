import { availableParallelism } from 'node:os'
import { BroodError } from '../errors.js'
import { checkOptions, readBoolean, readCount, readNumber, readTime } from './argument.js'
import { type Call, prepareCall } from './call.js'
import type { StdioKind } from './engine.js'
import { type ProcessOptions, type ProcessPlan, planProcess, processOptionNames } from './process-options.js'
import { readMemory } from './resources.js'
import type { Task } from './task.js'

type PoolStdio = Exclude<StdioKind, 'pipe'>

/** How many processes a pool has, and how they are. */
export interface PoolOptions extends Omit<ProcessOptions, 'detached' | 'stdio'> {
  /** As of {@link ProcessOptions.stdio}, without pipes: a handle of a call in a pool has no streams. @default this process's own */
  readonly stdio?: PoolStdio | readonly [PoolStdio, PoolStdio, PoolStdio]
  /** As many processes as it may have. @default the number of cores */
  readonly size?: number
  /** As many as it keeps when there is nothing to do, and starts at once. @default 0 */
  readonly min?: number
  /**
   * How many calls a process is given at once. It works on one after the other; with more than one the next begins without a round trip, and one that
   * takes long keeps those behind it waiting. @default 1
   */
  readonly prefetch?: number
  /**
   * Do errors of tasks have the frames of who called them? It costs 3 to 13 µs a call, by how deep the caller's stack is: a great part of what a small call costs with `prefetch`.
   * @default true without `prefetch`
   */
  readonly callerFrames?: boolean
  /** How many calls may wait: one more is refused with `ERR_BROOD_QUEUE_FULL`. @default as many as come */
  readonly maxQueue?: number
  /** A process that has answered so many calls is replaced. @default never */
  readonly maxTasksPerWorker?: number
  /** A process that takes more memory after a call is replaced: bytes, or a text such as `'256 MiB'`. @default never */
  readonly memoryLimit?: number | string
  /** Milliseconds without a call after which a process ends that is not one of `min`. @default never */
  readonly idleTimeout?: number
  /** Called in each process before its first call: what it throws is thrown for the calls that the process was given. @default none */
  readonly setup?: Task<() => unknown>
}

/** The same, read once. */
export interface PoolPlan {
  readonly process: ProcessPlan
  readonly size: number
  readonly min: number
  readonly prefetch: number
  readonly callerFrames: boolean
  readonly maxQueue: number
  readonly maxTasksPerWorker: number
  /** Bytes. */
  readonly memoryLimit: number | undefined
  readonly idleTimeout: number | undefined
  readonly setup: Call | undefined
}

const names: readonly string[] = [
  'size',
  'min',
  'prefetch',
  'callerFrames',
  'maxQueue',
  'maxTasksPerWorker',
  'memoryLimit',
  'idleTimeout',
  'setup',
  // What may outlive this process would be of no pool.
  ...processOptionNames.filter((name) => name !== 'detached'),
]

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`; `ERR_BROOD_NOT_A_TASK`, `ERR_BROOD_NOT_CLONEABLE` of `setup` */
export function planPool(options: PoolOptions): PoolPlan {
  checkOptions(options, names)
  const { setup } = options
  const size = readCount('size', options.size) ?? availableParallelism()
  const min = readNumber('min', options.min) ?? 0
  if (min > size) {
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `\`min\` (${min}) must not be more than \`size\` (${size}).`, { argument: 'min' })
  }
  const prefetch = readCount('prefetch', options.prefetch) ?? 1
  const process = planProcess(options, names)
  refusePipes(options.stdio)
  return {
    process,
    size,
    min,
    prefetch,
    callerFrames: readBoolean('callerFrames', options.callerFrames) ?? prefetch === 1,
    maxQueue:
      options.maxQueue === Number.POSITIVE_INFINITY
        ? options.maxQueue
        : (readNumber('maxQueue', options.maxQueue) ?? Number.POSITIVE_INFINITY),
    maxTasksPerWorker: readCount('maxTasksPerWorker', options.maxTasksPerWorker) ?? Number.POSITIVE_INFINITY,
    memoryLimit: options.memoryLimit === undefined ? undefined : readMemory('memoryLimit', options.memoryLimit),
    idleTimeout: readTime('idleTimeout', options.idleTimeout),
    setup: setup === undefined ? undefined : prepareCall(setup, []),
  }
}

/** A handle of a pool's call has no streams: its process is others', too. */
function refusePipes(stdio: unknown): void {
  if (![stdio].flat().includes('pipe')) return
  const text =
    "`stdio` of a pool cannot be 'pipe': nobody could read it, and a process that has filled it waits for ever. Take 'ignore', or leave it out and say by " +
    'configure({ output }) how it is to be shown; have one call with streams by spawnWith().'
  throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: 'stdio' })
}
