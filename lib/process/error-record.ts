// How an error of one process becomes one of another: as what it was, as far as that can be told in data.
import { types } from 'node:util'
import { findHandleKind } from './handle-kinds.js'

/**
 * What was thrown, as data that structured clone takes.
 *
 * Errors stand in a list, and refer to each other by their place in it: an error may be its own cause.
 */
export interface ThrownRecord {
  readonly thrown: { readonly value: unknown } | { readonly error: number }
  readonly errors: readonly ErrorRecord[]
}

/** A value, something that stands for one, an error of the same list, or one of another list. */
export type Part = { readonly value: unknown } | { readonly standIn: unknown } | { readonly error: number } | ErrorPlace

/** Where an error of a message is: in which list, and where there. */
export interface ErrorPlace {
  readonly error: number
  readonly of: readonly ErrorRecord[]
}

export interface ErrorRecord {
  /** The class that it was made by, and the nearest class that every realm has. */
  readonly className: string
  readonly base: string
  /** What `error.name` says: it need not be the name of a class. */
  readonly name: string
  readonly isOwnName: boolean
  readonly message: string | undefined
  readonly stack: string | undefined
  /** Where it is a list, as of an AggregateError. */
  readonly errors: readonly Part[] | undefined
  readonly isErrorsEnumerable: boolean
  readonly properties: readonly (readonly [name: string, value: Part, isEnumerable: boolean])[]
}

interface ErrorClass {
  readonly prototype: Error
  readonly name: string
}

/** Since Node 24. */
const { SuppressedError } = globalThis as {
  SuppressedError?: ErrorClass & (new (error: unknown, suppressed: unknown, message?: string) => Error)
}

/** A class that every realm has, and how an error of it is made. */
interface BuiltIn {
  readonly constructor: ErrorClass
  readonly make: (message: string | undefined) => Error
}

const builtIns = new Map<string, BuiltIn>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((constructor) => [
    constructor.name,
    { constructor, make: (message) => new constructor(message) },
  ]),
)
builtIns.set('AggregateError', { constructor: AggregateError, make: (message) => new AggregateError([], message) })
if (SuppressedError !== undefined)
  builtIns.set('SuppressedError', { constructor: SuppressedError, make: (message) => new SuppressedError(undefined, undefined, message) })

/** They are not among the properties. */
const standard: ReadonlySet<string> = new Set(['name', 'message', 'stack'])

/** An error with more causes than this is not worth the rest of them. */
const mostErrors = 1000

/**
 * Puts into data what was thrown. It never throws, whatever that is: a proxy, an error whose getters throw, nothing at all.
 *
 * A property that cannot be cloned, such as a function, stays behind.
 *
 * @param clones can this value be sent?
 */
export function recordThrown(thrown: unknown, clones: (value: unknown) => boolean): ThrownRecord {
  if (!isError(thrown)) return { thrown: { value: clones(thrown) ? thrown : describe(thrown) }, errors: [] }
  const { error, of } = new ErrorRecorder((value) => (clones(value) ? { value } : undefined)).record(thrown)
  return { thrown: { error }, errors: of }
}

/** Puts the errors of one message into data: one that stands there twice is one thing there, too. */
export class ErrorRecorder {
  readonly #put: (value: unknown) => Part | undefined
  readonly #places = new Map<Error, ErrorPlace>()
  readonly #mayFollow: () => boolean

  /**
   * @param put says how a value is sent that is no error; `undefined` where it stays behind
   * @param mayFollow may one more be recorded because another one refers to it?
   */
  constructor(put: (value: unknown) => Part | undefined, mayFollow: () => boolean = () => true) {
    this.#put = put
    this.#mayFollow = mayFollow
  }

  has(error: Error): boolean {
    return this.#places.has(error)
  }

  /** A list has an error and all that it refers to: it is complete, but for errors that an earlier list has. */
  record(error: Error): ErrorPlace {
    const known = this.#places.get(error)
    if (known !== undefined) return known
    const found: Error[] = []
    const list: ErrorRecord[] = []
    const add = (value: Error): ErrorPlace => {
      const added = { error: found.push(value) - 1, of: list }
      this.#places.set(value, added)
      return added
    }
    const place = (value: unknown): Part | undefined => {
      if (!isError(value)) return this.#put(value)
      const there = this.#places.get(value) ?? (found.length < mostErrors && this.#mayFollow() ? add(value) : undefined)
      return there?.of === list ? { error: there.error } : there
    }
    const first = add(error)
    // The list grows meanwhile.
    for (let index = 0; index < found.length; index++) list.push(recordError(found[index] as Error, place))
    return first
  }
}

/** An error without what it refers to. */
export const recordAlone = (error: Error): ErrorPlace => ({
  error: 0,
  of: [recordError(error, (value) => (Object(value) === value ? undefined : { value }))],
})

