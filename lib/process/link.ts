import type { Socket } from 'node:net'
import { type CompiledCode, noCode } from './compiled-code.js'
import { type Frame, FrameError, FrameReader, FrameWriter } from './frame.js'
import { FrameSocket, type Source } from './frame-socket.js'

/**
 * A parent's end of the link to a child: frames over a socket.
 *
 * What is sent within one turn is written by one call, since most of the cost of a small message is its system call.
 */
export class Link {
  readonly #socket: Socket
  readonly #writer = new FrameWriter()
  readonly #open: (source: Source) => Socket
  /** By which frames come since {@link Link.readFrom}. */
  #pipe: Socket | undefined
  /** What goes in front of all frames, until it has gone. */
  #code: CompiledCode | undefined
  #isScheduled = false
  #isOpen = true
  #isHolding = true

  /**
   * @param code what the child is given of what V8 has compiled, in front of all frames
   * @param onFrame is called for each frame, in order
   * @param onRubbish is called where the bytes are no frames: then no more is read
   * @param onClose is called once, when no more comes; what was sent and not read by then is lost
   */
  constructor(
    socket: Socket,
    code: CompiledCode,
    onFrame: (frame: Frame) => void,
    onRubbish: (error: FrameError) => void,
    onClose: () => void,
  ) {
    this.#code = code
    const onError = (error: unknown) => {
      // What a receiver of a frame throws is its own.
      if (!(error instanceof FrameError)) throw error
      onRubbish(error)
      this.#socket.destroy()
    }
    let open = 0
    this.#open = (source) => {
      open++
      const opened = new FrameSocket(source, new FrameReader(onFrame), onError).socket
      // ECONNRESET and EPIPE: the child's exit tells more.
      opened.on('error', () => {})
      return opened.once('close', () => {
        if (--open === 0) onClose()
      })
    }
    this.#socket = this.#open(socket)
    this.#socket.once('close', () => {
      this.#isOpen = false
    })
  }

  /** @throws RangeError where a message is too large for a frame */
  send(frame: Frame): void {
    if (!this.#isOpen) return
    this.#writer.add(frame)
    if (this.#isScheduled) return
    this.#isScheduled = true
    process.nextTick(() => this.flush())
  }

  /** Sends now what would go out at the end of this turn. */
  flush(): void {
    this.#isScheduled = false
    if (!this.#isOpen) return
    const frames = this.#writer.take()
    const pieces = this.#code === undefined ? frames : [...prefaceOf(this.#code, frames), ...frames]
    this.#code = undefined
    if (pieces.length > 1) this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    if (pieces.length > 1) this.#socket.uncork()
  }

  /** What the child sends comes by a pipe from now on. */
  readFrom(descriptor: number): void {
    this.#pipe = this.#open({ fd: descriptor, writable: false })
    this.#holdPipe()
  }

  /** Does it keep this process running? */
  setHolding(isHolding: boolean): void {
    this.#isHolding = isHolding
    if (isHolding) this.#socket.ref()
    else this.#socket.unref()
    this.#holdPipe()
  }

  #holdPipe(): void {
    if (this.#isHolding) this.#pipe?.ref()
    else this.#pipe?.unref()
  }

  /** Says that nothing more comes. */
  end(): void {
    if (this.#isScheduled) this.flush()
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }
}

/**
 * So many bytes a socket has room for at once. What it has no room for waits for this process to have a turn, and a program may block it right after a
 * call. libuv gives a child's sockets 64 KiB, of which Linux makes twice as much; with Node 20 they have 208 KiB.
 */
const roomOfSocket = 120 * 1024

/** What the entry of a child reads before any frame: the length of the code, and the code. */
function prefaceOf({ given, isWanted }: CompiledCode, frames: readonly Uint8Array[]): Uint8Array[] {
  let beside = 0
  for (const { length } of frames) beside += length
  const head = Buffer.alloc(4)
  if (given !== undefined && given.length + beside <= roomOfSocket) {
    head.writeUInt32LE(given.length)
    return [head, given]
  }
  head.writeUInt32LE(given === undefined && isWanted ? noCode.butSendYours : noCode.andKeepYours)
  return [head]
}
