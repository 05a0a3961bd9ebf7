import { writeSync, writevSync } from 'node:fs'
import type { Socket } from 'node:net'
import { handleOf } from '../frame-socket.js'
import { seeToAll } from '../meanwhile.js'
import { isFull, writeBlocking } from '../write-blocking.js'

interface OutletEvents {
  /** All that was left has been written. */
  readonly onWritten: () => void
  /** Something was not written, and all that follows it is lost with it. */
  readonly onBroken: (error: NodeJS.ErrnoException) => void
}

/**
 * The writing end of a descriptor. What is given to it is written at once, as long as the other side keeps up; the rest goes out by the event loop as
 * the other side reads, and what is left of that when the process ends is written then.
 */
export class Outlet {
  readonly #descriptor: number
  readonly #findSocket: () => Socket | undefined
  readonly #events: OutletEvents
  /** What the socket has been given and has not written, oldest first. */
  readonly #unwritten: Uint8Array[] = []
  /** How many bytes the socket has been given. */
  #given = 0
  #isBroken = false
  /** Somebody waits for the other side, and sees to this process's own children meanwhile: what they have to tell comes here then. */
  #isWaiting = false
  /** What goes behind that. */
  readonly #behind: Uint8Array[] = []
  /** Since {@link flush}: there is no event loop any more, and what is given is written by then. */
  #deadline: number | undefined

  /** @param findSocket Node's socket of the descriptor; `undefined` where there is none yet: then it blocks */
  constructor(descriptor: number, findSocket: () => Socket | undefined, events: OutletEvents) {
    this.#descriptor = descriptor
    this.#findSocket = findSocket
    this.#events = events
  }

  /** Is there something that the other side has not taken yet? */
  get hasUnwritten(): boolean {
    return this.#unwritten.length > 0
  }

  write(pieces: readonly Uint8Array[]): void {
    if (this.#isBroken) return
    if (this.#deadline !== undefined || this.#isWaiting) {
      this.writeBlocking(pieces)
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

  /** Waits until it is written, without the event loop. */
  writeBlocking(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#writeAll(piece, this.#deadline ?? Number.POSITIVE_INFINITY)
  }

  /**
   * Writes what the socket has not written, without the event loop: the process is about to end.
   *
   * @param deadline in milliseconds by clock.ts: what the other side has not taken by then is lost
   */
  flush(deadline: number): void {
    // It is called more than once, and what the socket was given is still in its hands.
    if (this.#deadline !== undefined) return
    this.#deadline = deadline
    if (this.#unwritten.length === 0 || this.#isBroken) return
    const socket = this.#findSocket()
    const handle = socket && handleOf(socket)
    if (handle === undefined) return
    const waiting = Buffer.concat(this.#unwritten)
    // Libuv may have written a part of a piece: the last bytes are the ones that are left.
    const left = this.#given - handle.bytesWritten + handle.writeQueueSize
    this.#writeAll(waiting.subarray(waiting.length - left), deadline)
  }

  /** @returns how many bytes could be written without waiting */
  #writeNow(pieces: readonly Uint8Array[]): number {
    const [only] = pieces
    try {
      return pieces.length === 1 ? writeSync(this.#descriptor, only as Uint8Array) : writevSync(this.#descriptor, pieces)
    } catch (error) {
      if (!isFull(error)) this.#break(error as Error)
      return 0
    }
  }

  #writeLater(rest: Uint8Array): void {
    if (this.#isBroken) return
    const socket = this.#findSocket()
    if (socket === undefined) {
      this.#writeAll(rest, Number.POSITIVE_INFINITY)
      return
    }
    this.#given += rest.length
    this.#unwritten.push(rest)
    socket.write(rest, (error) => {
      if (error) {
        this.#break(error)
        return
      }
      this.#unwritten.shift()
      if (this.#unwritten.length === 0) this.#events.onWritten()
    })
  }

  #writeAll(bytes: Uint8Array, deadline: number): void {
    this.#behind.push(bytes)
    if (this.#isWaiting) return
    this.#isWaiting = true
    for (let next = this.#behind.shift(); next !== undefined; next = this.#behind.shift()) {
      if (this.#isBroken) continue
      const error = writeBlocking(this.#descriptor, next, deadline, () => this.#see())
      if (error !== undefined) this.#break(error)
    }
    this.#isWaiting = false
  }

  /** Not for as long as what has come by that waits itself, and not at the end: who writes on and on would keep this process from it. */
  #see(): boolean {
    return this.#behind.length === 0 && this.#deadline === undefined && seeToAll()
  }

  #break(error: Error): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#events.onBroken(error)
  }
}
