import { Chain, type Link } from './chain.js'

/** Something that can wait in a queue. */
export interface Queued<Item> extends Link<Item> {
  readonly priority: number
  isWaiting: boolean
}

/** Gives out the highest priority first, and of one priority what came first. */
export class CallQueue<Item extends Queued<Item>> {
  readonly #lines = new Map<number, Chain<Item>>()
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: Item): void {
    this.#enter(item).push(item)
  }

  /** In front of all others of its priority: it was there before them. */
  unshift(item: Item): void {
    this.#enter(item).unshift(item)
  }

  shift(): Item | undefined {
    let best: Item | undefined
    // There are few priorities, and most programs have one.
    for (const { first } of this.#lines.values())
      if (first !== undefined && (best === undefined || first.priority > best.priority)) best = first
    if (best !== undefined) this.remove(best)
    return best
  }

  /** Where it waits. */
  remove(item: Item): void {
    if (!item.isWaiting) return
    item.isWaiting = false
    this.#length--
    const line = this.#lines.get(item.priority) as Chain<Item>
    line.remove(item)
    // A program may make up ever new priorities. That of most is always there again.
    if (line.length === 0 && this.#lines.size > 1) this.#lines.delete(item.priority)
  }

  #enter(item: Item): Chain<Item> {
    item.isWaiting = true
    this.#length++
    let line = this.#lines.get(item.priority)
    if (line === undefined) {
      line = new Chain()
      this.#lines.set(item.priority, line)
    }
    return line
  }
}
