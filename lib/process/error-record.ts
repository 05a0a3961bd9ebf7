// How what was thrown in one process is thrown in another: as what it was, as far as that can be told in data.
import { types } from 'node:util'

/**
 * What was thrown, as data that structured clone takes.
 *
 * Errors stand in a list, and refer to each other by their place in it: an error may be its own cause.
 */
export interface ThrownRecord {
  readonly thrown: Part
  readonly errors: readonly ErrorRecord[]
}

/** A value, or an error of the list. */
type Part = { readonly value: unknown } | { readonly error: number }

interface ErrorRecord {
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
  const found: Error[] = []
  const errors: ErrorRecord[] = []
  const place = (value: unknown): Part | undefined => {
    if (!isError(value)) return clones(value) ? { value } : undefined
    const index = found.indexOf(value)
    if (index >= 0) return { error: index }
    return found.length < mostErrors ? { error: found.push(value) - 1 } : undefined
  }
  const root = place(thrown) ?? { value: describe(thrown) }
  // The list grows meanwhile.
  for (let index = 0; index < found.length; index++) errors.push(recordError(found[index] as Error, place))
  return { thrown: root, errors }
}

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
  const errors = records.map(makeError)
  const part = (value: Part) => ('error' in value ? errors[value.error] : value.value)
  for (const [index, record] of records.entries()) {
    const error = errors[index] as Error
    if (record.cause !== undefined) define(error, 'cause', part(record.cause), false)
    if (record.errors !== undefined) define(error, 'errors', record.errors.map(part), false)
    for (const [name, value] of record.properties) define(error, name, part(value), true)
  }
  const root = part(thrown)
  if ('error' in thrown && callerStack !== '') {
    const error = root as Error
    define(error, 'stack', `${error.stack ?? ''}\n${callerStack}`, false)
  }
  return root
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
