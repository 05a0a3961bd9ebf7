// How the two ends of a channel find each other, whichever of them looks for the other one first.
//
// Each opens the door of its own process, and then goes to the other one's. So at least one of them finds an open door, and perhaps both do. The
// receiver says `go` to whoever comes and wherever it is let in; the sender chooses the first connection on which that is said. The receiver must have
// accepted that before anything is sent, since it may have given the connection up in the meantime; and the sender may have ended before it knows of
// that, so that the receiver looks on until the sender says `begin`.
//
// The receiver accepts one connection at a time. A channel may be closed and opened again under the same name at once, so that the next sender finds a
// receiver whose own sender has said `begin`, which lies there unread. Had that receiver accepted both, it would then give up the one on which the next
// sender sends already.
import { channelMessage } from './channel-message.js'
import { type ChannelName, otherRole, ownerOf, type Role } from './channel-name.js'
import { type Door, openDoor, visit } from './door.js'
import { ChannelRefusedError } from './errors.js'
import type { Frame } from './frame.js'
import { identity } from './identity.js'
import type { Line } from './line.js'
import { watchLife } from './lives.js'
import type { Seeker } from './lobby.js'
import { Pid } from './pid.js'
import { type Fate, getState } from './state.js'
import { findHolder, removeNote, writeNote } from './tree-directory.js'

/** Milliseconds until who was not let in comes again, the first and the last time. */
const firstPause = 20
const longestPause = 2000

interface RendezvousEvents {
  readonly onMeet: (connection: Line) => void
  /** The other process has ended, and there is nothing left of it. */
  readonly onGone: (fate: Fate) => void
}

export class Rendezvous implements Seeker {
  readonly #name: ChannelName
  readonly #role: Role
  readonly #events: RendezvousEvents
  readonly #candidates = new Set<Line>()
  /** Of a sender: those on which the receiver is ready, and the one that it is to accept. */
  readonly #ready = new Set<Line>()
  #chosen: Line | undefined
  /** Of a receiver: the one that it has accepted, on which everything may have been sent already, and those that are to be accepted if it is given up. */
  #accepted: Line | undefined
  readonly #asking = new Set<Line>()
  /** How the other process has ended. */
  #fate: Fate | undefined
  #isOver = false
  #isStarted = false
  #pause = firstPause
  #timer: NodeJS.Timeout | undefined
  #stopVisit: () => void = () => {}
  #stopWatch: () => void = () => {}
  #watched: string | undefined
  /** Have we said where our end is? */
  #hasNote = false

  constructor(name: ChannelName, role: Role, events: RendezvousEvents) {
    this.#name = name
    this.#role = role
    this.#events = events
  }

