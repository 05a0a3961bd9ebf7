// The page of `brood tree --html`: reads the tree that lies beside it, and wires the parts to one state.

import type { ProcessTree } from '../process-tree.js'
import type { Scale } from './bar.js'
import { ChartHead } from './chart-head.js'
import { detailOf } from './detail.js'
import { describeEntry, spanOf } from './describe.js'
import { byId, eachFrame, foreignText, html } from './dom.js'
import { ancestorsOf, entriesOf, rowsOf, withAncestors, type Entry, type Row } from './entries.js'
import { setUpShortcuts, setUpTheme } from './preferences.js'
import { fitRange, panRange, shortestRange, zoomRange, type Range } from './range.js'
import { searcherOf } from './search.js'
import { SplitBar } from './split-bar.js'
import { summaryOf } from './summary.js'
import { timeText } from './ticks.js'
import { TreeView } from './tree-view.js'

/** What one press of a key or button zooms. */
const zoomStep = 1.6
/** What one press of a key moves, of what is in sight. */
const panStep = 0.2

/** Room for the sign behind a bar that reaches the end. */
const rightMargin = 16

const tree = JSON.parse(byId('data').textContent ?? '') as ProcessTree
const { roots, all } = entriesOf(tree)
const search = searcherOf(all)
// What is still running, or was told late, may reach beyond the total.
const whole = all.reduce((most, { process }) => Math.max(most, process.end ?? process.start), Math.max(tree.totals.wall, shortestRange))

const timeline = byId('timeline')
const scroller = byId('tree')
const detail = byId('detail')
const query = byId('query', HTMLInputElement)
const onlyMatches = byId('only-matches', HTMLInputElement)
const axis = byId('axis', SVGSVGElement)
const cursor = byId('cursor')

let open: ReadonlySet<Entry> = new Set(all.filter(({ isRun }) => !isRun))
let rows: readonly Row[] = []
let matches: readonly Entry[] = []
let matchSet: ReadonlySet<Entry> = new Set()
let match: Entry | undefined
let selected: Entry | undefined
let range: Range = { from: 0, to: whole }
let scale: Scale = { ...range, width: 0, whole }

const view = new TreeView(scroller, {
  setOpen,
  choose,
  arrive: (entry) => {
    if (selected !== undefined && !entry.isRun) choose(entry, false)
  },
})
const head = new ChartHead(
  { overview: byId('overview', SVGSVGElement), axis, grid: byId('grid', SVGSVGElement), most: byId('most') },
  all,
  setRange,
)
const splitBar = new SplitBar(byId('split'), timeline, layout)
const shortcuts = setUpShortcuts()

const drawSoon = eachFrame(draw)

function draw(): void {
  const { width } = scale
  scale = { ...range, width, whole }
  head.draw(scale)
  view.show({ rows, open: shownOpen(), matches: matchSet, match, selected, scale })
  byId('zoom-out', HTMLButtonElement).disabled = range.to - range.from >= whole
  byId('zoom-all', HTMLButtonElement).disabled = range.to - range.from >= whole
}

/** Reads the sizes anew: the window, or a part of it, has another one. */
function layout(): void {
  splitBar.fit()
  timeline.style.setProperty('--scroll-bar', `${scroller.offsetWidth - scroller.clientWidth}px`)
  scale = { ...scale, width: Math.max(40, axis.getBoundingClientRect().width - rightMargin) }
  view.measure()
  draw()
}

/** While only matches are shown, all that holds one is open. */
function shownOpen(): ReadonlySet<Entry> {
  return isFiltered() ? withAncestors(matches) : open
}

function isFiltered(): boolean {
  return onlyMatches.checked && matches.length > 0
}

function setRows(): void {
  rows = rowsOf(roots, open, isFiltered() ? withAncestors(matches) : undefined)
}

function setOpen(entries: readonly Entry[], isOpen: boolean): void {
  const next = new Set(open)
  for (const entry of entries) {
    if (isOpen) next.add(entry)
    else next.delete(entry)
  }
  open = next
  setRows()
  draw()
}

function setRange(next: Range): void {
  range = fitRange(next, whole)
  drawSoon()
}

let announcing: ReturnType<typeof setTimeout> | undefined

/** Says it to those who cannot see it, once the typing or zooming pauses. */
function announce(text: string): void {
  clearTimeout(announcing)
  announcing = setTimeout(() => {
    byId('status').textContent = text
  }, 300)
}

