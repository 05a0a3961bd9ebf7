export { BroodError, type BroodErrorCode, type BroodErrorDetails } from '../errors.js'
export { type AnyFunction, type DefinedModule, defineModule, type ModuleDefinition } from './host/definition.js'
export { loadModule } from './host/door.js'
export {
  CancelledError,
  ExitedError,
  LoadError,
  type LoadErrorCode,
  ModuleGoneError,
  NoSyncError,
  NotCloneableError,
  OutOfMemoryError,
  TimeoutError,
  UnloadError,
  type UnloadErrorCode,
} from './host/errors.js'
export { type ImportsOf, imports, importsOf, type Register, type RegisteredImports } from './host/imports.js'
export type { HostFunctions, LoadOptions, ModuleLimits } from './host/load-options.js'
export type {
  CallsOf,
  ExportsOf,
  LoadedModule,
  MainOf,
  Outcome,
  SyncCallsOf,
  UnloadOptions,
  UnloadProof,
  UnloadReport,
} from './host/loaded-module.js'
export { stampOf } from './host/stamp-of.js'
export { hot, hotHandle } from './hot/door.js'
export { HotExportError, HotReloadError } from './hot/errors.js'
export type { HotContext, HotData } from './hot/hot-context.js'
export type { HotHandle } from './hot/hot-handle.js'
export type { HotOptions } from './hot/hot-options.js'
export type { ReloadOutcome } from './hot/reload-outcome.js'
export type { Leftover } from './leftover.js'
