// A channel's socket, once both sides know each other.

import type { Socket } from 'node:net'
import { encodeFrame, type Frame, FrameReader } from './frame.js'
import { FrameSocket, handleOf, type SocketHandle } from './frame-socket.js'
import type { Line, LineEvents } from './line.js'
import { readBlocking, readRest } from './read-blocking.js'
import { writeBlocking } from './write-blocking.js'

const chunkSize = 64 * 1024

/** Frames over a socket. */
export class Connection implements Line {
  readonly #socket: Socket
  readonly #inlet: FrameSocket
  #events: LineEvents | undefined
  /** What the socket has been given and the system has not, oldest first. */
  readonly #unwritten: Uint8Array[] = []
  #waiting = 0
  /** Bytes that the socket had been given before there was a connection. */
  readonly #before: number
  #given = 0
  #isClosed = false
  /** Since {@link flush}: there is no event loop any more, and what is sent is written by then. */
  #deadline: number | undefined

  /** @param socket nobody else reads from it any more */
  constructor(socket: Socket) {
    this.#before = socket.bytesWritten
    const reader = new FrameReader((frame) => this.#events?.onFrame(frame))
    // No frames: whatever it is, it is not the other end of a channel.
    this.#inlet = new FrameSocket(socket, reader, () => this.#socket.destroy())
    this.#socket = this.#inlet.socket
    this.#readBeforeDestroyed()
    // ECONNRESET and EPIPE: what has been said before tells more.
    this.#socket.on('error', () => {})
    this.#socket.once('close', () => this.#close())
  }

  listen(events: LineEvents): void {
    const isFirst = this.#events === undefined
    this.#events = events
    if (!isFirst) return
    if (this.#isClosed) setImmediate(() => this.#events?.onClose())
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  get waiting(): number {
    return this.#waiting
  }

  send(frame: Frame): void {
    this.write(encodeFrame(frame))
  }

  /** Writes pieces of frames, by as few calls as it can. */
  write(pieces: readonly Uint8Array[]): void {
    if (this.#isClosed || this.#socket.writableEnded) return
    if (this.#deadline !== undefined) {
      for (const piece of pieces) this.#writeNow(piece, this.#deadline)
      return
    }
    this.#socket.cork()
    for (const piece of joinSmall(pieces)) {
      this.#unwritten.push(piece)
      this.#waiting += piece.length
      this.#given += piece.length
      this.#socket.write(piece, this.#onWritten)
    }
    this.#socket.uncork()
  }

  readonly #onWritten = (error?: Error | null) => {
    this.#waiting -= this.#unwritten.shift()?.length ?? 0
    if (this.#waiting === 0 && !error) this.#events?.onDrain?.()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#socket.once('close', resolve)
      this.#socket.end(resolve)
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  flush(deadline: number): void {
    const handle = this.#handle
    if (!handle || this.#isClosed || this.#deadline !== undefined) return
    this.#deadline = deadline
    if (this.#unwritten.length === 0) return
    const waiting = Buffer.concat(this.#unwritten)
    // Libuv may have written a part of a piece: the last bytes are the ones that are left.
    const left = this.#before + this.#given - handle.bytesWritten + handle.writeQueueSize
    this.#writeNow(waiting.subarray(waiting.length - left), deadline)
  }

  #writeNow(bytes: Uint8Array, deadline: number): boolean {
    const fd = this.#handle?.fd
    // Windows has none.
    return fd !== undefined && fd >= 0 && writeBlocking(fd, bytes, deadline) === undefined
  }

  readBlocking(): void {
    // What Node has read, and could not tell yet.
    if (this.#socket.readableLength > 0) {
      this.#socket.read()
      return
    }
    const chunk = Buffer.allocUnsafe(chunkSize)
    const handle = this.#handle
    const fd = handle?.fd ?? -1
    const length = fd < 0 ? 0 : readBlocking(handle, fd, chunk)
    if (length > 0) this.#inlet.push(chunk.subarray(0, length))
    else this.#giveUp()
  }

  writeBlocking(pieces: readonly Uint8Array[]): boolean {
    if (this.#socket.writableLength > 0) return false
    for (const piece of pieces) {
      if (this.#writeNow(piece, Number.POSITIVE_INFINITY)) continue
      const fd = this.#handle?.fd ?? -1
      if (fd >= 0) this.#readRest(fd)
      this.#giveUp()
      break
    }
    return true
  }

  #giveUp(): void {
    this.#socket.destroy()
    this.#close()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#events?.onClose()
  }

  get #handle(): SocketHandle | undefined {
    return handleOf(this.#socket)
  }

  /**
   * Node gives a socket up where it cannot be written to any more (ECONNRESET where the other side has left something unread). The other side has ended
   * then, and what it said before, such as why, still lies there unread.
   */
  #readBeforeDestroyed(): void {
    const destroy = this.#socket._destroy.bind(this.#socket)
    this.#socket._destroy = (error, callback) => {
      const fd = this.#handle?.fd
      const { code } = (error ?? {}) as NodeJS.ErrnoException
      if ((code === 'EPIPE' || code === 'ECONNRESET') && fd !== undefined && fd >= 0) this.#readRest(fd)
      destroy(error, callback)
    }
  }

  #readRest(fd: number): void {
    try {
      readRest(fd, (chunk) => this.#inlet.push(chunk), 0)
    } catch {
      // No frames: there is no more to be understood.
    }
  }
}

/** Bytes from which on a piece is written as it lies: to copy less costs less than to write it on its own. */
const large = 16 * 1024

function* joinSmall(pieces: readonly Uint8Array[]): Iterable<Uint8Array> {
  for (let at = 0; at < pieces.length; ) {
    let end = at
    while (end < pieces.length && (pieces[end] as Uint8Array).length < large) end++
    if (end > at) yield end - at === 1 ? (pieces[at] as Uint8Array) : Buffer.concat(pieces.slice(at, end))
    if (end < pieces.length) yield pieces[end++] as Uint8Array
    at = end
  }
}
