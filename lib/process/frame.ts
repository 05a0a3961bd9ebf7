// How messages lie in a stream of bytes: a head of fixed length, the lengths of the large buffers, the body, the buffers.
import { constants } from 'node:buffer'
import { type EncodedValue, noBuffers } from './value-codec.js'

/** A message of the protocol between two processes. What its numbers mean is the protocol's. */
export interface Frame {
  /** Less than 256. */
  readonly type: number
  /** Less than 2 ** 32. */
  readonly id: number
  /** Less than 2 ** 32. @default 0 */
  readonly about?: number
  readonly value: EncodedValue | undefined
}

const formats = [undefined, 'json', 'clone'] as const
type Format = (typeof formats)[number]

// type 1, format 1, count of buffers 2, id 4, about 4, length of the body 4
const headLength = 16
const countPlace = 2
const idPlace = 4
const aboutPlace = 8
const lengthPlace = 12
const bufferLength = 8

const isLittleEndian = true

/** For numbers: V8's own functions, where those of a Buffer are Node's, which a child would have to compile first. */
const viewOf = ({ buffer, byteOffset, length }: Uint8Array) => new DataView(buffer, byteOffset, length)

/** A body is no longer than V8 makes one; a buffer no longer than Node takes one. */
const mostBuffers = 0xffff
const longest = 2 ** 32 - 1

/** Bytes that are reserved at a time for frames to be written into. */
const slabLength = 64 * 1024

/** Bytes from which on a body is a piece of its own: to copy less costs less than to write it apart. */
const large = 16 * 1024

/** A character takes three bytes at most. */
const mostBytes = 3

/** Puts frames one behind the other, in as few pieces as there are large buffers, for one `writev`. */
export class FrameWriter {
  #slab = Buffer.alloc(0)
  #view = viewOf(this.#slab)
  /** What is in the slab and in no piece yet. */
  #start = 0
  #end = 0
  #pieces: Uint8Array[] = []

  /** @throws RangeError where a message has more than 65,535 large buffers or a body of 4 GiB */
  add({ type, id, about = 0, value }: Frame): void {
    const buffers = value?.buffers ?? []
    const body = value?.body ?? ''
    if (buffers.length > mostBuffers)
      throw new RangeError(`A message can have ${mostBuffers} large buffers, and this one has ${buffers.length}.`)
    const heads = headLength + buffers.length * bufferLength
    const head = this.#reserve(heads + roomFor(body))
    const slab = this.#slab
    const view = this.#view
    let at = head + headLength
    for (const { length } of buffers) {
      view.setFloat64(at, length, isLittleEndian)
      at += bufferLength
    }
    const length = typeof body === 'string' ? slab.write(body, at) : body.length
    if (length > longest) throw new RangeError(`A message can have ${longest} bytes beside its large buffers, and this one has ${length}.`)
    slab[head] = type
    slab[head + 1] = formats.indexOf(value?.format)
    view.setUint16(head + countPlace, buffers.length, isLittleEndian)
    view.setUint32(head + idPlace, id, isLittleEndian)
    view.setUint32(head + aboutPlace, about, isLittleEndian)
    view.setUint32(head + lengthPlace, length, isLittleEndian)
    this.#end = head + heads
    if (typeof body === 'string') this.#end += length
    else if (length < large) {
      slab.set(body, at)
      this.#end += length
    } else this.#push(body)
    for (const buffer of buffers) this.#push(buffer)
  }

  /** All that was added since. */
  take(): Uint8Array[] {
    this.#cut()
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  /** @returns where in the slab there is so much room */
  #reserve(length: number): number {
    if (this.#slab.length - this.#end < length) {
      this.#cut()
      // What was given away is still being written: it is not used again.
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabLength, length))
      this.#view = viewOf(this.#slab)
      this.#start = 0
      this.#end = 0
    }
    return this.#end
  }

  #push(piece: Uint8Array): void {
    this.#cut()
    if (piece.length > 0) this.#pieces.push(piece)
  }

  #cut(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#slab.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}

/** How many bytes of a slab a body may take. To count those of a text is worth it only where there are many. */
function roomFor(body: string | Uint8Array): number {
  if (typeof body !== 'string') return body.length < large ? body.length : 0
  return body.length < large ? body.length * mostBytes : Buffer.byteLength(body)
}

/** One frame as {@link FrameWriter} writes it. */
export function encodeFrame(frame: Frame): Uint8Array[] {
  const writer = new FrameWriter()
  writer.add(frame)
  return writer.take()
}

/** The bytes are no frames: the other side is not brood's, or the stream is torn. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** A frame that has begun, and is not complete. */
interface OpenFrame {
  readonly type: number
  readonly id: number
  readonly about: number
  readonly format: Format
  /** What it consists of behind its head: the body, and the large buffers. */
  readonly pieces: readonly [Buffer, ...Buffer[]]
  /** The piece that is being filled, and how far. */
  index: number
  filled: number
}

