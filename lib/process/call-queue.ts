/** Something that can wait in a queue, which chains it up: of a thousand that wait none needs more than it is. */
export interface Queued<Item> {
  readonly priority: number
  /** Its neighbours in the queue. */
  before: Item | undefined
  after: Item | undefined
  isWaiting: boolean
}

interface Line<Item> {
  first: Item | undefined
  last: Item | undefined
}

/** Gives out the highest priority first, and of one priority what came first. To take something out of the middle costs no more. */
export class CallQueue<Item extends Queued<Item>> {
  readonly #lines = new Map<number, Line<Item>>()
  #length = 0

  get length(): number {
    return this.#length
  }

  push(item: Item): void {
    const line = this.#enter(item)
    item.before = line.last
    if (line.last === undefined) line.first = item
    else line.last.after = item
    line.last = item
  }

  /** In front of all others of its priority: it was there before them. */
  unshift(item: Item): void {
    const line = this.#enter(item)
    item.after = line.first
    if (line.first === undefined) line.last = item
    else line.first.before = item
    line.first = item
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
    const { before, after, priority } = item
    item.isWaiting = false
    item.before = undefined
    item.after = undefined
    const line = this.#lines.get(priority) as Line<Item>
    if (before === undefined) line.first = after
    else before.after = after
    if (after === undefined) line.last = before
    else after.before = before
    // A program may make up ever new priorities.
    if (line.first === undefined) this.#lines.delete(priority)
    this.#length--
  }

  #enter(item: Item): Line<Item> {
    item.isWaiting = true
    this.#length++
    let line = this.#lines.get(item.priority)
    if (line === undefined) {
      line = { first: undefined, last: undefined }
      this.#lines.set(item.priority, line)
    }
    return line
  }
}
