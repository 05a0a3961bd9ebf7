import { keyOf } from './channel-name.js'
import { ImpossibleError } from './errors.js'
import type { Frame } from './frame.js'
import { announceEnd, announceLife, fateOf, watchLife } from './lives.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import { type OutputEvent, showOutput } from './output.js'
import { forget, watch } from './reaper.js'
import { Relays } from './relay.js'
import { writeRelayed } from './relay-answer.js'
import type { Resources } from './resources.js'
import { isRoomWanted, onRoomWanted } from './room-wanted.js'
import type { Bequest, Fate, Relayed, RelayRequest } from './state.js'
import { findSubstitute } from './substitute.js'
import { askForRoom } from './tree-ledger.js'
import { Wills } from './will.js'
import { message, type Refusal } from './wire.js'

/** What a child asks for on behalf of its own children. */
export interface RequestsOfChild {
  receive(frame: Frame): void
  /** The same while this process waits without its event loop. @returns `false` where it cannot be seen to without it */
  receiveUrgent(frame: Frame): boolean
  /** It has ended: what it has taken is given back, and what it has left behind is sent. */
  close(fate: Fate): void
  /** The same while this process waits without its event loop, as far as that goes. {@link close} follows. */
  endWithoutLoop(fate: Fate): void
}

/** Passes on what a child asks for, towards the root. */
export function answerRequests(pid: string, send: (frame: Frame) => void): RequestsOfChild {
  /** What it has: gives it back. What it waits for: gives up. */
  const leases = new Map<number, () => void>()
  const lives = new LivesBelow(pid, send)

  let isToldOfWant = false
  /** Who has something is to know that others wait for it. */
  const tellOfWant = () => {
    const isWanted = leases.size > 0 && isRoomWanted()
    if (isWanted === isToldOfWant) return
    isToldOfWant = isWanted
    send({ type: message.wanted, id: 0, about: isWanted ? 1 : 0, value: undefined })
  }
  const stopTelling = onRoomWanted(tellOfWant)

  // Not by promises: it may be that nothing settles any while this process waits.
  const take = ({ id, about, value }: Frame) => {
    let isDecided = false
    const giveUp = askForRoom(decodeMessage(value) as Resources, about === 1, {
      grant(release) {
        isDecided = true
        leases.set(id, release)
        send({ type: message.granted, id, value: undefined })
        tellOfWant()
      },
      refuse(error) {
        isDecided = true
        leases.delete(id)
        const refusal: Refusal = { kind: error instanceof ImpossibleError ? 'impossible' : 'no-capacity', message: error.message }
        send({ type: message.refused, id, value: encodeMessage(refusal, () => 'A refusal') })
      },
    })
    if (!isDecided) leases.set(id, giveUp)
  }

  const release = (id: number) => {
    const giveBack = leases.get(id)
    leases.delete(id)
    giveBack?.()
    tellOfWant()
  }

  const receive = (frame: Frame) => {
    if (frame.type === message.take) take(frame)
    else if (frame.type === message.release) release(frame.id)
    else if (frame.type === message.born) watch(frame.id)
    else if (frame.type === message.buried) forget(frame.id)
    else if (frame.type === message.show) showOutput(decodeMessage(frame.value) as OutputEvent)
    else lives.receive(frame)
  }
  const giveAllBack = () => {
    stopTelling()
    for (const giveBack of leases.values()) giveBack()
    leases.clear()
  }
  return {
    receive,
    receiveUrgent(frame) {
      if (frame.type === message.bequest || frame.type === message.relay) return lives.passUp(frame)
      receive(frame)
      return true
    },
    close(fate) {
      giveAllBack()
      void lives.close(fate)
    },
    endWithoutLoop(fate) {
      giveAllBack()
      lives.endWithoutLoop(fate)
    },
  }
}

/** What is known of a child and those below it, and what they leave behind. */
class LivesBelow {
  readonly #pid: string
  readonly #send: (frame: Frame) => void
  readonly #living = new Set<string>()
  readonly #watches = new Map<number, () => void>()
  /** What each has left, itself or by way of others below that had no event loop. */
  readonly #wills = new Map<string, Wills>()
  readonly #relays = new Relays()
  /** What somebody else relays, since we had no event loop when it was asked for. */
  readonly #passedUp = new Map<string, RelayRequest>()
  /** Whose wills somebody else executes. */
  readonly #leftUp = new Set<string>()
  #isOver = false

  constructor(pid: string, send: (frame: Frame) => void) {
    this.#pid = pid
    this.#send = send
    announceLife(pid)
  }

