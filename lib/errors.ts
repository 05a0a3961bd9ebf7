/** Every code that a {@link BroodError} can carry. Programs compare codes; messages may change. */
export type BroodErrorCode =
  | 'ERR_BROOD_INVALID_ARGUMENT'
  | 'ERR_BROOD_WRAPPER_NOT_FOUND'
  | 'ERR_BROOD_PRELOAD_NOT_FOUND'
  | 'ERR_BROOD_MOCK_NOT_FOUND'
  | 'ERR_BROOD_SHIM_ROOT'
  | 'ERR_BROOD_TRACE'
  | 'ERR_BROOD_NOT_WRAPPED'
  | 'ERR_BROOD_DISPOSED'
  | 'ERR_BROOD_EXITED'
  | 'ERR_BROOD_TIMEOUT'
  | 'ERR_BROOD_CANCELLED'
  | 'ERR_BROOD_OUT_OF_MEMORY'
  | 'ERR_BROOD_NOT_STARTED'
  | 'ERR_BROOD_NOT_CLONEABLE'
  | 'ERR_BROOD_NOT_A_TASK'
  | 'ERR_BROOD_TASK_NOT_FOUND'
  | 'ERR_BROOD_TASK_MISMATCH'
  | 'ERR_BROOD_TASK_DUPLICATE'
  | 'ERR_BROOD_TASK_NOT_LOADED'
  | 'ERR_BROOD_UNGUARDED'
  | 'ERR_BROOD_NO_CAPACITY'
  | 'ERR_BROOD_IMPOSSIBLE'
  | 'ERR_BROOD_QUEUE_FULL'
  | 'ERR_BROOD_NO_TASK'
  | 'ERR_BROOD_CHANNEL_CLOSED'
  | 'ERR_BROOD_CHANNEL_DUPLICATE'
  | 'ERR_BROOD_CHANNEL_SELF'
  | 'ERR_BROOD_CHANNEL_BUSY'
  | 'ERR_BROOD_CHANNEL_REFUSED'
  | 'ERR_BROOD_HOT_RELOAD'
  | 'ERR_BROOD_HOT_EXPORT'
  | 'ERR_BROOD_LOAD_FAILED'
  | 'ERR_BROOD_ALREADY_LOADED'
  | 'ERR_BROOD_STAMP_MISMATCH'
  | 'ERR_BROOD_EXPORT_MISSING'
  | 'ERR_BROOD_LOAD_TIMEOUT'
  | 'ERR_BROOD_RESOURCES_ACTIVE'
  | 'ERR_BROOD_BEFORE_UNLOAD'
  | 'ERR_BROOD_UNLOAD_TIMEOUT'
  | 'ERR_BROOD_STILL_LOADED'
  | 'ERR_BROOD_MODULE_GONE'
  | 'ERR_BROOD_NO_SYNC'

/** What is known of an error beside its message: the cause, and the fields a program needs. */
export interface BroodErrorDetails {
  /** The error that led to this one. */
  readonly cause?: unknown
  readonly [field: string]: unknown
}

/**
 * Every error that brood itself throws.
 *
 * `code` says which one, the message says what to do next, and the fields of `details` are set on the error.
 */
export class BroodError extends Error {
  /** Which error it is. */
  readonly code: BroodErrorCode
  /** Of `ERR_BROOD_INVALID_ARGUMENT`: which one is wrong, such as `resources.mem`. */
  declare readonly argument?: string

  constructor(code: BroodErrorCode, message: string, details: BroodErrorDetails = {}) {
    const { cause, ...fields } = details
    super(message, 'cause' in details ? { cause } : undefined)
    this.code = code
    Object.assign(this, fields)
  }

  // An error made by the CommonJS copy of brood is a BroodError to the ESM copy too.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && String((value as { code?: unknown }).code).startsWith('ERR_BROOD_')
  }
}

Object.defineProperty(BroodError.prototype, 'name', {
  value: 'BroodError',
  configurable: true,
  writable: true,
})
