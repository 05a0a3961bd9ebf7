import { announce } from './announce.js'
import { describeEntry } from './describe.js'
import { byId } from './dom.js'
import type { Entry } from './entries.js'
import { searcherOf } from './search.js'

export interface SearchActions {
  /** Something else was found, or is to be shown in another way. */
  changed(): void
  /** Shows a match, wherever it is hidden. */
  goTo(match: Entry): void
  /** The keyboard leaves for the tree. */
  leave(): void
}

/** The field in which a person searches, and what was found. */
export class SearchBox {
  readonly #search: (query: string) => readonly Entry[]
  readonly #actions: SearchActions
  readonly #query = byId('query', HTMLInputElement)
  readonly #onlyMatches = byId('only-matches', HTMLInputElement)
  #matches: readonly Entry[] = []
  #matchSet: ReadonlySet<Entry> = new Set()
  #match: Entry | undefined

  constructor(entries: readonly Entry[], actions: SearchActions) {
    this.#search = searcherOf(entries)
    this.#actions = actions
    this.#query.addEventListener('input', () => this.search(this.#query.value))
    this.#query.addEventListener('keydown', (event) => this.#onKey(event))
    this.#onlyMatches.addEventListener('change', () => this.search(this.#query.value))
    byId('previous').addEventListener('click', () => this.step(-1))
    byId('next').addEventListener('click', () => this.step(1))
  }

  get matches(): ReadonlySet<Entry> {
    return this.#matchSet
  }

  /** The one that was gone to last. */
  get match(): Entry | undefined {
    return this.#match
  }

  /** Is everything else to be left out? */
  get isFilter(): boolean {
    return this.#onlyMatches.checked && this.#matches.length > 0
  }

  focus(): void {
    this.#query.focus()
    this.#query.select()
  }

  search(query: string): void {
    this.#query.value = query
    this.#matches = this.#search(query)
    this.#matchSet = new Set(this.#matches)
    this.#match = undefined
    this.#actions.changed()
    if (this.#matches.length > 0) this.step(1)
    else this.#showCount()
  }

  /** Goes so many matches on, around the end. */
  step(by: number): void {
    const { length } = this.#matches
    if (length === 0) return
    const place = this.#match === undefined ? -1 : this.#matches.indexOf(this.#match)
    this.#match = this.#matches[(place + by + length) % length]
    if (this.#match !== undefined) this.#actions.goTo(this.#match)
    this.#showCount()
  }

  #showCount(): void {
    const { length } = this.#matches
    const isEmpty = this.#query.value.trim() === ''
    const place = this.#match === undefined ? 0 : this.#matches.indexOf(this.#match) + 1
    byId('count').textContent = isEmpty ? '' : length === 0 ? 'none' : `${place} of ${length}`
    for (const id of ['previous', 'next']) byId(id, HTMLButtonElement).disabled = length === 0
    if (this.#match !== undefined) announce(`${place} of ${length} found: ${describeEntry(this.#match)}`)
    else announce(isEmpty ? '' : 'No process found')
  }

  #onKey(event: KeyboardEvent): void {
    const keys: Readonly<Record<string, () => void>> = {
      Enter: () => this.step(event.shiftKey ? -1 : 1),
      ArrowDown: () => this.#actions.leave(),
      Escape: () => {
        this.search('')
        this.#actions.leave()
      },
    }
    const act = keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
}
