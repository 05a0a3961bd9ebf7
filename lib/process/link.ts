import type { Socket } from 'node:net'
import { type Frame, FrameError, FrameReader, FrameWriter } from './frame.js'

/**
 * A parent's end of the link to a child: frames over a socket.
 *
 * What is sent within one turn is written by one call, since most of the cost of a small message is its system call.
 */
export class Link {
  readonly #socket: Socket
  readonly #writer = new FrameWriter()
  #isScheduled = false
  #isOpen = true

  /**
   * @param onFrame is called for each frame, in order
   * @param onRubbish is called where the bytes are no frames: then no more is read
   * @param onClose is called once, when no more comes; what was sent and not read by then is lost
   */
  constructor(socket: Socket, onFrame: (frame: Frame) => void, onRubbish: (error: FrameError) => void, onClose: () => void) {
    this.#socket = socket
    const reader = new FrameReader(onFrame)
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk)
      } catch (error) {
        // What a receiver of a frame throws is its own.
        if (!(error instanceof FrameError)) throw error
        onRubbish(error)
        socket.destroy()
      }
    })
    // ECONNRESET and EPIPE: the child's exit tells more.
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#isOpen = false
      onClose()
    })
  }

  /** Sends what the entry of a child reads in front of all frames: code that V8 has compiled, and its length. */
  begin(code: Uint8Array | undefined): void {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(code?.length ?? 0)
    this.#socket.cork()
    this.#socket.write(length)
    if (code !== undefined) this.#socket.write(code)
    this.#socket.uncork()
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
    const pieces = this.#writer.take()
    if (pieces.length > 1) this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    if (pieces.length > 1) this.#socket.uncork()
  }

  /** Does it keep this process running? */
  setHolding(isHolding: boolean): void {
    if (isHolding) this.#socket.ref()
    else this.#socket.unref()
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
