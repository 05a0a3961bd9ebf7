import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { now } from './clock.js'
import { type CompiledCode, noCode } from './compiled-code.js'
import { type Frame, FrameError, FrameReader, FrameWriter } from './frame.js'
import { FrameSocket, handleOf, type Source, throwLater } from './frame-socket.js'
import { isWithoutLoop, seeToMeanwhile } from './meanwhile.js'
import { readRest } from './read-blocking.js'

interface LinkEvents {
  /** For each frame, in order. */
  readonly onFrame: (frame: Frame) => void
  /** For a frame that comes while this process waits without its event loop. @returns was it seen to? If not, it comes to `onFrame` later. */
  readonly onUrgent: (frame: Frame) => boolean
  /** This process waits without its event loop: what else the child does is to be seen to. */
  readonly onSee: () => void
  /** No more comes, while this process waits without its event loop. `onClose` follows when it has it again. */
  readonly onEnd: () => void
  /** The bytes are no frames, or the system does not write or read any: then no more goes or comes. */
  readonly onBroken: (error: Error) => void
  /** Once, when no more comes; what was sent and not read by then is lost. */
  readonly onClose: () => void
}

/**
 * A parent's end of the link to a child: frames over a socket.
 *
 * What is sent within one turn is written by one call, since most of the cost of a small message is its system call.
 */
export class Link {
  readonly #events: LinkEvents
  readonly #socket: Socket
  readonly #writer = new FrameWriter()
  readonly #open: (source: Source) => Socket
  /** By which frames come since {@link Link.readFrom}. */
  #pipe: Socket | undefined
  /** What goes in front of all frames, until it has gone. */
  #code: CompiledCode | undefined
  /** What frames come by, and has not come to its end. */
  readonly #inlets = new Set<FrameSocket>()
  /** What has come without the event loop, and can wait for it. */
  readonly #deferred: Frame[] = []
  #isWithoutLoop = false
  /** What is to go, and the socket has not been given yet. */
  readonly #unwritten: Uint8Array[] = []
  readonly #stopSeeing: () => void
  #isScheduled = false
  #isOpen = true
  #isHolding = true

