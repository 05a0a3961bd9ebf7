import { ImpossibleError } from './errors.js'
import type { Frame } from './frame.js'
import { announceEnd, announceLife, watchLife } from './lives.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import { type OutputEvent, showOutput } from './output.js'
import { forget, watch } from './reaper.js'
import { Relays } from './relay.js'
import { writeRelayed } from './relay-answer.js'
import type { Resources } from './resources.js'
import { isRoomWanted, onRoomWanted } from './room-wanted.js'
import type { Bequest, Fate, RelayRequest } from './state.js'
import { takeResources } from './tree-ledger.js'
import { Wills } from './will.js'
import { message, type Refusal } from './wire.js'

/** What a child asks for on behalf of its own children. */
export interface RequestsOfChild {
  receive(frame: Frame): void
  /** It has ended: what it has taken is given back, and what it has left behind is sent. */
  close(fate: Fate): void
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

  const take = async ({ id, about, value }: Frame) => {
    const waiting = new AbortController()
    leases.set(id, () => waiting.abort())
    try {
      const release = await takeResources(decodeMessage(value) as Resources, about === 1, waiting.signal)
      if (waiting.signal.aborted) release()
      else {
        leases.set(id, release)
        send({ type: message.granted, id, value: undefined })
        tellOfWant()
      }
    } catch (error) {
      leases.delete(id)
      // It asks no more.
      if (waiting.signal.aborted) return
      const refusal: Refusal = {
        kind: error instanceof ImpossibleError ? 'impossible' : 'no-capacity',
        message: (error as Error).message,
      }
      send({ type: message.refused, id, value: encodeMessage(refusal, () => 'A refusal') })
    }
  }

  const release = (id: number) => {
    const giveBack = leases.get(id)
    leases.delete(id)
    giveBack?.()
    tellOfWant()
  }

  return {
    receive(frame) {
      if (frame.type === message.take) void take(frame)
      else if (frame.type === message.release) release(frame.id)
      else if (frame.type === message.born) watch(frame.id)
      else if (frame.type === message.buried) forget(frame.id)
      else if (frame.type === message.show) showOutput(decodeMessage(frame.value) as OutputEvent)
      else lives.receive(frame)
    },
    close(fate) {
      stopTelling()
      for (const giveBack of leases.values()) giveBack()
      leases.clear()
      void lives.close(fate)
    },
  }
}

/** What is known of a child and those below it, and what they leave behind. */
class LivesBelow {
  readonly #pid: string
  readonly #send: (frame: Frame) => void
  readonly #living = new Set<string>()
  readonly #watches = new Map<number, () => void>()
  readonly #wills = new Wills()
  readonly #relays = new Relays()

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
      announceEnd(other, about === 1 ? 'died' : 'exited')
    } else if (type === message.watch) this.#watch(id, decodeMessage(value) as string)
    else if (type === message.unwatch) {
      this.#watches.get(id)?.()
      this.#watches.delete(id)
    } else if (type === message.bequest) {
      this.#wills.execute(decodeMessage(value) as Bequest)
    } else if (type === message.relay) {
      this.#relays.ask(decodeMessage(value) as RelayRequest, (answer) => this.#send({ type: message.relayed, id, ...writeRelayed(answer) }))
    }
  }

  #watch(id: number, pid: string): void {
    const stop = watchLife(pid, (fate) => {
      this.#watches.delete(id)
      this.#send({ type: message.fate, id, about: fate === 'died' ? 1 : 0, value: undefined })
    })
    this.#watches.set(id, stop)
  }

  async close(fate: Fate): Promise<void> {
    for (const stop of this.#watches.values()) stop()
    // Who asks how it ended would else stop to wait for what is on its way.
    const [isAllSent] = await Promise.all([this.#wills.settle(), this.#relays.close()])
    announceEnd(this.#pid, isAllSent ? fate : 'died')
    // Of those that it had started, nobody hears any more.
    for (const other of this.#living) announceEnd(other, 'died')
  }
}