  /** @throws BroodError `ERR_BROOD_CHANNEL_REFUSED`: it can be started again then */
  start(): void {
    if (this.#isStarted || this.#isOver) return
    const door = this.#comeForward()
    this.#isStarted = true
    door.lobby.expect(this.#name, this.#role, this)
    this.#seek()
  }

  /** Lets this end be found. */
  #comeForward(): Door {
    const { pid, directory } = identity()
    try {
      const door = openDoor()
      this.#hasNote = ownerOf(this.#name, this.#role) !== pid.id
      if (this.#hasNote) writeNote(directory, this.#name, this.#role, pid.id)
      // It was handed on, and who had it is done with it, or has died.
      else removeNote(directory, this.#name, this.#role)
      return door
    } catch (cause) {
      const text =
        `No channel can be opened in ${directory}: ${(cause as Error).message}. The directory for temporary files must exist, be this user's to write in, ` +
        'and have room; else set TMPDIR to another one. It can be tried again.'
      throw new ChannelRefusedError(text, { cause, pid: new Pid(ownerOf(this.#name, otherRole(this.#role))) })
    }
  }

  /** Who looks for nothing any more. */
  stop(): void {
    this.#settle()
    for (const candidate of this.#candidates) candidate.destroy()
    this.#candidates.clear()
  }

  /** Of a receiver that is given up: where it was accepted it is to say so. */
  takeAccepted(): Line | undefined {
    const accepted = this.#accepted
    if (accepted !== undefined) this.#candidates.delete(accepted)
    return accepted
  }

  offer(connection: Line, first?: Frame): void {
    this.#candidates.add(connection)
    connection.listen({
      onFrame: (frame) => this.#receive(connection, frame),
      onClose: () => {
        this.#ready.delete(connection)
        if (this.#chosen === connection) this.#chosen = undefined
        this.#choose()
        this.#asking.delete(connection)
        if (this.#accepted === connection) this.#accepted = undefined
        this.#accept()
        this.#tellGone()
        if (this.#candidates.delete(connection)) this.#seekLater()
      },
    })
    if (this.#role === 'receiver') say(connection, channelMessage.go)
    if (first !== undefined) this.#receive(connection, first)
  }

  #receive(connection: Line, { type }: Frame): void {
    if (this.#isOver) return
    if (this.#role === 'receiver') {
      if (type === channelMessage.choose) {
        this.#asking.add(connection)
        this.#accept()
      } else if (type === channelMessage.begin && connection === this.#accepted) this.#meet(connection)
    } else if (type === channelMessage.go) {
      this.#ready.add(connection)
      this.#choose()
    } else if (type === channelMessage.accept && connection === this.#chosen) {
      say(connection, channelMessage.begin)
      this.#meet(connection)
    }
  }

  #choose(): void {
    if (this.#chosen !== undefined || this.#isOver) return
    const [first] = this.#ready
    if (first === undefined) return
    this.#chosen = first
    say(first, channelMessage.choose)
  }

  #accept(): void {
    if (this.#accepted !== undefined || this.#isOver) return
    const [first] = this.#asking
    if (first === undefined) return
    this.#asking.delete(first)
    this.#accepted = first
    say(first, channelMessage.accept)
  }

  #meet(connection: Line): void {
    this.#candidates.delete(connection)
    this.stop()
    this.#events.onMeet(connection)
  }

  #settle(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#stopVisit()
    this.#stopWatch()
    if (!this.#isStarted) return
    getState().door?.lobby.forget(this.#name, this.#role)
    if (this.#hasNote) removeNote(identity().directory, this.#name, this.#role)
  }

  /** Who has the other end; `undefined` while it is on its way to somebody. */
  #findHolder(): string | undefined {
    return findHolder(identity().directory, this.#name, otherRole(this.#role))
  }

  #seek(): void {
    if (this.#isOver) return
    this.#stayOpen()
    const holder = this.#findHolder()
    this.#watch(holder)
    if (holder === undefined) {
      this.#seekLater()
      return
    }
    const hello = { name: this.#name, role: this.#role }
    this.#stopVisit = visit(
      holder,
      hello,
      (connection) => this.offer(connection),
      (isThere) => {
        if (isThere) this.#seekLater()
        // Who has no door comes to ours when it has one, unless somebody removes our socket before.
        else this.#seekIn(longestPause)
      },
    )
  }

  #stayOpen(): void {
    try {
      openDoor()
    } catch {
      // Perhaps the other one can be found, or the next time.
    }
  }

  #seekLater(): void {
    this.#seekIn(this.#pause)
    this.#pause = Math.min(2 * this.#pause, longestPause)
  }

  #seekIn(milliseconds: number): void {
    if (this.#isOver || this.#candidates.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#candidates.size === 0) this.#seek()
    }, milliseconds).unref()
  }

  #watch(holder: string | undefined): void {
    if (holder === this.#watched) return
    this.#stopWatch()
    this.#watched = holder
    if (holder === undefined) return
    this.#stopWatch = watchLife(holder, (fate) => {
      if (this.#isOver) return
      if (this.#findHolder() === holder) {
        this.#fate = fate
        this.#tellGone()
      } else if (this.#candidates.size === 0) this.#seek()
    })
  }

  /** The news of its end may be faster than what it has said last. */
  #tellGone(): void {
    if (this.#fate === undefined || this.#isOver || this.#accepted !== undefined) return
    this.stop()
    this.#events.onGone(this.#fate)
  }
}

function say(connection: Line, type: number): void {
  connection.send({ type, id: 0, value: undefined })
}
