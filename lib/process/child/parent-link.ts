// A child's end of the link to its parent: file descriptor 3, a socket.

import { readSync, writeSync, writevSync } from 'node:fs'
import { Socket } from 'node:net'
import { type Frame, FrameReader, FrameWriter } from '../frame.js'
import { pause } from '../pause.js'
import { readBlocking } from '../read-blocking.js'
import { isFull, writeBlocking } from '../write-blocking.js'

const descriptor = 3
const chunkSize = 64 * 1024

/** What libuv says of a socket: how many bytes it was given, and how many of them are still to go. */
interface Handle {
  readonly bytesWritten: number
  readonly writeQueueSize: number
  setBlocking?(isBlocking: boolean): unknown
}

/**
 * Reads without an event loop until somebody has to wait: to open a socket costs a child half a millisecond, and most of them answer at once.
 *
 * What is sent is written before `send` returns, as long as the parent keeps up. The rest goes out as the parent reads, and what is left of it
 * when the process ends is written then.
 */
export class ParentLink {
  readonly #frames: Frame[] = []
  readonly #reader: FrameReader
  readonly #writer = new FrameWriter()
  #onFrame: ((frame: Frame) => void) | undefined
  readonly #onClose: () => void
  #socket: Socket | undefined
  /** What the socket has been given and has not written, oldest first. */
  readonly #unwritten: Uint8Array[] = []
  /** How many bytes the socket has been given. */
  #given = 0
  #isClosed = false
  /** Since {@link flush}: there is no event loop any more, and what is sent is written by then. */
  #deadline: number | undefined
  readonly #reasons = new Set<string>()
  #isHolding = false
  readonly #onceWritten: (() => void)[] = []

