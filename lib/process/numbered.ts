/** So many empty places are left in front before the others are moved. */
const mostEmpty = 1024

/**
 * Things that are numbered one after another, of which the oldest are mostly the first to go.
 *
 * A Map would do but for the collector. Each time that it makes room it leaves a table behind, which refers to all that was in it and to the next table:
 * once one of them has grown old, whatever came into the later ones lives until everything old is looked at.
 */
export class Numbered<Item> {
  readonly #items: (Item | undefined)[] = []
  /** The number of the first place. */
  #base = 1
  /** How many places in front are empty. */
  #empty = 0

  /** @returns its number, from 1 on */
  add(item: Item): number {
    return this.#base + this.#items.push(item) - 1
  }

  get(number: number): Item | undefined {
    return this.#items[number - this.#base]
  }

  take(number: number): Item | undefined {
    const item = this.get(number)
    if (item === undefined) return undefined
    this.#items[number - this.#base] = undefined
    while (this.#empty < this.#items.length && this.#items[this.#empty] === undefined) this.#empty++
    if (this.#empty >= mostEmpty) {
      this.#items.splice(0, this.#empty)
      this.#base += this.#empty
      this.#empty = 0
    }
    return item
  }

  /** In the order of their numbers. */
  takeAll(): Item[] {
    const all = this.#items.filter((item) => item !== undefined)
    this.#base += this.#items.length
    this.#items.length = 0
    this.#empty = 0
    return all
  }
}