  /** @param code what the child is given of what V8 has compiled, in front of all frames */
  constructor(socket: Socket, code: CompiledCode, events: LinkEvents) {
    this.#code = code
    this.#events = events
    const { onBroken, onClose } = events
    const onError = (error: unknown) => {
      if (error instanceof FrameError) {
        onBroken(error)
        this.close()
      } else throwLater(error)
    }
    let open = 0
    this.#open = (source) => {
      open++
      const inlet = new FrameSocket(source, new FrameReader((frame) => this.#receive(frame)), onError)
      this.#inlets.add(inlet)
      beforeDestroyed(inlet, (error) => {
        this.#isOpen = false
        // ECONNRESET and EPIPE: the child's exit tells more.
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') onBroken(error)
      })
      return inlet.socket.once('close', () => {
        this.#inlets.delete(inlet)
        if (--open > 0) return
        this.#stopSeeing()
        this.#deliver()
        onClose()
      })
    }
    this.#stopSeeing = seeToMeanwhile(() => this.#see())
    this.#socket = this.#open(socket)
    this.#socket.once('close', () => {
      this.#isOpen = false
    })
  }

  #receive(frame: Frame): void {
    if (this.#isWithoutLoop) {
      if (!this.#events.onUrgent(frame)) this.#defer(frame)
    } else if (this.#deferred.length > 0) this.#defer(frame)
    else this.#events.onFrame(frame)
  }

  /** It is for the program, which is in the middle of something else. */
  #defer(frame: Frame): void {
    if (this.#deferred.push(frame) === 1) setImmediate(() => this.#deliver())
  }

  #deliver(): void {
    for (const frame of this.#deferred.splice(0)) {
      try {
        this.#events.onFrame(frame)
      } catch (error) {
        throwLater(error)
      }
    }
  }

  /** This process waits without its event loop, perhaps for the child. @returns was there anything? */
  #see(): boolean {
    if (this.#isScheduled) this.flush()
    this.#events.onSee()
    let isAny = this.#unwritten.length > 0 && this.#writeNow()
    this.#isWithoutLoop = true
    try {
      for (const inlet of this.#inlets) isAny = this.#readNow(inlet) || isAny
    } finally {
      this.#isWithoutLoop = false
    }
    if (this.#isScheduled) this.flush()
    return isAny
  }

  #readNow(inlet: FrameSocket): boolean {
    const length = inlet.readNow()
    if (length === 0) {
      this.#inlets.delete(inlet)
      if (this.#inlets.size === 0) this.#events.onEnd()
    }
    return length !== undefined
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
    if (this.#unwritten.length === 0 && !isWithoutLoop() && lengthOf(pieces) <= roomOfSocket) this.#give(pieces)
    else this.#keep(pieces)
  }

  #give(pieces: readonly Uint8Array[]): void {
    if (pieces.length > 1) this.#socket.cork()
    for (const piece of pieces) this.#socket.write(piece)
    if (pieces.length > 1) this.#socket.uncork()
  }

  /** What the socket is given and has no room for waits for the event loop, and this process may wait for the child by then. */
  #keep(pieces: readonly Uint8Array[]): void {
    const isFirst = this.#unwritten.length === 0
    this.#unwritten.push(...pieces)
    this.#writeNow()
    if (isFirst && this.#unwritten.length > 0) setImmediate(() => this.#giveRest())
  }

  #giveRest(): void {
    const pieces = this.#unwritten.splice(0)
    if (this.#isOpen) this.#give(pieces)
  }

  /** Writes as much as there is room for. @returns was there any? */
  #writeNow(): boolean {
    const descriptor = handleOf(this.#socket)?.fd ?? -1
    // What the socket has goes before. Windows has no descriptor.
    if (descriptor < 0 || this.#socket.writableLength > 0) return false
    let isAny = false
    try {
      for (let next = this.#unwritten[0]; next !== undefined; next = this.#unwritten[0]) {
        const length = writeSync(descriptor, next)
        if (length < next.length) this.#unwritten[0] = next.subarray(length)
        else this.#unwritten.shift()
        isAny = true
      }
    } catch {
      // There is no room now. What else is the matter, the socket tells when it is given the rest.
    }
    return isAny
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
    this.#giveRest()
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
    this.#pipe?.destroy()
  }
}

/** Milliseconds in which a process that was killed is gone. */
const longestEnd = 1000

/**
 * Node gives a socket up that it cannot write to. What the child has answered lies there unread: it would be taken for not answered, and what the child
 * began after that for not begun. So it is read before, until the child is gone.
 */
function beforeDestroyed(inlet: FrameSocket, onError: (error: NodeJS.ErrnoException) => void): void {
  const { socket } = inlet
  socket.on('error', () => {})
  const destroy = socket._destroy.bind(socket)
  socket._destroy = (error, callback) => {
    if (error !== null) {
      onError(error)
      const fd = handleOf(socket)?.fd ?? -1
      if (fd >= 0) readRest(fd, (chunk) => inlet.push(chunk), now() + longestEnd)
    }
    destroy(error, callback)
  }
}

/**
 * So many bytes a socket has room for at once. What it has no room for waits for this process to have a turn, and a program may block it right after a
 * call. libuv gives a child's sockets 64 KiB, of which Linux makes twice as much; with Node 20 they have 208 KiB.
 */
const roomOfSocket = 120 * 1024

/** What the entry of a child reads before any frame: the length of the code, and the code. */
function prefaceOf({ given, isWanted }: CompiledCode, frames: readonly Uint8Array[]): Uint8Array[] {
  const beside = lengthOf(frames)
  const head = Buffer.alloc(4)
  if (given !== undefined && given.length + beside <= roomOfSocket) {
    head.writeUInt32LE(given.length)
    return [head, given]
  }
  head.writeUInt32LE(given === undefined && isWanted ? noCode.butSendYours : noCode.andKeepYours)
  return [head]
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let sum = 0
  for (const { length } of pieces) sum += length
  return sum
}
