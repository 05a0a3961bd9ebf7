import type { Resources } from './resources.js'

/** What was taken, until it is given back. */
export interface Lease {
  readonly resources: Resources
  /** Gives it back. A second call does nothing. */
  release(): void
}

/** Somebody who waits for room. */
interface Waiting {
  readonly resources: Resources
  readonly take: (lease: Lease) => void
}

const nothing: Resources = { mem: 0, cpu: 0 }

/** A millionth of a core: the sum of ten tenths is one. */
const smallestShare = 1e6

/**
 * Keeps account of what the processes of a tree may use. There is one, in the root.
 *
 * Who waits is served in the order of asking: a large request is not passed over for ever by small ones.
 */
export class Ledger {
  /** All that there is. */
  readonly capacity: Resources
  readonly #waiting: Waiting[] = []
  #freeMemory: number
  #freeShares: number

  constructor(capacity: Resources) {
    this.capacity = capacity
    this.#freeMemory = capacity.mem
    this.#freeShares = sharesOf(capacity)
  }

  /** What nobody has now. */
  get free(): Resources {
    return { mem: this.#freeMemory, cpu: this.#freeShares / smallestShare }
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Would whoever is next still wait if this were given back? */
  isShortEvenWith(resources: Resources): boolean {
    const next = this.#waiting[0]
    return next !== undefined && !this.#fits(next.resources, resources)
  }

  /** Could this ever be given, to somebody who is alone? */
  canEverFit(resources: Resources): boolean {
    return resources.mem <= this.capacity.mem && sharesOf(resources) <= sharesOf(this.capacity)
  }

  /** Takes at once, past all who wait for more. @returns `undefined` where there is no room */
  tryTake(resources: Resources): Lease | undefined {
    return this.#fits(resources) ? this.#take(resources) : undefined
  }

  /**
   * Takes as soon as there is room.
   *
   * @param take is called with the lease, at once where there is room and nobody waits
   * @returns gives up waiting; `false` where the lease was taken already
   */
  take(resources: Resources, take: (lease: Lease) => void): () => boolean {
    const waiting = { resources, take }
    this.#waiting.push(waiting)
    this.#serve()
    return () => {
      const index = this.#waiting.indexOf(waiting)
      if (index < 0) return false
      this.#waiting.splice(index, 1)
      // It may have stood in the way of others.
      this.#serve()
      return true
    }
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.resources); next = this.#waiting[0]) {
      this.#waiting.shift()
      next.take(this.#take(next.resources))
    }
  }

  /** @param more what is to be free as well */
  #fits(resources: Resources, more: Resources = nothing): boolean {
    return resources.mem <= this.#freeMemory + more.mem && sharesOf(resources) <= this.#freeShares + sharesOf(more)
  }

  #take(resources: Resources): Lease {
    this.#freeMemory -= resources.mem
    this.#freeShares -= sharesOf(resources)
    let isTaken = true
    return {
      resources,
      release: () => {
        if (!isTaken) return
        isTaken = false
        this.#freeMemory += resources.mem
        this.#freeShares += sharesOf(resources)
        this.#serve()
      },
    }
  }
}

function sharesOf({ cpu }: Resources): number {
  return Math.ceil(cpu * smallestShare - 1e-3)
}
