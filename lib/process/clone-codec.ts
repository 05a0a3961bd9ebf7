// Structured clone to bytes and back, with large buffers apart.
import { types } from 'node:util'
import type * as V8 from 'node:v8'
import type { HandleReader } from './handles.js'

/** Bytes from which on a buffer is sent on its own. To copy less than that costs less than to send it apart. */
const large = 4096
/** So many of them: a frame takes no more. */
const mostApart = 0xffff

type View = ArrayBufferView & { readonly length?: number }
type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length?: number) => View

/** Views by what stands for them; the place in the list is part of the format. */
const viewConstructors = [
  Buffer,
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  // Since Node 24.
  (globalThis as { Float16Array?: ViewConstructor }).Float16Array,
] as unknown as readonly (ViewConstructor | undefined)[]

const bufferKind = 0
/** A handle: what stands behind it is its record. */
const handleKind = 255

function kindOf(view: View): number {
  if (Buffer.isBuffer(view)) return bufferKind
  const tag = Object.prototype.toString.call(view).slice(8, -1)
  return viewConstructors.findIndex((constructor, kind) => kind !== bufferKind && constructor?.name === tag)
}

/** Where the bytes of a view are. */
const place = { inline: 0, apart: 1, earlier: 2 } as const

function ownBuffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}

/** A serializer with what it sets apart. */
interface Writer extends InstanceType<typeof V8.Serializer> {
  readonly buffers: readonly Uint8Array[]
}

interface CloneCodec {
  readonly ValueSerializer: new (records: ReadonlyMap<object, unknown>) => Writer
  readonly ValueDeserializer: new (
    body: Uint8Array,
    buffers: readonly Uint8Array[],
    revive: HandleReader | undefined,
  ) => InstanceType<typeof V8.Deserializer>
}

let codec: CloneCodec | undefined

/** To load `node:v8` takes a child half a millisecond, and most of what is sent is JSON. */
export function loadCloneCodec(): CloneCodec {
  codec ??= makeCloneCodec(process.getBuiltinModule('node:v8'))
  return codec
}

function makeCloneCodec({ Serializer, Deserializer }: typeof V8): CloneCodec {
  class ValueSerializer extends Serializer {
    readonly buffers: Uint8Array[] = []
    readonly #written: ArrayBufferLike[] = []
    readonly #records: ReadonlyMap<object, unknown>

    constructor(records: ReadonlyMap<object, unknown>) {
      super()
      this.#records = records
      // The types do not know it.
      ;(this as unknown as { _setTreatArrayBufferViewsAsHostObjects(treat: boolean): void })._setTreatArrayBufferViewsAsHostObjects(true)
    }

    /** V8 calls it for each view of bytes. */
    _writeHostObject(view: View): void {
      if (this.#records.has(view)) {
        this.writeUint32(handleKind)
        this.writeValue(this.#records.get(view))
        return
      }
      const kind = kindOf(view)
      // Another realm has classes of its own.
      if (kind < 0 || types.isSharedArrayBuffer(view.buffer))
        throw this._getDataCloneError(`${Object.prototype.toString.call(view)} could not be cloned.`)
      this.writeUint32(kind)
      if (kind === bufferKind) {
        this.#writeBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
        return
      }
      const earlier = this.#written.indexOf(view.buffer)
      if (earlier >= 0) {
        this.writeUint32(place.earlier)
        this.writeUint32(earlier)
      } else {
        this.#written.push(view.buffer)
        this.#writeBytes(new Uint8Array(view.buffer))
      }
      this.writeDouble(view.byteOffset)
      // A DataView has no length.
      this.writeDouble(view.length ?? view.byteLength)
    }

    #writeBytes(bytes: Uint8Array): void {
      if (bytes.length >= large && this.buffers.length < mostApart) {
        this.writeUint32(place.apart)
        this.buffers.push(bytes)
        return
      }
      this.writeUint32(place.inline)
      this.writeUint32(bytes.length)
      this.writeRawBytes(bytes)
    }

    /** Memory cannot be shared with another process. */
    _getSharedArrayBufferId(): number {
      throw this._getDataCloneError('#<SharedArrayBuffer> could not be cloned.')
    }

    /** V8 asks for it where something cannot be cloned. */
    _getDataCloneError(message: string): Error {
      return new DOMException(message, 'DataCloneError')
    }
  }

  class ValueDeserializer extends Deserializer {
    readonly #buffers: readonly Uint8Array[]
    readonly #read: ArrayBuffer[] = []
    readonly #revive: HandleReader | undefined
    #next = 0

    constructor(body: Uint8Array, buffers: readonly Uint8Array[], revive: HandleReader | undefined) {
      super(body)
      this.#buffers = buffers
      this.#revive = revive
    }

    _readHostObject(): unknown {
      const kind = this.readUint32()
      if (kind === handleKind) {
        const record: unknown = this.readValue()
        return this.#revive?.(record)
      }
      const constructor = viewConstructors[kind]
      if (constructor === undefined) throw new TypeError(`There are no views of the kind ${kind} in this Node.`)
      const where = this.readUint32()
      if (kind === bufferKind) {
        const bytes = this.#readBytes(where)
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      }
      const buffer = where === place.earlier ? (this.#read[this.readUint32()] as ArrayBuffer) : ownBuffer(this.#readBytes(where))
      if (where !== place.earlier) this.#read.push(buffer)
      const offset = this.readDouble()
      return new constructor(buffer, offset, this.readDouble())
    }

    #readBytes(where: number): Uint8Array<ArrayBuffer> {
      if (where === place.apart) return this.#buffers[this.#next++] as Uint8Array<ArrayBuffer>
      const bytes = this.readRawBytes(this.readUint32())
      // A copy: what was read lies in the message, at any offset.
      return new Uint8Array(bytes)
    }
  }

  return { ValueSerializer, ValueDeserializer }
}
