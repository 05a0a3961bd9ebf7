import { classOf, type NamedError, setName } from '../../error-class.js'
import { BroodError, type BroodErrorCode, type BroodErrorDetails } from '../../errors.js'
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
  /** What the module has left open. */
  declare readonly leftovers: readonly Leftover[]
  /** Of `ERR_BROOD_STILL_LOADED`, of a module in this thread: something of it is still in memory. */
  declare readonly collected?: false

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isOneOf(value, unloadCodes)
  }

  constructor(code: UnloadErrorCode, message: string, details: BroodErrorDetails & { readonly leftovers?: readonly Leftover[] } = {}) {
    super(code, message, { leftovers: [], ...details })
  }
}
setName(UnloadError, 'UnloadError')

/** The module is not there any more, or is about to go: `cause` is the reason where it has ended before it was unloaded. */
export const ModuleGoneError: NamedError = classOf('ModuleGoneError', 'ERR_BROOD_MODULE_GONE')
/** A synchronous call would wait for ever. */
export const NoSyncError: NamedError = classOf('NoSyncError', 'ERR_BROOD_NO_SYNC')

/** The thread or the process of a module has ended by itself. */
export const ModuleExitedError: NamedError = classOf('ExitedError', 'ERR_BROOD_EXITED')
/** V8 had no memory left in there. */
export const ModuleOutOfMemoryError: NamedError = classOf('OutOfMemoryError', 'ERR_BROOD_OUT_OF_MEMORY')
/** A call took longer than it may. */
export const CallTimeError: NamedError = classOf('TimeoutError', 'ERR_BROOD_TIMEOUT')
/** The host has ended it, by `unload({ force: true })` or since an import has thrown. */
export const ModuleKilledError: NamedError = classOf('CancelledError', 'ERR_BROOD_CANCELLED')