function announceRange(): void {
  const step = (range.to - range.from) / 100
  announce(`${timeText(range.from, step)} to ${timeText(range.to, step)} shown`)
}

function zoom(factor: number, center = (range.from + range.to) / 2): void {
  setRange(zoomRange(range, factor, center, whole))
  announceRange()
}

function zoomAll(): void {
  setRange({ from: 0, to: whole })
  announceRange()
}

function pan(share: number): void {
  setRange(panRange(range, share * (range.to - range.from), whole))
  announceRange()
}

function zoomTo(entry: Entry): void {
  const { start, end } = spanOf(entry, whole)
  const around = Math.max(end - start, shortestRange) * 0.04
  setRange({ from: start - around, to: end + around })
  announceRange()
}

function choose(entry: Entry, byKeyboard: boolean): void {
  const wasHidden = detail.hidden
  selected = entry
  byId('detail-content').replaceChildren(...detailOf(entry, () => zoomTo(entry)))
  byId('detail-content').scrollTop = 0
  detail.hidden = false
  if (wasHidden) layout()
  else draw()
  if (wasHidden) view.reveal(entry)
  if (byKeyboard) byId('detail-content').querySelector<HTMLElement>('h2')?.focus()
}

function closeDetail(): void {
  if (detail.hidden) return
  const hadFocus = detail.contains(document.activeElement)
  detail.hidden = true
  selected = undefined
  layout()
  if (hadFocus) view.focus()
}

function setQuery(text: string): void {
  query.value = text
  matches = search(text)
  matchSet = new Set(matches)
  match = undefined
  setRows()
  if (matches.length > 0) goToMatch(0)
  else draw()
  showCount()
}

function showCount(): void {
  const count = byId('count')
  const place = match === undefined ? 0 : matches.indexOf(match) + 1
  const text = query.value.trim() === '' ? '' : matches.length === 0 ? 'none' : `${place} of ${matches.length}`
  count.textContent = text
  for (const id of ['previous', 'next']) byId(id, HTMLButtonElement).disabled = matches.length === 0
  if (query.value.trim() === '') announce('')
  else if (match === undefined) announce('No process found')
  else announce(`${text} found: ${describeEntry(match)}`)
}

/** Goes to a match and opens what hides it. */
function goToMatch(index: number): void {
  match = matches[(index + matches.length) % matches.length]
  if (match === undefined) return
  const hidden = ancestorsOf(match).filter((entry) => !open.has(entry))
  if (hidden.length > 0 && !isFiltered()) setOpen(hidden, true)
  else draw()
  view.goTo(match)
  showCount()
}

function stepMatch(by: number): void {
  const place = match === undefined ? -1 : matches.indexOf(match)
  if (matches.length > 0) goToMatch(place + by)
}

const keys: Readonly<Record<string, () => void>> = {
  '/': () => {
    query.focus()
    query.select()
  },
  '+': () => zoom(zoomStep),
  '=': () => zoom(zoomStep),
  '-': () => zoom(1 / zoomStep),
  '0': zoomAll,
  f: () => {
    if (view.active !== undefined) zoomTo(view.active)
  },
  n: () => stepMatch(1),
  N: () => stepMatch(-1),
  '?': () => byId('help', HTMLDialogElement).showModal(),
}

function onKey(event: KeyboardEvent): void {
  const inField = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox'
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help', HTMLDialogElement).open) return
  const panKeys: Readonly<Record<string, number>> = { ArrowLeft: -panStep, ArrowRight: panStep }
  const by = panKeys[event.key]
  if (event.shiftKey && by !== undefined && !inField) {
    event.preventDefault()
    pan(by)
  } else if (event.key === 'Escape' && event.target !== query) closeDetail()
  else if (!inField && shortcuts.areOn() && keys[event.key] !== undefined) {
    event.preventDefault()
    keys[event.key]?.()
  }
}

function onQueryKey(event: KeyboardEvent): void {
  const act: Readonly<Record<string, () => void>> = {
    Enter: () => stepMatch(event.shiftKey ? -1 : 1),
    Escape: () => {
      setQuery('')
      view.focus()
    },
    ArrowDown: () => view.focus(),
  }
  if (act[event.key] === undefined) return
  event.preventDefault()
  act[event.key]?.()
}

/** Where on the axis of time a pointer is. */
function timeAt({ clientX }: MouseEvent): number {
  const { left } = axis.getBoundingClientRect()
  return range.from + ((clientX - left) / scale.width) * (range.to - range.from)
}

