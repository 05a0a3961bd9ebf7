// A child's end of the link to its parent: file descriptor 3, a socket.

import { readSync, writeSync, writevSync } from 'node:fs'
import type { Socket } from 'node:net'
import { now } from '../clock.js'
import { type Frame, FrameReader, FrameWriter } from '../frame.js'
import { FrameSocket, handleOf } from '../frame-socket.js'
import { pause } from '../pause.js'
import { readBlocking } from '../read-blocking.js'

const descriptor = 3
const chunkSize = 64 * 1024

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
  #onClose: (() => void) | undefined
  #inlet: FrameSocket | undefined
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

  constructor() {
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
    const length = readBlocking(this.#socket && handleOf(this.#socket), descriptor, chunk)
    if (length === 0) this.#close()
    else this.#inlet?.push(chunk.subarray(0, length))
  }

  /** From now on frames are reported as they come, and so is the end of the parent. */
  listen(onFrame: (frame: Frame) => void, onClose: () => void): void {
    if (this.#onFrame !== undefined) return
    this.#onClose = onClose
    this.#inlet = new FrameSocket(descriptor, this.#reader, (error) => {
      throw error
    })
    const { socket } = this.#inlet
    this.#socket = socket
    socket.on('error', () => {})
    socket.once('close', () => this.#close())
    socket.once('end', () => this.#close())
    if (!this.#isHolding) socket.unref()
    this.#onFrame = onFrame
    for (const frame of this.#frames.splice(0)) onFrame(frame)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#onClose?.()
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
    for (const piece of this.#writer.take()) writeAll(piece, this.#deadline ?? Number.POSITIVE_INFINITY)
  }

  #write(pieces: readonly Uint8Array[]): void {
    if (this.#isClosed) return
    if (this.#deadline !== undefined) {
      for (const piece of pieces) writeAll(piece, this.#deadline)
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
      writeAll(rest, Number.POSITIVE_INFINITY)
      return
    }
    this.#given += rest.length
    this.#unwritten.push(rest)
    this.#socket.write(rest, () => {
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
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#close()
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
    const handle = this.#socket && handleOf(this.#socket)
    if (handle === undefined || this.#unwritten.length === 0 || this.#isClosed) return
    const waiting = Buffer.concat(this.#unwritten)
    // Libuv may have written a part of a piece: the last bytes are the ones that are left.
    const left = this.#given - handle.bytesWritten + handle.writeQueueSize
    writeAll(waiting.subarray(waiting.length - left), deadline)
  }
}

function writeAll(bytes: Uint8Array, deadline: number): void {
  let rest = bytes
  while (rest.length > 0 && now() < deadline) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      pause()
    }
  }
}
