// A child's end of the link to its parent: file descriptor 3, a socket.

import { constants, openSync, readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { type Frame, FrameReader, FrameWriter } from '../frame.js'
import { FrameSocket, handleOf, throwLater } from '../frame-socket.js'
import { isWithoutLoop, seeToAnswers } from '../meanwhile.js'
import { pause } from '../pause.js'
import { readBlocking } from '../read-blocking.js'
import { message } from '../wire.js'
import { Outlet } from './outlet.js'

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
  readonly #onClose: () => void
  #inlet: FrameSocket | undefined
  #socket: Socket | undefined
  readonly #events = {
    onWritten: () => {
      if (!this.hasUnwritten) for (const onWritten of this.#onceWritten.splice(0)) onWritten()
    },
    onBroken: (error: NodeJS.ErrnoException) => this.#lose(error),
  }
  #outlet = new Outlet(descriptor, () => this.#socket, this.#events)
  /** Where frames went before {@link sendBy}. */
  #earlier: Outlet | undefined
  #isClosed = false
  /** In {@link readBlocking}, which is to find what comes. */
  #isBlocking = false
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
    this.#isBlocking = true
    const length = readBlocking(this.#socket && handleOf(this.#socket), descriptor, chunk)
    this.#isBlocking = false
    if (length === 0) this.#close()
    else this.#inlet?.push(chunk.subarray(0, length))
  }

  /** This process waits for somebody else, and the parent may have said what a child of this one waits for. @returns was there anything? */
  #see(): boolean {
    if (this.#isBlocking || this.#isClosed) return false
    const length = this.#inlet?.readNow()
    if (length === 0) this.#close()
    return length !== undefined
  }

  /** From now on frames are reported as they come, and the end of the parent is seen. */
  listen(onFrame: (frame: Frame) => void): void {
    if (this.#onFrame !== undefined) return
    this.#inlet = new FrameSocket({ fd: descriptor, writable: true }, this.#reader, throwLater)
    const { socket } = this.#inlet
    this.#socket = socket
    socket.on('error', (error) => this.#lose(error))
    socket.once('close', () => this.#close())
    socket.once('end', () => this.#close())
    if (!this.#isHolding) socket.unref()
    this.#onFrame = onFrame
    seeToAnswers(() => this.#see())
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
    if (isWithoutLoop() && !this.hasUnwritten) {
      this.sendBlocking(frame)
      return
    }
    this.#writer.add(frame)
    const pieces = this.#writer.take()
    if (!this.#isClosed) this.#outlet.write(pieces)
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
    this.#outlet.writeBlocking(this.#writer.take())
  }

  /**
   * Sends by a pipe from now on, where it can be opened. The last frame of the socket says so: what comes by the pipe comes behind it.
   *
   * @param path of a named pipe that the parent has open
   */
  sendBy(path: string): void {
    let pipe: number
    try {
      pipe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch {
      return
    }
    this.send({ type: message.switched, id: 0, value: undefined })
    let socket: Socket | undefined
    const open = () => {
      socket ??= new Socket({ fd: pipe, readable: false, writable: true }).on('error', () => {}).unref()
      return socket
    }
    this.#earlier = this.#outlet
    this.#outlet = new Outlet(pipe, open, this.#events)
  }

  /** Is there something that the parent has not taken yet? */
  get hasUnwritten(): boolean {
    return this.#outlet.hasUnwritten || this.#earlier?.hasUnwritten === true
  }

  /** Calls back when all that was sent is out. */
  onceWritten(onWritten: () => void): void {
    this.#onceWritten.push(onWritten)
  }

  /** The process is about to end. @param deadline as of {@link Outlet.flush} */
  flush(deadline: number): void {
    this.#earlier?.flush(deadline)
    this.#outlet.flush(deadline)
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
