// Errors in the values of a message.
import { type ErrorPlace, ErrorRecorder, type Part, recordAlone } from './error-record.js'
import type { EncodedValue } from './value-codec.js'

/**
 * Errors that stand deep in properties of errors are sent whole, so many of them; those deep in properties of these without what they refer to. There may
 * be as many ways from one to the next as there are errors.
 */
const mostNested = 200

/** Puts a value of a property into a message of its own, whose errors are so deep. @returns `undefined` where it cannot be sent */
export type Nest = (value: unknown, depth: number) => EncodedValue | undefined

/** Puts the errors of one message into data. */
export class MessageErrors {
  readonly #nest: Nest
  #nested = 0
  readonly #alone = new Map<Error, ErrorPlace>()
  /** What stands for values of properties, by depth: several errors may have the same one. */
  readonly #properties = [new Map<unknown, Part | undefined>(), new Map<unknown, Part | undefined>()] as const

  /** @param nest a reader cannot refer to what is not read yet, and a property may hold errors that have it */
  constructor(nest: Nest) {
    this.#nest = nest
  }

  /** For the message itself, where `depth` is 0, or one in a property. */
  recorder(depth: number): (error: Error) => ErrorPlace {
    const properties = this.#properties[depth]
    if (properties === undefined) return (error) => this.#recordAlone(error)
    const put = (value: unknown) => this.#put(value, properties, depth)
    if (depth === 0) {
      const errors = new ErrorRecorder(put)
      return (error) => errors.record(error)
    }
    const mayNest = () => this.#nested++ < mostNested
    const errors = new ErrorRecorder(put, mayNest)
    return (error) => (errors.has(error) || mayNest() ? errors.record(error) : this.#recordAlone(error))
  }

  #recordAlone(error: Error): ErrorPlace {
    const place = this.#alone.get(error) ?? recordAlone(error)
    this.#alone.set(error, place)
    return place
  }

  #put(value: unknown, properties: Map<unknown, Part | undefined>, depth: number): Part | undefined {
    if (Object(value) !== value && typeof value !== 'symbol') return { value }
    if (!properties.has(value)) {
      const standIn = this.#nest(value, depth + 1)
      properties.set(value, standIn && { standIn })
    }
    return properties.get(value)
  }
}
