/** Something that waits, and can be taken out again. */
export interface Waiting<Item> {
  readonly item: Item
  readonly priority: number
  before: Waiting<Item> | undefined
  after: Waiting<Item> | undefined
  isWaiting: boolean
}

interface Line<Item> {
  first: Waiting<Item> | undefined
  last: Waiting<Item> | undefined
}

/** Gives out the highest priority first, and of one priority what came first. To take something out of the middle costs no more. */
export class CallQueue<Item> {
  readonly #lines = new Map<number, Line<Item>>()
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: Item, priority: number): Waiting<Item> {
    const line = this.#lineOf(priority)
    const waiting: Waiting<Item> = { item, priority, before: line.last, after: undefined, isWaiting: true }
    if (line.last === undefined) line.first = waiting
    else line.last.after = waiting
    line.last = waiting
    this.#length++
    return waiting
  }

  /** In front of all others of its priority: it was there before them. */
  unshift(item: Item, priority: number): Waiting<Item> {
    const line = this.#lineOf(priority)
    const waiting: Waiting<Item> = { item, priority, before: undefined, after: line.first, isWaiting: true }
    if (line.first === undefined) line.last = waiting
    else line.first.before = waiting
    line.first = waiting
    this.#length++
    return waiting
  }

  shift(): Item | undefined {
    let best: Waiting<Item> | undefined
    // There are few priorities, and most programs have one.
    for (const { first } of this.#lines.values())
      if (first !== undefined && (best === undefined || first.priority > best.priority)) best = first
    if (best === undefined) return undefined
    this.remove(best)
    return best.item
  }

  /** @returns `false` where it was given out already */
  remove(waiting: Waiting<Item>): boolean {
    if (!waiting.isWaiting) return false
    waiting.isWaiting = false
    const { before, after, priority } = waiting
    const line = this.#lines.get(priority) as Line<Item>
    if (before === undefined) line.first = after
    else before.after = after
    if (after === undefined) line.last = before
    else after.before = before
    // A program may make up ever new priorities.
    if (line.first === undefined) this.#lines.delete(priority)
    this.#length--
    return true
  }

  #lineOf(priority: number): Line<Item> {
    let line = this.#lines.get(priority)
    if (line === undefined) {
      line = { first: undefined, last: undefined }
      this.#lines.set(priority, line)
    }
    return line
  }
}
