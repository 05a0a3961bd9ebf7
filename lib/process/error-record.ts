// How an error of one process becomes one of another: as what it was, as far as that can be told in data.
import { types } from 'node:util'

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
  readonly cause: Part | undefined
  /** Of an AggregateError. */
  readonly errors: readonly Part[] | undefined
  readonly properties: readonly (readonly [name: string, value: Part])[]
}

const builtIns: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].map((constructor) => [
    constructor.name,
    constructor as ErrorConstructor,
  ]),
)

/** They are not among the properties of their own. */
const standard: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause', 'errors'])

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
  const list = attempt(() => Object.keys(error)) ?? []
  const has = (name: string) => attempt(() => Object.hasOwn(error, name)) === true
  const errors = has('errors') ? read('errors') : undefined
  return {
    ...classOf(error),
    name: text('name') ?? 'Error',
    isOwnName: has('name'),
    // That of a DOMException is its class's.
    message: has('message') || isDOMException(error) ? (text('message') ?? describe(read('message'))) : undefined,
    stack: text('stack'),
    cause: has('cause') ? (place(read('cause')) ?? { value: describe(read('cause')) }) : undefined,
    errors: Array.isArray(errors) ? errors.slice(0, mostErrors).map((each) => place(each) ?? { value: describe(each) }) : undefined,
    properties: list
      .filter((name) => !standard.has(name))
      .flatMap((name) => {
        const value = place(read(name))
        return value === undefined ? [] : [[name, value] as const]
      }),
  }
}

function classOf(error: Error): { className: string; base: string } {
  if (isDOMException(error)) return { className: 'DOMException', base: 'DOMException' }
  let className: string | undefined
  for (let prototype = prototypeOf(error); prototype !== null; prototype = prototypeOf(prototype)) {
    const name = attempt(() => (Object.hasOwn(prototype, 'constructor') ? prototype.constructor.name : undefined))
    if (typeof name !== 'string' || name === '') continue
    className ??= name
    // Of another realm perhaps, whose classes are not ours but have the same names.
    if (builtIns.has(name)) return { className, base: name }
  }
  return { className: className ?? 'Error', base: 'Error' }
}

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
    if (record.cause !== undefined) define(error, 'cause', part(record.cause), false)
    if (record.errors !== undefined) define(error, 'errors', record.errors.map(part), false)
    for (const [name, value] of record.properties) define(error, name, part(value), true)
  }
  return errors
}

function makeError({ className, base, name, isOwnName, message, stack }: ErrorRecord): Error {
  if (base === 'DOMException') {
    const exception = new DOMException(message, name)
    define(exception, 'stack', stack, false)
    return exception
  }
  const constructor = builtIns.get(base) ?? Error
  const error: Error = base === 'AggregateError' ? new AggregateError([], message) : new constructor(message)
  if (message === undefined) delete (error as { message?: string }).message
  if (className !== base) Object.setPrototypeOf(error, likeClass(className, constructor, isOwnName ? undefined : name))
  if (isOwnName) define(error, 'name', name, true)
  define(error, 'stack', stack, false)
  return error
}

/** The prototype of a class that has the name of one that only the other process has. */
function likeClass(className: string, base: ErrorConstructor, name: string | undefined): object {
  const constructor = { [className]: class extends base {} }[className] as ErrorConstructor
  Object.defineProperty(constructor, 'name', { value: className, configurable: true })
  const { prototype } = constructor
  if (name !== undefined && name !== prototype.name) define(prototype, 'name', name, false)
  return prototype
}

function define(target: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true })
}

/** Also of another realm, and what has no more of an error than its prototype. */
function isError(value: unknown): value is Error {
  return types.isNativeError(value) || attempt(() => value instanceof Error) === true
}

function isDOMException(error: Error): boolean {
  return attempt(() => error instanceof DOMException) === true
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
