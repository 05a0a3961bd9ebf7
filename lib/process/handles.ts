// Values that mean something to brood, such as a Pid or a task: a record of each is sent in its place.
import { types } from 'node:util'

/** @returns the record that is to be sent for a value, which structured clone takes; `undefined` where it is an ordinary value */
export type HandleWriter = (value: object) => object | undefined

/** Makes of a record what it stands for. */
export type HandleReader = (record: unknown) => unknown

/** A value with something that a serializer passes to its delegate in the place of each handle. */
interface Substituted {
  readonly value: unknown
  readonly records: ReadonlyMap<object, unknown>
}

/** Puts something in the place of each handle. The value is copied as far as that takes, and is not changed. */
export function withStandIns(value: unknown, write: HandleWriter): Substituted {
  const records = new Map<object, unknown>()
  return holdsHandle(value, write) ? { value: new Substitution(write, records).copy(value), records } : { value, records }
}

function holdsHandle(root: unknown, write: HandleWriter): boolean {
  const seen = new Set<object>()
  const stack: unknown[] = [root]
  while (stack.length > 0) {
    const value = stack.pop()
    if (!isReference(value) || seen.has(value)) continue
    seen.add(value)
    if (write(value) !== undefined) return true
    for (const part of partsOf(value)) if (isReference(part)) stack.push(part)
  }
  return false
}

class Substitution {
  readonly #write: HandleWriter
  readonly #records: Map<object, unknown>
  readonly #copies = new Map<object, unknown>()

  constructor(write: HandleWriter, records: Map<object, unknown>) {
    this.#write = write
    this.#records = records
  }

  copy(value: unknown): unknown {
    if (!isReference(value)) return value
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const record = this.#write(value)
    if (record !== undefined) return this.#remember(value, this.#standIn(record))
    if (Array.isArray(value)) {
      const array: unknown[] = this.#remember(value, [])
      // With its holes.
      array.length = value.length
      this.#copyProperties(value, array)
      return array
    }
    if (types.isMap(value)) {
      const map = this.#remember(value, new Map<unknown, unknown>())
      for (const [key, element] of value) map.set(this.copy(key), this.copy(element))
      return map
    }
    if (types.isSet(value)) {
      const set = this.#remember(value, new Set<unknown>())
      for (const element of value) set.add(this.copy(element))
      return set
    }
    if (!isPlain(value)) return value
    const object = this.#remember(value, {})
    this.#copyProperties(value, object)
    return object
  }

  #copyProperties(from: object, to: object): void {
    for (const [name, part] of Object.entries(from)) {
      // Also where the name is `__proto__`.
      Object.defineProperty(to, name, { value: this.copy(part), enumerable: true, writable: true, configurable: true })
    }
  }

  /** A view of bytes: that is what a serializer asks its delegate about. */
  #standIn(record: object): object {
    const view = new DataView(new ArrayBuffer(0))
    // There may be others in it.
    this.#records.set(view, this.copy(record))
    return view
  }

  #remember<Copy>(value: object, copy: Copy): Copy {
    this.#copies.set(value, copy)
    return copy
  }
}

const isReference = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function'

/** Does structured clone take its own properties, and nothing else? */
function isPlain(value: object): boolean {
  return (
    typeof value === 'object' &&
    !types.isAnyArrayBuffer(value) &&
    !ArrayBuffer.isView(value) &&
    !types.isNativeError(value) &&
    !types.isDate(value) &&
    !types.isRegExp(value) &&
    !types.isBoxedPrimitive(value) &&
    !types.isProxy(value) &&
    !types.isPromise(value)
  )
}

function partsOf(value: object): Iterable<unknown> {
  if (types.isMap(value)) return [...value.keys(), ...value.values()]
  if (types.isSet(value)) return value
  return Array.isArray(value) || isPlain(value) ? Object.values(value) : []
}
