import { CancelledError, ImpossibleError, NoCapacityError } from '../errors.js'
import type { Frame } from '../frame.js'
import { decodeMessage, encodeMessage } from '../message-value.js'
import type { Resources } from '../resources.js'
import type { ParentRequests } from '../state.js'
import { message, type Refusal } from '../wire.js'
import type { ParentLink } from './parent-link.js'

interface Waiting {
  readonly grant: (release: () => void) => void
  readonly refuse: (error: Error) => void
}

/** What this child asks its parent for, which asks its own, up to the root. */
export class RequestsToParent implements ParentRequests {
  readonly #link: ParentLink
  readonly #listen: () => void
  readonly #waiting = new Map<number, Waiting>()
  #count = 0

  /** @param listen lets the answers come */
  constructor(link: ParentLink, listen: () => void) {
    this.#link = link
    this.#listen = listen
  }

  take(resources: Resources, isWaiting: boolean): Promise<() => void> {
    this.#listen()
    const id = ++this.#count
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { grant: resolve, refuse: reject })
      this.#holdWhileWaiting()
      this.#link.send({ type: message.take, id, about: isWaiting ? 1 : 0, value: encodeMessage(resources, () => 'Resources') })
    })
  }

  born(osPid: number): void {
    this.#link.send({ type: message.born, id: osPid, value: undefined })
  }

  buried(osPid: number): void {
    this.#link.send({ type: message.buried, id: osPid, value: undefined })
  }

  answer({ type, id, value }: Frame): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    this.#holdWhileWaiting()
    if (type === message.granted) waiting.grant(() => this.#link.send({ type: message.release, id, value: undefined }))
    else waiting.refuse(toError(decodeMessage(value) as Refusal))
  }

  /** The parent is gone: nothing is given any more. */
  fail(): void {
    for (const { refuse } of this.#waiting.values()) refuse(new CancelledError('The parent is gone, which was asked for resources.'))
    this.#waiting.clear()
  }

  /** Who waits for room is not at its end. */
  #holdWhileWaiting(): void {
    this.#link.hold('resources', this.#waiting.size > 0)
  }
}

function toError({ kind, message: text }: Refusal): Error {
  return kind === 'impossible' ? new ImpossibleError(text) : new NoCapacityError(text)
}
