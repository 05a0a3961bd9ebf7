// How frames are read off a socket.
import { readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { FrameReader } from './frame.js'

/** What libuv has of a socket. Node tells of none of it. */
export interface SocketHandle {
  /** The descriptor; Windows has none. */
  readonly fd?: number
  /** How many bytes it was given, and how many of them are still to go. */
  readonly bytesWritten: number
  readonly writeQueueSize: number
  /** Is not there on every system. */
  setBlocking?(isBlocking: boolean): unknown
  useUserBuffer?(buffer: Uint8Array): void
  onread?: unknown
}

/** `undefined` where it has none any more, and where it is none of Node's own. */
export const handleOf = (socket: Socket): SocketHandle | undefined =>
  (socket as unknown as { readonly _handle?: SocketHandle | null })._handle ?? undefined

/** What frames are read from. */
export type Source = Socket | { readonly fd: number; readonly writable: boolean }

/** A large buffer that lacks less than this is read with what comes behind it. */
const scratchLength = 64 * 1024

/**
 * A socket whose bytes go to a reader of frames, by way of memory that there is. By itself Node makes new memory for each read, 64 KiB of it, from which
 * a large buffer is copied then: to read 1 MiB takes three times as long, and a small frame half as long again.
 */
export class FrameSocket {
  /** It stands for the one that was given. */
  readonly socket: Socket
  readonly #reader: FrameReader
  readonly #onError: (error: unknown) => void
  readonly #scratch = Buffer.allocUnsafeSlow(scratchLength)
  /** Where the system puts what comes next. */
  #target: Buffer | undefined

  /**
   * @param source a socket, which nobody else uses any more, or a descriptor that none has yet
   * @param onError is called with what the reader throws. It must not throw: the system would go on to write to where it has written.
   */
  constructor(source: Source, reader: FrameReader, onError: (error: unknown) => void) {
    this.#reader = reader
    this.#onError = onError
    this.socket = this.#open(source)
  }

  /** Takes bytes that somebody else has read. */
  push(chunk: Buffer): void {
    this.#read(() => this.#reader.push(chunk))
    if (this.#target === undefined || this.#target === this.#scratch) return
    // The large buffer that was to be filled may be complete now, and somebody's.
    this.#target = this.#scratch
    handleOf(this.socket)?.useUserBuffer?.(this.#scratch)
  }

  /**
   * Reads what there is, past the event loop.
   *
   * @returns how many bytes; 0 where no more come, `undefined` where there are none now
   */
  readNow(): number | undefined {
    const descriptor = handleOf(this.socket)?.fd ?? -1
    // Windows has none.
    if (descriptor < 0) return undefined
    const chunk = Buffer.allocUnsafe(scratchLength)
    try {
      const length = readSync(descriptor, chunk)
      if (length > 0) this.push(chunk.subarray(0, length))
      return length
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return undefined
      // The other side has ended, and has left something unread. What it has said is behind that.
      return code === 'ECONNRESET' ? this.readNow() : 0
    }
  }

  #open(source: Source): Socket {
    const onread = { buffer: () => this.#aim() as Buffer, callback: (length: number) => this.#take(length) }
    // The types know `onread` of a socket that connects alone.
    const make = (from: object) => new Socket({ readable: true, writable: true, ...from, onread } as object)
    if ('fd' in source) return make(source)
    const handle = handleOf(source)
    // Another engine's, perhaps.
    if (handle?.useUserBuffer === undefined || source.writableLength > 0) {
      source.on('data', (chunk) => this.push(chunk))
      return source
    }
    const early = source.read() as Buffer | null
    if (early !== null) process.nextTick(() => this.push(early))
    // As Node does it where it hands a socket on to another process.
    handle.onread = () => {}
    Object.assign(source, { _handle: null })
    source.destroy()
    return make({ handle })
  }

  /** @returns `undefined` where it stays as it is */
  #aim(): Buffer | undefined {
    const { room } = this.#reader
    const target = room !== undefined && room.length >= scratchLength ? room : this.#scratch
    if (target === this.#target) return undefined
    this.#target = target
    return target
  }

  #take(length: number): boolean {
    const scratch = this.#scratch
    if (this.#target === scratch) this.#read(() => this.#reader.push(scratch.subarray(0, length)))
    else this.#read(() => this.#reader.advance(length))
    return true
  }

  #read(read: () => void): void {
    try {
      read()
    } catch (error) {
      this.#onError(error)
    }
  }
}

/** What a receiver of a frame throws is its own, and is not to be caught by who reads. */
export function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}
