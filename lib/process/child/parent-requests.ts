import { CancelledError, ChannelBusyError, ImpossibleError, NoCapacityError } from '../errors.js'
import type { Frame } from '../frame.js'
import { decodeMessage, encodeMessage } from '../message-value.js'
import type { OutputEvent } from '../output.js'
import type { Pid } from '../pid.js'
import { readRelayed } from '../relay-answer.js'
import type { Resources } from '../resources.js'
import { setRoomWanted } from '../room-wanted.js'
import type { Bequest, Fate, ParentRequests, Relayed, RelayRequest, RoomEvents } from '../state.js'
import { message, type Refusal } from '../wire.js'
import type { ParentLink } from './parent-link.js'

/** What this child asks its parent for, which asks its own, up to the root. */
export class RequestsToParent implements ParentRequests {
  readonly #link: ParentLink
  readonly #listen: () => void
  readonly #waiting = new Map<number, RoomEvents & { readonly resources: Resources }>()
  readonly #relays = new Map<number, (answer: Relayed) => void>()
  readonly #watches = new Map<number, (fate: Fate) => void>()
  #isOrphan = false
  #count = 0

  /** @param listen lets the answers come */
  constructor(link: ParentLink, listen: () => void) {
    this.#link = link
    this.#listen = listen
  }

  take(resources: Resources, isWaiting: boolean, events: RoomEvents): () => boolean {
    this.#listen()
    const id = ++this.#count
    this.#waiting.set(id, { ...events, resources })
    this.#holdWhileWaiting()
    this.#link.send({ type: message.take, id, about: isWaiting ? 1 : 0, value: encodeMessage(resources, () => 'Resources') })
    return () => {
      if (!this.#waiting.has(id)) return false
      this.#forget(id)
      this.#link.send({ type: message.release, id, value: undefined })
      return true
    }
  }

  born(osPid: number): void {
    this.#link.send({ type: message.born, id: osPid, value: undefined })
  }

  buried(osPid: number): void {
    this.#link.send({ type: message.buried, id: osPid, value: undefined })
  }

  show(event: OutputEvent): void {
    this.#link.send({ type: message.show, id: 0, value: encodeMessage(event, () => 'Output') })
  }

  lives(id: string): void {
    this.#link.send({ type: message.lives, id: 0, value: encodePid(id) })
  }

  ended(id: string, fate: Fate): void {
    this.#link.send({ type: message.ended, id: 0, about: fate === 'died' ? 1 : 0, value: encodePid(id) })
  }

  watch(id: string, onFate: (fate: Fate) => void): () => void {
    // Nobody can tell any more.
    if (this.#isOrphan) {
      const immediate = setImmediate(onFate, 'died')
      return () => clearImmediate(immediate)
    }
    this.#listen()
    const number = ++this.#count
    this.#watches.set(number, onFate)
    this.#link.send({ type: message.watch, id: number, value: encodePid(id) })
    return () => {
      if (this.#watches.delete(number)) this.#link.send({ type: message.unwatch, id: number, value: undefined })
    }
  }

  bequeath(bequest: Bequest): void {
    this.#link.send({ type: message.bequest, id: 0, value: encodeMessage(bequest, () => 'A bequest') })
  }

  /** The parent itself sees to it. */
  settle(_of: string, then: (isAllSent: boolean) => void): void {
    then(true)
  }

  relay(request: RelayRequest, onAnswer: (answer: Relayed) => void): void {
    if (this.#isOrphan) {
      setImmediate(onAnswer, { closed: 'died' })
      return
    }
    this.#listen()
    const number = ++this.#count
    this.#relays.set(number, onAnswer)
    this.#link.sendBlocking({ type: message.relay, id: number, value: encodeMessage(request, () => 'A relay') })
  }

  waitForAny(other: Pid): void {
    if (this.#link.hasUnwritten) {
      const text =
        'What this process has told its parent is still on its way. Give it a turn of the event loop before you wait without one.'
      throw new ChannelBusyError(text, { pid: other })
    }
    this.#link.readBlocking()
  }

  answer({ type, id, about = 0, value }: Frame): void {
    if (type === message.wanted) {
      setRoomWanted(about === 1)
      return
    }
    if (type === message.relayed) {
      const onAnswer = this.#relays.get(id)
      this.#relays.delete(id)
      onAnswer?.(readRelayed(about, value))
      return
    }
    if (type === message.fate) {
      const onFate = this.#watches.get(id)
      this.#watches.delete(id)
      onFate?.(about === 1 ? 'died' : 'exited')
      return
    }
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#forget(id)
    if (type === message.granted) waiting.grant(() => this.#link.send({ type: message.release, id, value: undefined }))
    else waiting.refuse(toError(decodeMessage(value) as Refusal, waiting.resources))
  }

  /** The parent is gone: nothing is given any more. */
  fail(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const events of waiting) events.refuse(new CancelledError('The parent is gone, which was asked for resources.'))
    this.#isOrphan = true
    const watches = [...this.#watches.values()]
    this.#watches.clear()
    for (const onFate of watches) onFate('died')
    const relays = [...this.#relays.values()]
    this.#relays.clear()
    for (const onAnswer of relays) onAnswer({ closed: 'died' })
  }

  #forget(id: number): void {
    this.#waiting.delete(id)
    this.#holdWhileWaiting()
  }

  /** Who waits for room is not at its end. */
  #holdWhileWaiting(): void {
    this.#link.hold('resources', this.#waiting.size > 0)
  }
}

const encodePid = (id: string) => encodeMessage(id, () => 'A Pid')

function toError({ kind, message: text }: Refusal, resources: Resources): Error {
  return kind === 'impossible' ? new ImpossibleError(text, { resources }) : new NoCapacityError(text, { resources })
}
