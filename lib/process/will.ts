import { keyOf } from './channel-name.js'
import { Outbox } from './outbox.js'
import type { Bequest } from './state.js'

/** What a child had left to send when it ended, and is sent in its place. */
export class Wills {
  readonly #outboxes = new Map<string, Outbox>()
  readonly #done: Promise<void>[] = []
  #isLost = false

  execute({ name, bytes, fate }: Bequest): void {
    const key = keyOf(name, 'sender')
    const known = this.#outboxes.get(key)
    if (known !== undefined) {
      // Sent while the child's exit listeners ran: it goes behind what was sent before them.
      known.addBytes(bytes)
      return
    }
    const outbox = new Outbox(name)
    this.#outboxes.set(key, outbox)
    outbox.addBytes(bytes)
    try {
      outbox.start()
    } catch {
      this.#isLost = true
      return
    }
    this.#done.push(outbox.end(fate))
  }

  /** @returns when everything is sent, or nobody is there any more to whom: `false` where some of it could not be */
  async settle(): Promise<boolean> {
    await Promise.all(this.#done)
    return !this.#isLost
  }
}
