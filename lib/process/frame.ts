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

// type 1, format 1, count of buffers 2, id 4, about 4, length of the body 4
const headLength = 16
const lengthPlace = 12
const bufferLength = 8

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
    let at = head + headLength
    for (const { length } of buffers) at = slab.writeDoubleLE(length, at)
    const length = typeof body === 'string' ? slab.write(body, at) : body.length
    if (length > longest) throw new RangeError(`A message can have ${longest} bytes beside its large buffers, and this one has ${length}.`)
    slab[head] = type
    slab[head + 1] = formats.indexOf(value?.format)
    slab.writeUInt16LE(buffers.length, head + 2)
    slab.writeUInt32LE(id, head + 4)
    slab.writeUInt32LE(about, head + 8)
    slab.writeUInt32LE(length, head + lengthPlace)
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

/** A frame whose large buffers are still to come. */
interface OpenFrame {
  readonly frame: Frame
  readonly buffers: readonly Uint8Array[]
  /** The buffer that is being filled, and how far. */
  index: number
  filled: number
}

/** Finds the frames in a stream, however it is cut. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  /** Bytes of a head or a body that is not complete yet. */
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

  /** @throws FrameError */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#open !== undefined) at += this.#fill(chunk, at)
      else if (this.#rest.length === 0) {
        const length = this.#read(chunk, at)
        if (length === 0) {
          // A copy: the chunk may be used again.
          this.#rest = Buffer.from(chunk.subarray(at))
          return
        }
        at += length
      } else at += this.#complete(chunk, at)
    }
  }

  /** Reads one frame up to its buffers. @returns how many bytes that took; 0 where it is not complete */
  #read(bytes: Buffer, at: number): number {
    const length = lengthAt(bytes, at)
    if (length === undefined || at + length > bytes.length) return 0
    const count = bytes.readUInt16LE(at + 2)
    const bodyStart = at + headLength + count * bufferLength
    const format = formats[bytes[at + 1] as number]
    const buffers: Uint8Array[] = []
    for (let index = 0; index < count; index++) buffers.push(allocate(bytes.readDoubleLE(at + headLength + index * bufferLength)))
    const isLater = buffers.some((buffer) => buffer.length > 0)
    const value = format === undefined ? undefined : readValue(format, bytes, bodyStart, at + length, buffers)
    const frame: Frame = { type: bytes[at] as number, id: bytes.readUInt32LE(at + 4), about: bytes.readUInt32LE(at + 8), value }
    if (isLater) {
      this.#open = { frame, buffers, index: 0, filled: 0 }
      this.#skipFilled()
    } else this.#onFrame(frame)
    return length
  }

  /** Adds to the rest as much as its frame lacks. @returns how many bytes were taken */
  #complete(chunk: Buffer, at: number): number {
    const wanted = (lengthAt(this.#rest, 0) ?? Math.max(headLength, headsLength(this.#rest))) - this.#rest.length
    const taken = Math.min(wanted, chunk.length - at)
    const joined = Buffer.concat([this.#rest, chunk.subarray(at, at + taken)])
    this.#rest = Buffer.alloc(0)
    if (this.#read(joined, 0) === 0) this.#rest = joined
    return taken
  }

  #fill(chunk: Buffer, at: number): number {
    const open = this.#open as OpenFrame
    const target = open.buffers[open.index] as Uint8Array
    const taken = Math.min(target.length - open.filled, chunk.length - at)
    target.set(chunk.subarray(at, at + taken), open.filled)
    open.filled += taken
    this.#skipFilled()
    return taken
  }

  #skipFilled(): void {
    const open = this.#open as OpenFrame
    while (open.index < open.buffers.length && open.filled === (open.buffers[open.index] as Uint8Array).length) {
      open.index++
      open.filled = 0
    }
    if (open.index < open.buffers.length) return
    this.#open = undefined
    this.#onFrame(open.frame)
  }
}

/** A body is copied: the chunk may be used again. */
function readValue(format: 'json' | 'clone', bytes: Buffer, start: number, end: number, buffers: readonly Uint8Array[]): EncodedValue {
  if (format === 'json') return { format, body: bytes.toString('utf8', start, end), buffers: noBuffers }
  return { format, body: Buffer.from(bytes.subarray(start, end)), buffers }
}

/** How long head and lengths are, as far as the head is there. */
function headsLength(bytes: Buffer): number {
  return bytes.length < headLength ? headLength : headLength + bytes.readUInt16LE(2) * bufferLength
}

/** How long a frame is without its large buffers; `undefined` where its head is not complete. */
function lengthAt(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < headLength) return undefined
  if ((bytes[at + 1] as number) >= formats.length) throw new FrameError(`There is no format ${bytes[at + 1]}.`)
  return headLength + bytes.readUInt16LE(at + 2) * bufferLength + bytes.readUInt32LE(at + lengthPlace)
}

function allocate(length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > constants.MAX_LENGTH)
    throw new FrameError(`A buffer cannot have ${length} bytes.`)
  return new Uint8Array(length)
}