function recordError(error: Error, place: (value: unknown) => Part | undefined): ErrorRecord {
  const read = (name: string) => attempt(() => (error as unknown as Record<string, unknown>)[name])
  const text = (name: string) => {
    const value = read(name)
    return typeof value === 'string' ? value : undefined
  }
  const list = attempt(() => Object.getOwnPropertyNames(error)) ?? []
  const has = (name: string) => attempt(() => Object.hasOwn(error, name)) === true
  const isEnumerable = (name: string) => attempt(() => Object.prototype.propertyIsEnumerable.call(error, name)) === true
  const errors = has('errors') ? read('errors') : undefined
  const isList = Array.isArray(errors)
  const message = text('message')
  return {
    ...classOf(error),
    name: text('name') ?? 'Error',
    isOwnName: has('name'),
    // That of a DOMException is its class's, and a class may have a getter.
    message: has('message') || (message !== undefined && message !== '') ? (message ?? describe(read('message'))) : undefined,
    stack: text('stack'),
    errors: isList ? errors.slice(0, mostErrors).map((each) => place(each) ?? { value: describe(each) }) : undefined,
    isErrorsEnumerable: isEnumerable('errors'),
    properties: list
      .filter((name) => !standard.has(name) && !(isList && name === 'errors'))
      .flatMap((name) => {
        const value = place(read(name)) ?? (name === 'cause' ? { value: describe(read(name)) } : undefined)
        return value === undefined ? [] : [[name, value, isEnumerable(name)] as const]
      }),
  }
}

function classOf(error: Error): { className: string; base: string } {
  let className: string | undefined
  for (let prototype = prototypeOf(error); prototype !== null; prototype = prototypeOf(prototype)) {
    const constructor = attempt(() => (Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined))
    const name = attempt(() => constructor?.name)
    if (typeof name !== 'string' || name === '') continue
    className ??= name
    // Of another realm perhaps, whose classes are not ours but have the same names.
    if (name === 'DOMException' || (builtIns.has(name) && isNative(constructor))) return { className, base: name }
  }
  return { className: className ?? 'Error', base: 'Error' }
}

/** A class of a program may have the name of a built-in one. */
const isNative = (constructor: unknown) => attempt(() => Function.prototype.toString.call(constructor).includes('[native code]')) === true

const prototypeOf = (value: object): object | null => attempt(() => Object.getPrototypeOf(value) as object | null) ?? null

/**
 * Makes of a record what was thrown: built-in errors of their own class, others of a class of the same name.
 *
 * @param callerStack the frames of who waits for it, which are put under those of the error itself
 */
export function reviveThrown({ thrown, errors: records }: ThrownRecord, callerStack = ''): unknown {
  if (!('error' in thrown)) return thrown.value
  const error = reviveList(records)[thrown.error] as Error
  if (callerStack !== '') define(error, 'stack', `${error.stack ?? ''}\n${callerStack}`, false)
  return error
}

const revived = new WeakMap<readonly ErrorRecord[], readonly Error[]>()

/**
 * An error of a message, the same one each time.
 *
 * @param read makes a value of what stands for it
 */
export function reviveError({ error, of }: ErrorPlace, read: (standIn: unknown) => unknown): Error {
  const errors = revived.get(of) ?? reviveList(of, read)
  revived.set(of, errors)
  return errors[error] as Error
}

function reviveList(records: readonly ErrorRecord[], read?: (standIn: unknown) => unknown): readonly Error[] {
  const errors = records.map(makeError)
  const part = (value: Part) => {
    if ('value' in value) return value.value
    if ('standIn' in value) return read?.(value.standIn)
    return 'of' in value ? reviveError(value, (standIn) => read?.(standIn)) : errors[value.error]
  }
  for (const [index, record] of records.entries()) {
    const error = errors[index] as Error
    if (record.errors !== undefined) define(error, 'errors', record.errors.map(part), record.isErrorsEnumerable)
    for (const [name, value, isEnumerable] of record.properties) define(error, name, part(value), isEnumerable)
  }
  return errors
}

function makeError({ className, base, name, isOwnName, message, stack }: ErrorRecord): Error {
  if (base === 'DOMException') {
    const exception = makeException(className, name, message)
    define(exception, 'stack', stack, false)
    return exception
  }
  const { constructor, make } = builtIns.get(base) as BuiltIn
  const error = make(message)
  if (message === undefined) delete (error as { message?: string }).message
  if (className !== base) Object.setPrototypeOf(error, likeClass(className, constructor, isOwnName ? undefined : name))
  if (isOwnName) define(error, 'name', name, true)
  define(error, 'stack', stack, false)
  return error
}

function makeException(className: string, name: string, message: string | undefined): DOMException {
  const exception = new DOMException(message, name)
  if (className === 'DOMException') return exception
  // Such as QuotaExceededError, since Node 24.
  const known = (globalThis as Record<string, unknown>)[className] as (new (message?: string) => DOMException) | undefined
  const own = attempt(() => (known?.prototype instanceof DOMException ? new known(message) : undefined))
  return own ?? (Object.setPrototypeOf(exception, likeClass(className, DOMException, undefined)) as DOMException)
}

/** The prototype of a class that has the name of one that only the other process has. */
function likeClass(className: string, base: ErrorClass, name: string | undefined): object {
  const constructor = { [className]: class extends (base as ErrorConstructor) {} }[className] as ErrorConstructor
  Object.defineProperty(constructor, 'name', { value: className, configurable: true })
  const { prototype } = constructor
  if (name !== undefined && name !== prototype.name) define(prototype, 'name', name, false)
  return prototype
}

function define(target: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true })
}

/** Also of another realm, and what has no more of an error than its prototype. What somebody has a codec for is that one's. */
export function isError(value: unknown): value is Error {
  const is = types.isNativeError(value) || attempt(() => value instanceof Error) === true
  return is && findHandleKind(value as Error) === undefined
}

/** What is said of a value that cannot be sent. */
function describe(value: unknown): string {
  return attempt(() => String(value)) ?? `a value of type ${typeof value}`
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