  receive({ type, id, about, value }: Frame): void {
    if (type === message.lives) {
      const other = decodeMessage(value) as string
      this.#living.add(other)
      announceLife(other)
    } else if (type === message.ended) {
      const other = decodeMessage(value) as string
      this.#living.delete(other)
      this.#announceEnd(other, about === 1 ? 'died' : 'exited')
    } else if (type === message.watch) this.#watch(id, decodeMessage(value) as string)
    else if (type === message.unwatch) {
      this.#watches.get(id)?.()
      this.#watches.delete(id)
    } else if (type === message.bequest) {
      const bequest = decodeMessage(value) as Bequest
      const of = bequest.of ?? this.#pid
      // It goes behind what was passed on before.
      if (this.#leftUp.has(of)) findSubstitute().bequeath({ ...bequest, of })
      else this.#willsOf(of).execute(bequest)
    } else if (type === message.relay) this.#relay(id, decodeMessage(value) as RelayRequest, false)
  }

  #relay(id: number, request: RelayRequest, isUrgent: boolean): boolean {
    const key = keyOf(request.name, request.role)
    const isUp = this.#passedUp.has(key) || (isUrgent && !this.#relays.has(key) && canPassUp())
    // It leads through our own connection, which waits for our event loop.
    if (!isUp && isUrgent) return false
    const answer = (relayed: Relayed) => this.#send({ type: message.relayed, id, ...writeRelayed(relayed) })
    if (!isUp) {
      this.#relays.ask(request, answer)
      return true
    }
    if (request.kind === 'end') this.#passedUp.delete(key)
    else this.#passedUp.set(key, request)
    findSubstitute().relay(request, answer)
    return true
  }

  /** This process has no event loop now, and another thread has. @returns `false` where it is for this one all the same */
  passUp({ type, id, value }: Frame): boolean {
    if (type === message.relay) return this.#relay(id, decodeMessage(value) as RelayRequest, true)
    const bequest = decodeMessage(value) as Bequest
    const of = bequest.of ?? this.#pid
    // What goes behind what is on its way already goes the same way.
    if (this.#wills.has(of) || !canPassUp()) return false
    findSubstitute().bequeath({ ...bequest, of })
    this.#leftUp.add(of)
    return true
  }

  #willsOf(pid: string): Wills {
    const wills = this.#wills.get(pid) ?? new Wills()
    this.#wills.set(pid, wills)
    return wills
  }

  /** One below it has ended, and may have left something by way of it. */
  #announceEnd(pid: string, fate: Fate): void {
    const announce = (isAllSent: boolean) => announceEnd(pid, isAllSent ? fate : 'died')
    const wills = this.#wills.get(pid)
    if (this.#leftUp.delete(pid)) findSubstitute().settle(pid, announce)
    else if (wills === undefined) announce(true)
    else void wills.settle().then(announce)
  }

  endWithoutLoop(fate: Fate): void {
    // What it has left must be on its way before, and that takes the event loop.
    if (this.#isOver || this.#wills.has(this.#pid)) return
    this.#end((isAllSent) => this.#bury(isAllSent ? fate : 'died'))
  }

  /** @param then is called when what others relay and send for it is on its way */
  #end(then: (isAllSent: boolean) => void): void {
    this.#isOver = true
    for (const stop of this.#watches.values()) stop()
    const hasLeft = this.#leftUp.delete(this.#pid)
    let open = this.#passedUp.size + (hasLeft ? 1 : 0)
    let isAllSent = true
    if (open === 0) then(true)
    const tell = () => {
      if (--open === 0) then(isAllSent)
    }
    for (const { name, role } of this.#passedUp.values()) findSubstitute().relay({ kind: 'end', name, role }, tell)
    this.#passedUp.clear()
    if (!hasLeft) return
    findSubstitute().settle(this.#pid, (isSent) => {
      isAllSent = isSent
      tell()
    })
  }

  #bury(fate: Fate): void {
    announceEnd(this.#pid, fate)
    // Of those that it had started, nobody hears any more.
    for (const other of this.#living) announceEnd(other, 'died')
    this.#living.clear()
  }

  #watch(id: number, pid: string): void {
    const tell = (fate: Fate) => {
      this.#watches.delete(id)
      this.#send({ type: message.fate, id, about: fate === 'died' ? 1 : 0, value: undefined })
    }
    const known = fateOf(pid)
    // At once: we may be waiting for who asks.
    if (known === undefined) this.#watches.set(id, watchLife(pid, tell))
    else tell(known)
  }

  async close(fate: Fate): Promise<void> {
    const relays = this.#relays.close()
    if (this.#isOver) return
    const passedUp = new Promise<boolean>((resolve) => this.#end(resolve))
    // Who asks how it ended would else stop to wait for what is on its way.
    const [isSent = true, isSentUp] = await Promise.all([this.#wills.get(this.#pid)?.settle(), passedUp, relays])
    this.#bury(isSent && isSentUp ? fate : 'died')
  }
}

/** Where no thread can be started, it waits for this one. */
function canPassUp(): boolean {
  try {
    findSubstitute()
    return true
  } catch {
    return false
  }
}