function onWheel(event: WheelEvent): void {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault()
    zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.06 : 0.003)), timeAt(event))
    return
  }
  const sideways = event.shiftKey ? event.deltaY : event.deltaX
  if (Math.abs(sideways) <= (event.shiftKey ? 0 : Math.abs(event.deltaY))) return
  event.preventDefault()
  pan(sideways / scale.width)
}

/** A line under the pointer, with the time it stands for. */
function onHover(event: PointerEvent): void {
  const box = timeline.getBoundingClientRect()
  const bars = axis.getBoundingClientRect()
  const isOver = event.pointerType === 'mouse' && event.clientX >= bars.left && event.clientX <= bars.left + scale.width
  cursor.hidden = !isOver
  if (!isOver) return
  cursor.style.transform = `translateX(${event.clientX - box.left}px)`
  const time = timeText(Math.max(0, timeAt(event)), (range.to - range.from) / 1000)
  byId('cursor-time').textContent = time
  cursor.classList.toggle('flipped', event.clientX > bars.right - 90)
}

/** Dragging the bars moves what is shown. */
function setUpDragging(): void {
  let start: { readonly x: number; readonly range: Range } | undefined
  let hasMoved = false
  scroller.addEventListener('pointerdown', (event) => {
    hasMoved = false
    const onBars = event.clientX >= axis.getBoundingClientRect().left
    if (event.button === 0 && event.pointerType === 'mouse' && onBars) start = { x: event.clientX, range }
  })
  scroller.addEventListener('pointermove', (event) => {
    if (start === undefined || (!hasMoved && Math.abs(event.clientX - start.x) < 4)) return
    if (!hasMoved) scroller.setPointerCapture(event.pointerId)
    hasMoved = true
    setRange(panRange(start.range, ((start.x - event.clientX) / scale.width) * (range.to - range.from), whole))
  })
  const finish = () => {
    start = undefined
  }
  scroller.addEventListener('pointerup', finish)
  scroller.addEventListener('pointercancel', finish)
  // What was dragged was not clicked.
  scroller.addEventListener(
    'click',
    (event) => {
      if (hasMoved) event.stopImmediatePropagation()
    },
    { capture: true },
  )
}

function onPress(id: string, action: () => void): void {
  byId(id).addEventListener('click', action)
}

function setUp(): void {
  const started = new Date(tree.startedAt)
  if (!Number.isNaN(started.valueOf())) {
    byId('started').append(
      'Started ',
      html('time', { datetime: tree.startedAt }, started.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })),
    )
  }
  byId('totals').append(...summaryOf(tree, setQuery))
  byId('losses').hidden = tree.totals.losses.length === 0
  byId('losses-title').textContent = `Not all could be read: ${tree.totals.losses.length}`
  byId('losses-list').append(...tree.totals.losses.map((loss) => html('li', {}, foreignText(loss))))
  setUpTheme()
  setUpDragging()
  query.addEventListener('input', () => setQuery(query.value))
  query.addEventListener('keydown', onQueryKey)
  onlyMatches.addEventListener('change', () => setQuery(query.value))
  onPress('previous', () => stepMatch(-1))
  onPress('next', () => stepMatch(1))
  onPress('zoom-in', () => zoom(zoomStep))
  onPress('zoom-out', () => zoom(1 / zoomStep))
  onPress('zoom-all', zoomAll)
  onPress('open-all', () => setOpen(all, true))
  onPress('close-all', () =>
    setOpen(
      all.filter(({ level }) => level > 1),
      false,
    ),
  )
  onPress('close-detail', closeDetail)
  onPress('show-help', () => byId('help', HTMLDialogElement).showModal())
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault()
    view.focus()
  })
  document.addEventListener('keydown', onKey)
  timeline.addEventListener('wheel', onWheel, { passive: false })
  timeline.addEventListener('pointermove', onHover)
  timeline.addEventListener('pointerleave', () => {
    cursor.hidden = true
  })
  scroller.addEventListener('dblclick', (event) => {
    if (view.active !== undefined && timeAt(event) >= range.from) zoomTo(view.active)
  })
  addEventListener('beforeprint', () => print(true))
  addEventListener('afterprint', () => print(false))
  new ResizeObserver(eachFrame(layout)).observe(timeline)
  setRows()
  showCount()
  layout()
}

/** Paper has no scroll bar: it gets all rows, as wide as it is. */
function print(isPrinting: boolean): void {
  document.documentElement.classList.toggle('printing', isPrinting)
  view.showWhole(isPrinting)
  layout()
}

setUp()