  /** @param onClose is called once, when the parent is gone, or can be told nothing more */
  constructor(onClose: () => void) {
    this.#onClose = onClose
    this.#reader = new FrameReader((frame) => {
      if (this.#onFrame === undefined) this.#frames.push(frame)
      else this.#onFrame(frame)
    })
  }

  /** Waits for the next frame, and does nothing else meanwhile. @returns `undefined` where the parent is gone */
  readNext(): Frame | undefined {
    const chunk = Buffer.allocUnsafe(chunkSize)
    while (this.#frames.length === 0) {
      let length: number
      try {
        length = readSync(descriptor, chunk)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          pause()
          continue
        }
        return undefined
      }
      if (length === 0) return undefined
      this.#reader.push(chunk.subarray(0, length))
    }
    return this.#frames.shift()
  }

  /** Waits until something has come, without the event loop, and reports it. {@link listen} was called before. */
  readBlocking(): void {
    if (this.#isClosed) return
    const chunk = Buffer.allocUnsafe(chunkSize)
    const length = readBlocking((this.#socket as unknown as { readonly _handle?: Handle | null })._handle, descriptor, chunk)
    if (length === 0) this.#close()
    else this.#reader.push(chunk.subarray(0, length))
  }

  /** From now on frames are reported as they come, and the end of the parent is seen. */
  listen(onFrame: (frame: Frame) => void): void {
    if (this.#onFrame !== undefined) return
    const socket = new Socket({ fd: descriptor, readable: true, writable: true })
    this.#socket = socket
    socket.on('data', (chunk) => this.#reader.push(chunk))
    socket.on('error', (error) => this.#lose(error))
    socket.once('close', () => this.#close())
    socket.once('end', () => this.#close())
    if (!this.#isHolding) socket.unref()
    this.#onFrame = onFrame
    for (const frame of this.#frames.splice(0)) onFrame(frame)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#onClose()
  }

  /**
   * Something was not written, and all that follows it is lost with it. To go on would be to do what nobody hears of: whoever has called is told by the
   * end of this process, and reads on its stderr why.
   */
  #lose(error: NodeJS.ErrnoException): void {
    if (this.#isClosed) return
    if (!isGone.has(error.code ?? '')) complain(`what this process has to tell its parent could not be written: ${error.message}`)
    this.#close()
  }

  /**
   * Keeps the process running for as long as somebody waits for the parent.
   *
   * @param reason why: it goes on until none is left
   */
  hold(reason: string, isHolding: boolean): void {
    if (isHolding) this.#reasons.add(reason)
    else this.#reasons.delete(reason)
    const wasHolding = this.#isHolding
    this.#isHolding = this.#reasons.size > 0
    // Each call comes here, and most change nothing.
    if (this.#isHolding === wasHolding) return
    if (this.#isHolding) this.#socket?.ref()
    else this.#socket?.unref()
  }

  /** @throws RangeError where a message is too large for a frame */
  send(frame: Frame): void {
    this.#writer.add(frame)
    this.#write(this.#writer.take())
  }

  /**
   * Sends, and waits until the parent has taken it: what a socket is given goes out only while the event loop runs. Where it has something already,
   * this comes behind it.
   */
  sendBlocking(frame: Frame): void {
    if (this.hasUnwritten || this.#isClosed) {
      this.send(frame)
      return
    }
    this.#writer.add(frame)
    for (const piece of this.#writer.take()) this.#writeAll(piece, this.#deadline ?? Number.POSITIVE_INFINITY)
  }

  #write(pieces: readonly Uint8Array[]): void {
    if (this.#isClosed) return
    if (this.#deadline !== undefined) {
      for (const piece of pieces) this.#writeAll(piece, this.#deadline)
      return
    }
    let written = this.#unwritten.length > 0 ? 0 : this.#writeNow(pieces)
    for (const piece of pieces) {
      if (written >= piece.length) written -= piece.length
      else {
        this.#writeLater(piece.subarray(written))
        written = 0
      }
    }
  }

  #writeLater(rest: Uint8Array): void {
    if (this.#isClosed) return
    if (this.#socket === undefined) {
      // A descriptor that was never made a socket blocks, and this is another's doing.
      this.#writeAll(rest, Number.POSITIVE_INFINITY)
      return
    }
    this.#given += rest.length
    this.#unwritten.push(rest)
    this.#socket.write(rest, (error) => {
      if (error) {
        this.#lose(error)
        return
      }
      this.#unwritten.shift()
      if (this.#unwritten.length === 0) for (const onWritten of this.#onceWritten.splice(0)) onWritten()
    })
  }

  /** Is there something that the parent has not taken yet? */
  get hasUnwritten(): boolean {
    return this.#unwritten.length > 0
  }

  /** Calls back when all that was sent is out. */
  onceWritten(onWritten: () => void): void {
    this.#onceWritten.push(onWritten)
  }

  /** @returns how many bytes could be written without waiting */
  #writeNow(pieces: readonly Uint8Array[]): number {
    const [only] = pieces
    try {
      return pieces.length === 1 ? writeSync(descriptor, only as Uint8Array) : writevSync(descriptor, pieces)
    } catch (error) {
      if (!isFull(error)) this.#lose(error as Error)
      return 0
    }
  }

  /**
   * Writes what the socket has not written, without the event loop: the process is about to end.
   *
   * @param deadline in milliseconds by clock.ts: what a parent has not taken by then is lost
   */
  flush(deadline: number): void {
    // It is called more than once, and what the socket was given is still in its hands.
    if (this.#deadline !== undefined) return
    this.#deadline = deadline
    const { _handle: handle } = (this.#socket ?? {}) as { readonly _handle?: Handle | null }
    if (!handle || this.#unwritten.length === 0 || this.#isClosed) return
    const waiting = Buffer.concat(this.#unwritten)
    // Libuv may have written a part of a piece: the last bytes are the ones that are left.
    const left = this.#given - handle.bytesWritten + handle.writeQueueSize
    this.#writeAll(waiting.subarray(waiting.length - left), deadline)
  }

  #writeAll(bytes: Uint8Array, deadline: number): void {
    if (this.#isClosed) return
    const error = writeBlocking(descriptor, bytes, deadline)
    if (error !== undefined) this.#lose(error)
  }
}

/** The parent has ended, which is no news to anybody who reads this process's stderr; or the first error has been told. */
const isGone = new Set(['EPIPE', 'ECONNRESET', 'ECANCELED', 'ERR_STREAM_DESTROYED'])

function complain(text: string): void {
  try {
    writeSync(2, `brood: ${text}\n`)
  } catch {
    // There is nobody to tell.
  }
}
