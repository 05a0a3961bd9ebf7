import type { Resources } from './resources.js'
import type { RoomEvents } from './state.js'
import { takeResources } from './tree-ledger.js'

/** The processes of a pool that are to come, and wait for room. */
export class PoolRoom {
  readonly #resources: Resources
  readonly #events: RoomEvents
  /** Each is given up by its controller. */
  readonly #waiting = new Set<AbortController>()

  constructor(resources: Resources, events: RoomEvents) {
    this.#resources = resources
    this.#events = events
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Asks for room for one more. @returns `false` where it is refused, which others would be, too */
  ask(): boolean {
    const controller = new AbortController()
    this.#waiting.add(controller)
    const grant = (release: () => void) => {
      // There may have been room for it in the turn in which it was given up.
      if (this.#waiting.delete(controller)) this.#events.grant(release)
      else release()
    }
    const refuse = (error: unknown) => {
      if (this.#waiting.delete(controller)) this.#events.refuse(error as Error)
    }
    try {
      const taken = takeResources(this.#resources, true, controller.signal)
      if (taken instanceof Promise) taken.then(grant, refuse)
      else grant(taken)
      return true
    } catch (error) {
      refuse(error)
      return false
    }
  }

  /** Who waits for room that nobody needs any more would stand in the way of others, and have it in the end. */
  giveUp(count: number): void {
    if (count <= 0) return
    for (const controller of [...this.#waiting].slice(-count)) {
      this.#waiting.delete(controller)
      controller.abort()
    }
  }
}
