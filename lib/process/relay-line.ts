import { channelMessage, farewells } from './channel-message.js'
import { type ChannelName, otherRole, ownerOf, type Role } from './channel-name.js'
import { ChannelRefusedError } from './errors.js'
import { encodeFrame, type Frame } from './frame.js'
import type { Line, LineEvents } from './line.js'
import { Pid } from './pid.js'
import type { Relayed, RelayRequests } from './state.js'

/**
 * A line through the parent, for who cannot wait for the other end by an event loop: the parent looks for the other end, and passes on what comes and
 * goes. One request at a time keeps the parent from having to keep more than one frame.
 */
export class RelayLine implements Line {
  readonly #parent: RelayRequests
  readonly #name: ChannelName
  readonly #role: Role
  readonly #other: Pid
  #events: LineEvents | undefined
  #isPaused = true
  #isPulling = false
  /** How many pulls were answered. */
  #pulled = 0
  #isPushing = false
  #isClosed = false
  /** Why the parent could not open the channel. */
  #refused: string | undefined
  #waiting = 0
  #unsent: Uint8Array[] = []

  constructor(parent: RelayRequests, name: ChannelName, role: Role) {
    this.#parent = parent
    this.#name = name
    this.#role = role
    this.#other = new Pid(ownerOf(name, otherRole(role)))
  }

  listen(events: LineEvents): void {
    this.#events = events
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

  write(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#unsent.push(piece)
      this.#waiting += piece.length
    }
    this.#push()
  }

  #push(): void {
    if (this.#isPushing || this.#isClosed || this.#unsent.length === 0) return
    const bytes = Buffer.concat(this.#unsent)
    this.#unsent = []
    this.#isPushing = true
    this.#parent.relay({ kind: 'push', name: this.#name, role: this.#role, bytes }, (answer) => {
      this.#isPushing = false
      this.#waiting -= bytes.length
      this.#take(answer)
      if (this.#unsent.length > 0) this.#push()
      else if (!this.#isClosed) this.#events?.onDrain?.()
    })
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#pull()
  }

  #pull(): void {
    if (this.#isPulling || this.#isClosed || this.#role === 'sender') return
    this.#isPulling = true
    this.#parent.relay({ kind: 'pull', name: this.#name, role: this.#role }, (answer) => {
      this.#isPulling = false
      this.#pulled++
      this.#take(answer)
      if (!this.#isPaused) this.#pull()
    })
  }

  #take({ frame, refused, closed = refused === undefined ? undefined : 'died' }: Relayed): void {
    if (frame !== undefined) this.#events?.onFrame(frame)
    if (closed === undefined || this.#isClosed) return
    this.#refused = refused
    this.#isClosed = true
    this.#events?.onFrame({ type: channelMessage.farewell, id: farewells.indexOf(closed), value: undefined })
    this.#events?.onClose()
  }

  /** The parent ends it when everything is sent. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#parent.relay({ kind: 'end', name: this.#name, role: this.#role }, () => resolve())
    })
    this.destroy()
  }

  destroy(): void {
    this.#isClosed = true
  }

  /** What is left is in the parent's link: that is flushed then. */
  flush(): void {
    if (this.#unsent.length === 0 || this.#isClosed) return
    const bytes = Buffer.concat(this.#unsent)
    this.#unsent = []
    this.#parent.relay({ kind: 'push', name: this.#name, role: this.#role, bytes }, () => {})
  }

  readBlocking(): void {
    this.#pull()
    // Another one may be on its way by then.
    const before = this.#pulled
    while (this.#pulled === before && !this.#isClosed) this.#parent.waitForAny(this.#other)
    this.#throwRefusal()
  }

  writeBlocking(pieces: readonly Uint8Array[]): boolean {
    this.write(pieces)
    while (this.#waiting > 0 && !this.#isClosed) this.#parent.waitForAny(this.#other)
    this.#throwRefusal()
    return true
  }

  #throwRefusal(): void {
    if (this.#refused === undefined) return
    throw new ChannelRefusedError(this.#refused, { pid: this.#other })
  }
}
