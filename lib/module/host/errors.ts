import { classOf, type ErrorClass, hasCode, setName } from '../../error-class.js'
import { BroodError, type BroodErrorCode, type BroodErrorDetails } from '../../errors.js'
import type { NotCloneableError as SameError } from '../../process/errors.js'
import type { Leftover } from '../leftover.js'

/** The codes of a {@link LoadError}. */
export type LoadErrorCode = Extract<
  BroodErrorCode,
  'ERR_BROOD_LOAD_FAILED' | 'ERR_BROOD_ALREADY_LOADED' | 'ERR_BROOD_STAMP_MISMATCH' | 'ERR_BROOD_EXPORT_MISSING' | 'ERR_BROOD_LOAD_TIMEOUT'
>

/** The codes of an {@link UnloadError}. */
export type UnloadErrorCode = Extract<
  BroodErrorCode,
  'ERR_BROOD_RESOURCES_ACTIVE' | 'ERR_BROOD_BEFORE_UNLOAD' | 'ERR_BROOD_UNLOAD_TIMEOUT' | 'ERR_BROOD_STILL_LOADED'
>

const loadCodes: ReadonlySet<unknown> = new Set<LoadErrorCode>([
  'ERR_BROOD_LOAD_FAILED',
  'ERR_BROOD_ALREADY_LOADED',
  'ERR_BROOD_STAMP_MISMATCH',
  'ERR_BROOD_EXPORT_MISSING',
  'ERR_BROOD_LOAD_TIMEOUT',
])

const unloadCodes: ReadonlySet<unknown> = new Set<UnloadErrorCode>([
  'ERR_BROOD_RESOURCES_ACTIVE',
  'ERR_BROOD_BEFORE_UNLOAD',
  'ERR_BROOD_UNLOAD_TIMEOUT',
  'ERR_BROOD_STILL_LOADED',
])

const isOneOf = (value: unknown, codes: ReadonlySet<unknown>) => value instanceof Error && codes.has((value as { code?: unknown }).code)

/** A module was not loaded, and nothing of it is left. `code` says why; `cause` is what it has thrown. */
export class LoadError extends BroodError {
  declare readonly code: LoadErrorCode
  /** The file URL of the module. */
  declare readonly url: string
  /** Of `ERR_BROOD_STAMP_MISMATCH`: what the host, or this Node, asks for. */
  declare readonly expected?: string
  /** Of `ERR_BROOD_STAMP_MISMATCH`: what the module says; `null` where it says nothing. */
  declare readonly found?: string | null
  /** Of `ERR_BROOD_EXPORT_MISSING`: the name; `default` where the module has no definition at all. */
  declare readonly exportName?: string
  /** Of `ERR_BROOD_LOAD_TIMEOUT`: in how many milliseconds it was to be loaded. */
  declare readonly timeout?: number

  // As for BroodError: of any copy of brood.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOneOf(value, loadCodes)
  }
}
setName(LoadError, 'LoadError')

/**
 * A module was not unloaded. It can be used as before, and `unload()` can be tried again. `ERR_BROOD_BEFORE_UNLOAD`: `cause` is what `beforeUnload` has
 * thrown. `ERR_BROOD_STILL_LOADED`: it was ended, and can still be seen.
 */
export class UnloadError extends BroodError {
  declare readonly code: UnloadErrorCode
  /** The file URL of the module. */
  declare readonly url: string
  /** What the module has left open. */
  declare readonly leftovers: readonly Leftover[]
  /** Of `ERR_BROOD_STILL_LOADED`, of a module in this thread: something of it is still in memory. */
  declare readonly collected?: false
  /** Of `ERR_BROOD_UNLOAD_TIMEOUT`: how many milliseconds it had. */
  declare readonly timeout?: number

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOneOf(value, unloadCodes)
  }

  constructor(code: UnloadErrorCode, message: string, details: BroodErrorDetails & { readonly leftovers?: readonly Leftover[] } = {}) {
    super(code, message, { leftovers: [], ...details })
  }
}
setName(UnloadError, 'UnloadError')

