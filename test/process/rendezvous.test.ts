// A channel is closed and opened again at once, under the same name: whatever comes first, each value is had, once, by the receiver it was sent to.
import * as fc from 'fast-check'
import { channelMessage } from '../../lib/process/channel-message.js'
import type { Role } from '../../lib/process/channel-name.js'
import type { Frame } from '../../lib/process/frame.js'
import type { Line, LineEvents } from '../../lib/process/line.js'
import { Lobby } from '../../lib/process/lobby.js'
import { Rendezvous } from '../../lib/process/rendezvous.js'
import { isNight } from '../support.js'
import t from '../tap.js'

const name = { from: '11111111111111111111111111111111', to: '22222222222222222222222222222222' }

/** One end of a socket, as a process sees it: what was said on the other end is told when somebody says so. */
class FakeLine implements Line {
  readonly waiting = 0
  isClosed = false
  peer: FakeLine | undefined
  readonly #said: Frame[] = []
  /** The other side says nothing more. */
  #isEnded = false
  #events: LineEvents | undefined

  static pair(): [FakeLine, FakeLine] {
    const [line, other] = [new FakeLine(), new FakeLine()]
    line.peer = other
    other.peer = line
    return [line, other]
  }

  listen(events: LineEvents): void {
    this.#events = events
  }

  send(frame: Frame): void {
    const { peer } = this
    if (!this.isClosed && peer !== undefined) peer.#said.push(frame)
  }

  /** Is there anything to be told? */
  get hasNews(): boolean {
    return this.#events !== undefined && !this.isClosed && (this.#said.length > 0 || this.#isEnded)
  }

  tell(): void {
    const frame = this.#said.shift()
    if (frame !== undefined) this.#events?.onFrame(frame)
    else this.destroy()
  }

  destroy(): void {
    if (this.isClosed) return
    this.isClosed = true
    const { peer } = this
    if (peer !== undefined) peer.#isEnded = true
    this.#events?.onClose()
  }

  // What a rendezvous makes no use of.
  write(): void {}
  pause(): void {}
  resume(): void {}
  end = () => Promise.resolve()
  flush(): void {}
  readBlocking(): void {}
  writeBlocking = () => true
}

/** Somebody on the way to the other process's door. */
interface Visit {
  /** Where it has come from. */
  readonly line: FakeLine
  /** What it is for the process that it comes to. */
  readonly there: FakeLine
  isKnownHere: boolean
  isKnownThere: boolean
}

/** A process that has one end after another. */
class Side {
  readonly role: Role
  readonly lobby = new Lobby()
  /** Visits of this process to the other one. */
  readonly visits: Visit[] = []
  readonly #onMeet: (line: Line) => void
  isLooking = false
  rendezvous!: Rendezvous

  constructor(role: Role, onMeet: (line: Line) => void) {
    this.role = role
    this.#onMeet = onMeet
    this.open()
  }

  open(): void {
    this.rendezvous = new Rendezvous(name, this.role, {
      onMeet: (line) => {
        this.isLooking = false
        this.lobby.forget(name, this.role)
        // Who has met goes nowhere any more.
        for (const visit of this.visits.splice(0)) if (!visit.isKnownHere) visit.line.destroy()
        this.#onMeet(line)
      },
      onGone: () => {},
    })
    this.isLooking = true
    this.lobby.expect(name, this.role, this.rendezvous)
  }

  visit(): void {
    const [line, there] = FakeLine.pair()
    this.visits.push({ line, there, isKnownHere: false, isKnownThere: false })
  }
}

/** Two processes, and all that may happen next. */
class World {
  readonly received: number[] = []
  readonly #rounds: number
  readonly #lines: FakeLine[] = []
  #sent = 0
  readonly #sender: Side
  readonly #receiver: Side

  constructor(rounds: number) {
    this.#rounds = rounds
    this.#sender = new Side('sender', (line) => this.#send(line))
    this.#receiver = new Side('receiver', (line) => this.#take(line))
  }

  get isDone(): boolean {
    return this.received.length >= this.#rounds
  }

  #send(line: Line): void {
    line.listen({ onFrame: () => {}, onClose: () => {} })
    line.send({ type: channelMessage.value, id: this.#sent++, value: undefined })
    line.destroy()
    this.#sender.open()
  }

  #take(line: Line): void {
    line.listen({
      onFrame: ({ id }) => this.received.push(id),
      onClose: () => this.#receiver.open(),
    })
  }

