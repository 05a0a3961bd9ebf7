import type { Scale } from './bar.js'
import { eachFrame, html } from './dom.js'
import type { Entry, Row } from './entries.js'
import { makeRow, type RowView } from './rows.js'

/** Rows beyond the window that are kept, so that a scroll finds them there. */
const overscan = 8
/** Where the screen has room for fewer columns than this, a row is as if it had them. */
const fewestCharacters = 8

/** What the tree shows beside its rows. */
export interface TreeState {
  readonly rows: readonly Row[]
  readonly open: ReadonlySet<Entry>
  readonly matches: ReadonlySet<Entry>
  readonly match: Entry | undefined
  readonly selected: Entry | undefined
  readonly scale: Scale
}

/** What a person asks of the tree. */
export interface TreeActions {
  setOpen(entries: readonly Entry[], isOpen: boolean): void
  /** Shows an entry's details; the keyboard goes there where it was the keyboard that asked. */
  choose(entry: Entry, byKeyboard: boolean): void
  /** The keyboard has come to another row. */
  arrive(entry: Entry): void
}

/** The rows, of which only those in sight are in the document; the keyboard moves through them as in any tree. */
export class TreeView {
  readonly #scroller: HTMLElement
  readonly #actions: TreeActions
  readonly #body = html('div', { class: 'rows', role: 'none' })
  readonly #views = new Map<Entry, RowView>()
  readonly #indexes = new Map<Entry, number>()
  #state: TreeState | undefined
  #active: Entry | undefined
  #rowHeight = 26
  #room = 40
  #isWhole = false
  readonly #drawSoon = eachFrame(() => this.#draw())

