import { durationText } from '../text.js'
import { drawBar, type Scale } from './bar.js'
import { labelOf, shortenMiddle } from './command.js'
import { describeEntry, spanOf, tagOf } from './describe.js'
import { html, setAttributes, svg } from './dom.js'
import type { Entry, Row } from './entries.js'

/** How a row looks now, beside what it shows. */
interface RowState {
  readonly isOpen: boolean
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isMatch: boolean
  readonly isCurrentMatch: boolean
  readonly top: number
  /** Characters of the command that there is room for. */
  readonly room: number
  readonly scale: Scale
}

/** The elements of one row. */
export interface RowView {
  readonly element: HTMLElement
  readonly update: (row: Row, state: RowState) => void
}

/** Deeper levels are not indented further: the command needs the room. */
const deepestIndent = 16

export function makeRow(entry: Entry): RowView {
  const { process, isRun } = entry
  const label = labelOf(entry)
  const tag = tagOf(entry)
  const { start, end } = spanOf(entry)
  const wall = isRun ? end - start : process.wall
  const text = html('span', { class: 'command' })
  const bar = svg('svg', { class: 'bars' })
  const twisty = svg('svg', { class: 'twisty', viewBox: '0 0 10 10' }, svg('path', { d: 'M3 1.5 6.5 5 3 8.5' }))
  const cells = html(
    'div',
    { class: 'cells', 'aria-hidden': 'true' },
    html(
      'span',
      { class: 'label' },
      entry.children.length > 0 ? twisty : html('span', { class: 'twisty' }),
      svg('svg', { class: 'glyph', viewBox: '0 0 10 10' }, glyphOf(entry)),
      text,
      tag === '' ? undefined : html('span', { class: process.failed ? 'tag failed' : 'tag' }, process.failed ? `✕ ${tag}` : tag),
    ),
    html('span', { class: 'number wall' }, wall === undefined || process.error !== undefined ? '–' : durationText(wall)),
    html('span', { class: 'number cpu' }, isRun || process.cpu === undefined ? '' : durationText(process.cpu.user + process.cpu.system)),
    bar,
  )
  const indent = Math.min(entry.level - 1, deepestIndent)
  const element = html(
    'div',
    {
      id: `row-${entry.index}`,
      class: ['row', process.slowest && !isRun && 'on-slowest-path'].filter(Boolean).join(' '),
      role: 'treeitem',
      'aria-level': entry.level,
    },
    html('span', { class: 'visually-hidden' }, describeEntry(entry)),
    cells,
  )
  element.style.setProperty('--indent', String(indent))
  let shownRoom = -1
  let shownScale: Scale | undefined
  const update = ({ position, size }: Row, state: RowState) => {
    setAttributes(element, {
      'aria-posinset': position,
      'aria-setsize': size,
      'aria-expanded': entry.children.length > 0 ? String(state.isOpen) : undefined,
      'aria-selected': String(state.isSelected),
      tabindex: state.isActive ? 0 : -1,
    })
    element.classList.toggle('match', state.isMatch)
    element.classList.toggle('current', state.isCurrentMatch)
    element.style.top = `${state.top}px`
    const room = Math.max(4, state.room - indent * 2 - (tag === '' ? 0 : tag.length + 3))
    if (room !== shownRoom) text.textContent = shortenMiddle(label, room)
    shownRoom = room
    if (state.scale !== shownScale) bar.replaceChildren(...drawBar(entry, state.scale))
    shownScale = state.scale
  }
  return { element, update }
}

/** A small picture of what kind of process it is, as in the legend. */
function glyphOf({ process: { kind, escaped }, isRun }: Pick<Entry, 'process' | 'isRun'>): SVGElement {
  if (isRun) return svg('path', { class: `kind ${kind}`, d: 'M0 1h10v2H0zM0 4h10v2H0zM0 7h10v2H0z' })
  if (escaped) return svg('rect', { class: 'kind escaped', x: 1, y: 1, width: 8, height: 8 })
  if (kind === 'worker') return svg('circle', { class: 'kind worker', cx: 5, cy: 5, r: 3.5 })
  return svg('rect', { class: `kind ${kind}`, x: 1, y: 1, width: 8, height: 8, rx: 1.5 })
}
