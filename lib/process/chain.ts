/** Something that can be in a chain, which makes links of it: of a thousand none needs more memory than it is. It is in one chain at a time. */
export interface Link<Item> {
  /** Its neighbours. */
  before: Item | undefined
  after: Item | undefined
}

/** Things in an order, from the midst of which one can be taken out as easily as from its ends. */
export class Chain<Item extends Link<Item>> {
  #first: Item | undefined
  #last: Item | undefined
  #length = 0

  get first(): Item | undefined {
    return this.#first
  }

  get length(): number {
    return this.#length
  }

  push(item: Item): void {
    item.before = this.#last
    if (this.#last === undefined) this.#first = item
    else this.#last.after = item
    this.#last = item
    this.#length++
  }

  unshift(item: Item): void {
    item.after = this.#first
    if (this.#first === undefined) this.#last = item
    else this.#first.before = item
    this.#first = item
    this.#length++
  }

  /** It must be in this one. */
  remove(item: Item): void {
    const { before, after } = item
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    // Nothing that is gone leads to others, which the collector would keep for it.
    item.before = undefined
    item.after = undefined
    this.#length--
  }

  *[Symbol.iterator](): Generator<Item, void, undefined> {
    for (let item = this.#first; item !== undefined; ) {
      // Whoever looks at it may take it out.
      const { after } = item
      yield item
      item = after
    }
  }
}
