// The page of `brood tree --html`: reads the tree that lies in it, and wires the parts to one state.

import type { ProcessTree } from '../process-tree.js'
import { ChartHead } from './chart-head.js'
import { spanOf } from './describe.js'
import { detailOf } from './detail.js'
import { byId, eachFrame, foreignText, html } from './dom.js'
import { ancestorsOf, type Entry, entriesOf, type Row, rowsOf, withAncestors } from './entries.js'
import { setUpShortcuts, setUpTheme } from './preferences.js'
import { shortestRange } from './range.js'
import { SearchBox } from './search-box.js'
import { SplitBar } from './split-bar.js'
import { summaryOf } from './summary.js'
import { TimeControl } from './time-control.js'
import { TreeView } from './tree-view.js'

/** Room for the sign behind a bar that reaches the end. */
const rightMargin = 16

const tree = JSON.parse(byId('data').textContent ?? '') as ProcessTree
const { roots, all } = entriesOf(tree)
// What is still running, or was told late, may reach beyond the total.
const whole = all.reduce((most, { until }) => Math.max(most, until), Math.max(tree.totals.wall, shortestRange))

const timeline = byId('timeline')
const scroller = byId('tree')
const detail = byId('detail')
const detailContent = byId('detail-content')
const help = byId('help', HTMLDialogElement)

let open: ReadonlySet<Entry> = new Set(all.filter(({ isRun }) => !isRun))
let rows: readonly Row[] = []
let selected: Entry | undefined
/** Of the bars, in pixels. */
let width = 0

const drawSoon = eachFrame(draw)
const time = new TimeControl(whole, drawSoon)
const search = new SearchBox(all, { changed: showRows, goTo: goToMatch, leave: () => view.focus() })
const view = new TreeView(scroller, { setOpen, choose, arrive })
const head = new ChartHead(
  {
    overview: byId('overview', SVGSVGElement),
    axis: byId('axis', SVGSVGElement),
    grid: byId('grid', SVGSVGElement),
    most: byId('most'),
  },
  all,
  (range) => time.show(range),
)
const splitBar = new SplitBar(byId('split'), timeline, layout)
const shortcuts = setUpShortcuts()

function draw(): void {
  const scale = { ...time.range, width, whole }
  time.draw(width)
  head.draw(scale)
  view.show({ rows, open: shownOpen(), matches: search.matches, match: search.match, selected, scale })
}

/** Reads the sizes anew: the window, or a part of it, has another one. */
function layout(): void {
  splitBar.fit()
  timeline.style.setProperty('--scroll-bar', `${scroller.offsetWidth - scroller.clientWidth}px`)
  width = Math.max(40, byId('axis', SVGSVGElement).getBoundingClientRect().width - rightMargin)
  view.measure()
  draw()
}

/** While only matches are shown, all that holds one is open. */
function shownOpen(): ReadonlySet<Entry> {
  return search.isFilter ? withAncestors(search.matches) : open
}

function showRows(): void {
  rows = rowsOf(roots, open, search.isFilter ? withAncestors(search.matches) : undefined)
  draw()
}

function setOpen(entries: readonly Entry[], isOpen: boolean): void {
  const next = new Set(open)
  for (const entry of entries) {
    if (isOpen) next.add(entry)
    else next.delete(entry)
  }
  open = next
  showRows()
}

function goToMatch(match: Entry): void {
  const closed = ancestorsOf(match).filter((entry) => !open.has(entry))
  if (closed.length > 0 && !search.isFilter) setOpen(closed, true)
  else draw()
  view.goTo(match)
}

function choose(entry: Entry, byKeyboard: boolean): void {
  const wasHidden = detail.hidden
  if (entry !== selected) detailContent.replaceChildren(...detailOf(entry, () => zoomTo(entry)))
  if (entry !== selected) detailContent.scrollTop = 0
  selected = entry
  detail.hidden = false
  if (wasHidden) {
    layout()
    view.reveal(entry)
  } else draw()
  if (byKeyboard) detailContent.querySelector('h2')?.focus()
}

/** The details, where they are shown, follow the keyboard. */
function arrive(entry: Entry): void {
  if (selected !== undefined && !entry.isRun) choose(entry, false)
}

function closeDetail(): void {
  if (detail.hidden) return
  const hadFocus = detail.contains(document.activeElement)
  detail.hidden = true
  selected = undefined
  layout()
  if (hadFocus) view.focus()
}

function zoomTo(entry: Entry): void {
  const { start, end } = spanOf(entry)
  time.showSpan(start, end)
}

const keys: Readonly<Record<string, () => void>> = {
  '/': () => search.focus(),
  '+': () => time.zoomIn(),
  '=': () => time.zoomIn(),
  '-': () => time.zoomOut(),
  '0': () => time.showAll(),
  f: () => {
    if (view.active !== undefined) zoomTo(view.active)
  },
  n: () => search.step(1),
  N: () => search.step(-1),
  '?': () => help.showModal(),
}

const shiftKeys: Readonly<Record<string, () => void>> = { ArrowLeft: () => time.earlier(), ArrowRight: () => time.later() }

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return
  if (event.key === 'Escape') closeDetail()
  // In a field the rest is for the text.
  if (event.target instanceof HTMLInputElement && event.target.type !== 'checkbox') return
  const act = event.shiftKey ? (shiftKeys[event.key] ?? singleKey(event.key)) : singleKey(event.key)
  if (act === undefined) return
  event.preventDefault()
  act()
}

function singleKey(key: string): (() => void) | undefined {
  return shortcuts.areOn() ? keys[key] : undefined
}

/** Paper has no scroll bar: it gets all rows, as wide as it is. */
function print(isPrinting: boolean): void {
  document.documentElement.classList.toggle('printing', isPrinting)
  view.showWhole(isPrinting)
  layout()
}

function onPress(id: string, action: () => void): void {
  byId(id).addEventListener('click', action)
}

function setUp(): void {
  const started = new Date(tree.startedAt)
  if (!Number.isNaN(started.valueOf())) {
    const text = started.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
    byId('started').append('Started ', html('time', { datetime: started.toISOString() }, text))
  }
  byId('totals').append(...summaryOf(tree, (query) => search.search(query)))
  const { losses } = tree.totals
  byId('losses').hidden = losses.length === 0
  byId('losses-title').textContent = `Not all could be read: ${losses.length}`
  byId('losses-list').append(...losses.map((loss) => html('li', {}, foreignText(loss))))
  // A tree without items is none.
  scroller.hidden = roots.length === 0
  byId('nothing').hidden = roots.length > 0
  setUpTheme()
  onPress('open-all', () => setOpen(all, true))
  onPress('close-all', () =>
    setOpen(
      all.filter(({ level }) => level > 1),
      false,
    ),
  )
  onPress('close-detail', closeDetail)
  onPress('show-help', () => help.showModal())
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault()
    view.focus()
  })
  document.addEventListener('keydown', onKey)
  addEventListener('beforeprint', () => print(true))
  addEventListener('afterprint', () => print(false))
  new ResizeObserver(eachFrame(layout)).observe(timeline)
  showRows()
  layout()
}

setUp()