  /** What may happen next, whichever of it does. */
  events(): (() => void)[] {
    const lines = this.#lines.filter((line) => line.hasNews).map((line) => () => line.tell())
    const visits = [this.#sender, this.#receiver].flatMap((side) => this.#eventsOf(side))
    return [...lines, ...visits]
  }

  #eventsOf(side: Side): (() => void)[] {
    const host = side === this.#sender ? this.#receiver : this.#sender
    const steps = side.visits.flatMap((visit) => {
      const arrive = () => {
        visit.isKnownThere = true
        this.#lines.push(visit.there)
        host.lobby.receive(name, host.role, visit.there)
      }
      const go = () => {
        visit.isKnownHere = true
        this.#lines.push(visit.line)
        side.rendezvous.offer(visit.line)
      }
      if (visit.isKnownHere) return visit.isKnownThere ? [] : [arrive]
      return visit.isKnownThere ? [go] : [arrive, go]
    })
    // One at a time, as a rendezvous goes about it.
    return side.isLooking && side.visits.every(({ line }) => line.isClosed) ? [...steps, () => side.visit()] : steps
  }

  stop(): void {
    for (const { rendezvous } of [this.#sender, this.#receiver]) rendezvous.stop()
  }
}

t.test('whatever happens first', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(99), { minLength: 200, maxLength: 200 }), (choices) => {
      const rounds = 4
      const world = new World(rounds)
      for (let step = 0; !world.isDone && step < 2000; step++) {
        const events = world.events()
        events[(choices[step] ?? 0) % events.length]?.()
      }
      world.stop()
      return JSON.stringify(world.received.slice(0, rounds)) === JSON.stringify([0, 1, 2, 3])
    }),
    { numRuns: isNight ? 20_000 : 1000 },
  )
  t.end()
})

t.test('a receiver accepts one connection at a time', (t) => {
  const rows = [
    { what: 'the first is it', next: 'begin', of: 0, met: [0], accepted: [true, false] },
    { what: 'the first is given up', next: 'close', of: 0, met: [], accepted: [true, true] },
    { what: 'the second is given up', next: 'close', of: 1, met: [], accepted: [true, false] },
    { what: 'the second was not accepted', next: 'begin', of: 1, met: [], accepted: [true, false] },
  ]
  for (const { what, next, of, met, accepted } of rows) {
    const lines: Line[] = []
    const heard: number[][] = []
    const told: Line[] = []
    const rendezvous = new Rendezvous(name, 'receiver', { onMeet: (line) => told.push(line), onGone: () => {} })
    const others = [0, 1].map((index) => {
      const [line, other] = FakeLine.pair()
      lines[index] = line
      heard[index] = []
      other.listen({ onFrame: ({ type }) => heard[index]?.push(type), onClose: () => {} })
      rendezvous.offer(line)
      other.send({ type: channelMessage.choose, id: 0, value: undefined })
      return { line, other }
    })
    const tellAll = () => {
      for (const { line, other } of others) for (const end of [line, other]) while (end.hasNews) end.tell()
    }
    tellAll()
    const { other } = others[of] as (typeof others)[number]
    if (next === 'close') other.destroy()
    else other.send({ type: channelMessage.begin, id: 0, value: undefined })
    tellAll()
    t.same(
      told.map((line) => lines.indexOf(line)),
      met,
      what,
    )
    t.same(
      heard.map((types) => types.includes(channelMessage.accept)),
      accepted,
      what,
    )
    rendezvous.stop()
  }
  t.end()
})

t.test('a receiver that is given up can say so where it was accepted', (t) => {
  const rendezvous = new Rendezvous(name, 'receiver', { onMeet: () => t.fail('nobody has begun'), onGone: () => {} })
  const [line, other] = FakeLine.pair()
  rendezvous.offer(line)
  t.equal(rendezvous.takeAccepted(), undefined)
  other.send({ type: channelMessage.choose, id: 0, value: undefined })
  line.tell()
  t.equal(rendezvous.takeAccepted(), line)
  rendezvous.stop()
  t.notOk(line.isClosed)
  t.end()
})
