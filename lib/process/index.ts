export { BroodError, type BroodErrorCode, type BroodErrorDetails } from '../errors.js'
export { type Codec, codec } from './codec.js'
export type { Configuration } from './configure.js'
export { init, isChild, parentPid, pid, progress, resources, signal } from './current.js'
export type { StdioKind } from './engine.js'
export {
  CancelledError,
  ChannelBusyError,
  ChannelClosedError,
  ChannelDuplicateError,
  ChannelRefusedError,
  ChannelSelfError,
  type ClosedReason,
  ExitedError,
  ImpossibleError,
  NoCapacityError,
  NoTaskError,
  NotATaskError,
  NotCloneableError,
  NotStartedError,
  OutOfMemoryError,
  type ProcessFacts,
  QueueFullError,
  TaskDuplicateError,
  TaskMismatchError,
  TaskNotFoundError,
  TaskNotLoadedError,
  TimeoutError,
  UnguardedError,
} from './errors.js'
export type { JoinHandle, JoinOptions } from './join-handle.js'
export {
  byteReceiver,
  byteSender,
  configure,
  Pool,
  Receiver,
  recvSync,
  Sender,
  select,
  sendSync,
  spawn,
  spawnWith,
  trySpawn,
} from './late.js'
export type { MapOptions } from './map-in-order.js'
export type { OutputMode } from './output.js'
export { Pid } from './pid.js'
export type { PoolOptions } from './pool-options.js'
export type { ProcessOptions } from './process-options.js'
export { type ResourceRequest, type Resources, resourcesDefault as RESOURCES_DEFAULT } from './resources.js'
export type { RunOptions } from './run-options.js'
export type { Selected } from './select.js'
export type { SpawnOptions } from './spawn.js'
export {
  type AnyFunction,
  assertSpawnIsSafe,
  closure,
  type ElementResult,
  fromModule,
  type ModuleTasks,
  type OverloadArguments,
  type OverloadResult,
  type Task,
  type TaskOf,
  type TaskResult,
  task,
} from './task.js'
