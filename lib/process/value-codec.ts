// How a value is written for another process of the same Node version, and read there.
import { loadCloneCodec } from './clone-codec.js'
import { type HandleReader, type HandleWriter, withStandIns } from './handles.js'
import { areJsonSafe, isJsonSafe } from './json-safe.js'

/** A value as it is sent: a text where JSON can say it. */
export type EncodedValue =
  | { readonly format: 'json'; readonly body: string; readonly buffers: readonly [] }
  | {
      readonly format: 'clone'
      readonly body: Uint8Array
      /** Bytes of large buffers in the value, in order: they are sent as they lie, behind the body. */
      readonly buffers: readonly Uint8Array[]
    }

/** Of all that has none. */
export const noBuffers = [] as const

/**
 * Writes a value as structured clone would take it.
 *
 * A Buffer stays a Buffer, of its own bytes alone: the pool that it lies in may hold what is nobody else's business. Another view of bytes brings
 * the whole of its ArrayBuffer with it, once for all views of it.
 *
 * @throws DataCloneError where something in it cannot be cloned
 */
export function encodeValue(value: unknown, handles?: HandleWriter): EncodedValue {
  if (isJsonSafe(value)) return { format: 'json', body: JSON.stringify(value), buffers: noBuffers }
  return encodeCloned(value, handles)
}

/** Most values are of this kind. @returns `undefined` where JSON cannot say it, or not without an error: the general way meets that again */
export const encodePlain = (value: unknown): EncodedValue | undefined => tryJson(value, isJsonSafe)

/** The same of a list that nobody else has. */
export const encodePlainList = (values: readonly unknown[]): EncodedValue | undefined => tryJson(values, areJsonSafe)

function tryJson<Value>(value: Value, isSafe: (value: Value) => boolean): EncodedValue | undefined {
  try {
    return isSafe(value) ? { format: 'json', body: JSON.stringify(value), buffers: noBuffers } : undefined
  } catch {
    return undefined
  }
}

function encodeCloned(value: unknown, handles: HandleWriter | undefined): EncodedValue {
  // Each message has a serializer of its own: a shared one would make one object of what was sent twice.
  const { value: sent, records } = handles === undefined ? { value, records: noRecords } : withStandIns(value, handles)
  const serializer = new (loadCloneCodec().ValueSerializer)(records)
  serializer.writeHeader()
  serializer.writeValue(sent)
  return { format: 'clone', body: serializer.releaseBuffer(), buffers: serializer.buffers }
}

const noRecords: ReadonlyMap<object, unknown> = new Map()

/** @param buffers of {@link EncodedValue}, each in an ArrayBuffer of its own, which the value takes over */
export function decodeValue(encoded: EncodedValue, revive?: HandleReader): unknown {
  if (encoded.format === 'json') return JSON.parse(encoded.body)
  const { body, buffers } = encoded
  const deserializer = new (loadCloneCodec().ValueDeserializer)(body, buffers, revive)
  deserializer.readHeader()
  return deserializer.readValue()
}