/** Finds the frames in a stream, however it is cut. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  /** Bytes of a head that is not complete yet. */
  #rest: Buffer = Buffer.alloc(0)
  #open: OpenFrame | undefined

  /** @param onFrame is called for each frame, in order */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  /** Does the stream stand between two frames? Where it ends elsewhere, something is lost. */
  get isBetweenFrames(): boolean {
    return this.#open === undefined && this.#rest.length === 0
  }

  /** Where the next bytes of the stream belong. Who puts them there says so to {@link advance}, and who has them elsewhere pushes them. */
  get room(): Buffer | undefined {
    if (this.#open === undefined) return undefined
    const { pieces, index, filled } = this.#open
    return (pieces[index] as Buffer).subarray(filled)
  }

  /** So many bytes have come into {@link room}. */
  advance(length: number): void {
    const open = this.#open as OpenFrame
    open.filled += length
    this.#goOn(open)
  }

  /** @throws FrameError */
  push(chunk: Buffer): void {
    let at = 0
    let view: DataView | undefined
    while (at < chunk.length) {
      if (this.#open !== undefined) at += this.#fill(this.#open, chunk, at)
      else if (this.#rest.length > 0) at += this.#complete(chunk, at)
      else {
        view ??= viewOf(chunk)
        const length = this.#read(chunk, view, at) || this.#begin(chunk, view, at)
        if (length === 0) {
          // A copy: the chunk may be used again.
          this.#rest = Buffer.from(chunk.subarray(at))
          return
        }
        at += length
      }
    }
  }

  /** Reads a frame that is all there and has no large buffers, as most are. @returns how many bytes it takes; 0 where it is another one */
  #read(bytes: Buffer, view: DataView, at: number): number {
    if (bytes.length - at < headLength || view.getUint16(at + countPlace, isLittleEndian) > 0) return 0
    const start = at + headLength
    const end = start + view.getUint32(at + lengthPlace, isLittleEndian)
    if (end > bytes.length) return 0
    const format = formatAt(bytes, at)
    const body = format === 'clone' ? Buffer.from(bytes.subarray(start, end)) : bytes
    const value = readValue(format, body, start, end, noBuffers)
    this.#onFrame({ type: bytes[at] as number, id: idAt(view, at), about: aboutAt(view, at), value })
    return end - at
  }

  /** Reads the head of a frame, and makes room for what is behind it. @returns how many bytes it takes; 0 where it is not complete */
  #begin(bytes: Buffer, view: DataView, at: number): number {
    if (bytes.length - at < headLength) return 0
    // Before anything else: what is no frame has any length.
    const format = formatAt(bytes, at)
    const length = headsLength(view, at)
    if (bytes.length - at < length) return 0
    const pieces: [Buffer, ...Buffer[]] = [Buffer.allocUnsafe(view.getUint32(at + lengthPlace, isLittleEndian))]
    for (let place = at + headLength; place < at + length; place += bufferLength)
      pieces.push(allocate(view.getFloat64(place, isLittleEndian)))
    const type = bytes[at] as number
    // Written out: V8 makes no fast object of one that another one is spread into, and a call with 64 KiB took a third longer.
    this.#open = { type, id: idAt(view, at), about: aboutAt(view, at), format, pieces, index: 0, filled: 0 }
    this.#goOn(this.#open)
    return length
  }

  /** Adds to the rest as much as its head lacks. @returns how many bytes were taken */
  #complete(chunk: Buffer, at: number): number {
    const taken = Math.min(headsLength(viewOf(this.#rest), 0) - this.#rest.length, chunk.length - at)
    const joined = Buffer.concat([this.#rest, chunk.subarray(at, at + taken)])
    this.#rest = Buffer.alloc(0)
    if (this.#begin(joined, viewOf(joined), 0) === 0) this.#rest = joined
    return taken
  }

  #fill(open: OpenFrame, chunk: Buffer, at: number): number {
    const taken = chunk.copy(open.pieces[open.index] as Buffer, open.filled, at)
    open.filled += taken
    this.#goOn(open)
    return taken
  }

  /** Finds the next piece that has room; where there is none, the frame is complete. */
  #goOn(open: OpenFrame): void {
    const { type, id, about, format, pieces } = open
    while (open.filled === pieces[open.index]?.length) {
      open.index++
      open.filled = 0
    }
    if (open.index < pieces.length) return
    this.#open = undefined
    const [body, ...buffers] = pieces
    this.#onFrame({ type, id, about, value: readValue(format, body, 0, body.length, buffers) })
  }
}

function readValue(format: Format, body: Buffer, start: number, end: number, buffers: readonly Uint8Array[]): EncodedValue | undefined {
  if (format === 'json') return { format, body: body.toString('utf8', start, end), buffers: noBuffers }
  return format && { format, body, buffers }
}

function formatAt(bytes: Buffer, at: number): Format {
  const number = bytes[at + 1] as number
  if (number >= formats.length) throw new FrameError(`There is no format ${number}.`)
  return formats[number]
}

const idAt = (view: DataView, at: number) => view.getUint32(at + idPlace, isLittleEndian)
const aboutAt = (view: DataView, at: number) => view.getUint32(at + aboutPlace, isLittleEndian)

/** How long head and lengths are, as far as the head is there. */
function headsLength(view: DataView, at: number): number {
  return view.byteLength - at < headLength ? headLength : headLength + view.getUint16(at + countPlace, isLittleEndian) * bufferLength
}

/** Memory of its own, which the value takes over. It need not be cleared: nobody sees it before it is full. */
function allocate(length: number): Buffer {
  if (!Number.isInteger(length) || length < 0 || length > constants.MAX_LENGTH)
    throw new FrameError(`A buffer cannot have ${length} bytes.`)
  return Buffer.allocUnsafeSlow(length)
}