/** The module is not there any more, or is about to go: `cause` is the reason where it has ended before it was unloaded. */
export interface ModuleGoneError extends BroodError {
  readonly code: 'ERR_BROOD_MODULE_GONE'
  /** The file URL of the module. */
  readonly url: string
}
export const ModuleGoneError: ErrorClass<ModuleGoneError> = classOf('ModuleGoneError', 'ERR_BROOD_MODULE_GONE')

/** A synchronous call would wait for ever. */
export interface NoSyncError extends BroodError {
  readonly code: 'ERR_BROOD_NO_SYNC'
  /** The file URL of the module. */
  readonly url: string
}
export const NoSyncError: ErrorClass<NoSyncError> = classOf('NoSyncError', 'ERR_BROOD_NO_SYNC')

/** An argument, a result, or what an import returns cannot be sent: `path` says which part of it. */
export type NotCloneableError = SameError
// The class is that of brood/process, by its code. This one comes without all the others that are there.
export const NotCloneableError: ErrorClass<NotCloneableError> = classOf('NotCloneableError', 'ERR_BROOD_NOT_CLONEABLE')

/** What is known of a module that has ended. */
interface End {
  readonly url: string
  readonly exitCode: number | null
  readonly signal?: NodeJS.Signals | null
  readonly stderr?: string
  readonly cause?: unknown
}

/** The thread or the process of a module has ended by itself. `cause`: what nobody has caught in it. */
export class ExitedError extends BroodError {
  declare readonly code: 'ERR_BROOD_EXITED' | 'ERR_BROOD_OUT_OF_MEMORY'
  /** The file URL of the module. */
  declare readonly url: string
  /** `null` where a signal has ended the process, or it was never started. */
  declare readonly exitCode: number | null
  /** The signal that has ended the process; `null` of a thread. */
  declare readonly signal: NodeJS.Signals | null
  /** The last of what the process wrote to stderr, at most 4 kB; empty of a thread, and where its stderr is not brood's to read. */
  declare readonly stderr: string

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOfModule(value, 'ERR_BROOD_EXITED') || isOfModule(value, 'ERR_BROOD_OUT_OF_MEMORY')
  }

  constructor(message: string, end: End, code: ExitedError['code'] = 'ERR_BROOD_EXITED') {
    super(code, message, { signal: null, stderr: '', ...end })
  }
}
setName(ExitedError, 'ExitedError')

/** V8 had no memory left in there: see {@link ModuleLimits.memory}. */
export class OutOfMemoryError extends ExitedError {
  declare readonly code: 'ERR_BROOD_OUT_OF_MEMORY'

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOfModule(value, 'ERR_BROOD_OUT_OF_MEMORY')
  }

  constructor(message: string, end: End) {
    super(message, end, 'ERR_BROOD_OUT_OF_MEMORY')
  }
}
setName(OutOfMemoryError, 'OutOfMemoryError')

/** A call took longer than it may: the module was ended. */
export interface TimeoutError extends BroodError {
  readonly code: 'ERR_BROOD_TIMEOUT'
  /** The file URL of the module. */
  readonly url: string
  /** The name of the function; `main` of the main function. */
  readonly exportName: string
  /** How long it might take, in milliseconds. */
  readonly callTime: number
}
export const TimeoutError: ErrorClass<TimeoutError> = classOf('TimeoutError', 'ERR_BROOD_TIMEOUT', isOfModule)

/** The host has ended the module, by `unload({ force: true })`, or since an import has thrown: then that is the `cause`. */
export interface CancelledError extends BroodError {
  readonly code: 'ERR_BROOD_CANCELLED'
  /** The file URL of the module. */
  readonly url: string
}
export const CancelledError: ErrorClass<CancelledError> = classOf('CancelledError', 'ERR_BROOD_CANCELLED', isOfModule)

/** brood/process has errors of the same codes, which are about no module. */
function isOfModule(value: unknown, code: BroodErrorCode): boolean {
  return hasCode(value, code) && typeof (value as { url?: unknown }).url === 'string'
}