  constructor(scroller: HTMLElement, actions: TreeActions) {
    this.#scroller = scroller
    this.#actions = actions
    scroller.append(this.#body)
    scroller.addEventListener('scroll', this.#drawSoon, { passive: true })
    scroller.addEventListener('keydown', (event) => this.#onKey(event))
    scroller.addEventListener('click', (event) => this.#onClick(event))
    scroller.addEventListener('focusin', (event) => {
      const entry = this.#entryAt(event.target)
      if (entry !== undefined && entry !== this.#active) this.#setActive(entry)
    })
  }

  get active(): Entry | undefined {
    return this.#active
  }

  /** Reads the sizes that the style sheet gives. */
  measure(): void {
    const style = getComputedStyle(this.#scroller)
    this.#rowHeight = Number.parseFloat(style.getPropertyValue('--row'))
    const probe = html('span', { class: 'command' }, '0'.repeat(100))
    const label = html('span', { class: 'label' }, html('span', { class: 'twisty' }), html('span', { class: 'glyph' }), probe)
    const row = html('div', { class: 'row probe' }, html('div', { class: 'cells' }, label))
    this.#body.append(row)
    const character = probe.scrollWidth / 100
    this.#room = Math.max(fewestCharacters, Math.floor(probe.clientWidth / character) - 1)
    row.remove()
  }

  show(state: TreeState): void {
    if (state.rows !== this.#state?.rows) {
      this.#indexes.clear()
      for (const [index, { entry }] of state.rows.entries()) this.#indexes.set(entry, index)
    }
    this.#state = state
    // The row that was active may be folded away: what folded it is the next best.
    let active = this.#active
    while (active !== undefined && !this.#indexes.has(active)) active = active.parent
    active ??= state.rows[0]?.entry
    const hadFocus = this.#hasFocus()
    this.#active = active
    this.#draw()
    if (hadFocus && !this.#hasFocus()) this.focus()
  }

  /** Draws all rows, for the printer. */
  showWhole(isWhole: boolean): void {
    this.#isWhole = isWhole
    this.measure()
    this.#draw()
  }

  focus(): void {
    if (this.#active === undefined) return
    this.reveal(this.#active)
    this.#views.get(this.#active)?.element.focus({ preventScroll: true })
  }

  /** Goes to a row: the keyboard too, where it was in the tree. */
  goTo(entry: Entry): void {
    const hadFocus = this.#hasFocus()
    this.#setActive(entry)
    this.reveal(entry)
    if (hadFocus) this.focus()
  }

  reveal(entry: Entry): void {
    const index = this.#indexes.get(entry)
    if (index === undefined) return
    const top = index * this.#rowHeight
    const { scrollTop, clientHeight } = this.#scroller
    if (top < scrollTop) this.#scroller.scrollTop = top
    else if (top + this.#rowHeight > scrollTop + clientHeight) this.#scroller.scrollTop = top + this.#rowHeight - clientHeight
    this.#draw()
  }

  #hasFocus(): boolean {
    return this.#scroller.contains(document.activeElement)
  }

  #setActive(entry: Entry): void {
    this.#active = entry
    this.#draw()
    this.#actions.arrive(entry)
  }

  #draw(): void {
    const state = this.#state
    if (state === undefined) return
    const { rows } = state
    this.#body.style.height = `${rows.length * this.#rowHeight}px`
    const first = this.#isWhole ? 0 : Math.max(0, Math.floor(this.#scroller.scrollTop / this.#rowHeight) - overscan)
    const last = this.#isWhole
      ? rows.length - 1
      : Math.min(rows.length - 1, Math.ceil((this.#scroller.scrollTop + this.#scroller.clientHeight) / this.#rowHeight) + overscan)
    const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset)
    // The active row stays in the document when it is out of sight: the keyboard is there.
    const activeIndex = this.#active === undefined ? undefined : this.#indexes.get(this.#active)
    if (activeIndex !== undefined && activeIndex < first) indexes.unshift(activeIndex)
    if (activeIndex !== undefined && activeIndex > last) indexes.push(activeIndex)
    const shown = new Set(indexes.map((index) => rows[index]?.entry))
    for (const [entry, view] of this.#views) {
      if (shown.has(entry)) continue
      view.element.remove()
      this.#views.delete(entry)
    }
    let next = this.#body.firstChild
    for (const index of indexes) {
      const row = rows[index]
      if (row === undefined) continue
      let view = this.#views.get(row.entry)
      if (view === undefined) {
        view = makeRow(row.entry)
        this.#views.set(row.entry, view)
      }
      view.update(row, {
        isOpen: state.open.has(row.entry),
        isActive: row.entry === this.#active,
        isSelected: row.entry === state.selected,
        isMatch: state.matches.has(row.entry),
        isCurrentMatch: row.entry === state.match,
        top: index * this.#rowHeight,
        room: this.#room,
        scale: state.scale,
      })
      // In the order of the rows, as they are read out. What is there already is never moved: it would lose the focus.
      if (view.element === next) next = next.nextSibling
      else this.#body.insertBefore(view.element, next)
    }
  }

  #entryAt(target: EventTarget | null): Entry | undefined {
    const element = target instanceof Element ? target.closest('.row') : null
    for (const [entry, view] of this.#views) if (view.element === element) return entry
    return undefined
  }

  #onClick(event: MouseEvent): void {
    const entry = this.#entryAt(event.target)
    if (entry === undefined) return
    this.#setActive(entry)
    this.#views.get(entry)?.element.focus({ preventScroll: true })
    const onTwisty = event.target instanceof Element && event.target.closest('.twisty') !== null
    if (entry.isRun || (onTwisty && entry.children.length > 0)) this.#actions.setOpen([entry], !this.#state?.open.has(entry))
    else this.#actions.choose(entry, false)
  }

  #onKey(event: KeyboardEvent): void {
    const entry = this.#active
    const state = this.#state
    if (entry === undefined || state === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
      if (event.key !== '*') return
    }
    if (entry === undefined || state === undefined) return
    const index = this.#indexes.get(entry) ?? 0
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#rowHeight) - 1)
    const isOpen = state.open.has(entry)
    const move = (to: number) => {
      const row = state.rows[Math.min(state.rows.length - 1, Math.max(0, to))]
      if (row !== undefined) this.goTo(row.entry)
    }
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(index + 1),
      ArrowUp: () => move(index - 1),
      PageDown: () => move(index + page),
      PageUp: () => move(index - page),
      Home: () => move(0),
      End: () => move(state.rows.length - 1),
      ArrowRight: () => {
        if (isOpen) move(entry.children.length > 0 ? index + 1 : index)
        else if (entry.children.length > 0) this.#actions.setOpen([entry], true)
      },
      ArrowLeft: () => {
        if (isOpen && entry.children.length > 0) this.#actions.setOpen([entry], false)
        else if (entry.parent !== undefined) this.goTo(entry.parent)
      },
      Enter: () => (entry.isRun ? this.#actions.setOpen([entry], !isOpen) : this.#actions.choose(entry, true)),
      '*': () =>
        this.#actions.setOpen(
          state.rows.filter((row) => row.entry.parent === entry.parent).map((row) => row.entry),
          true,
        ),
    }
    const act = keys[event.key === ' ' ? 'Enter' : event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
}
