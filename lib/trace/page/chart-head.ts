import { pixelOf, type Scale } from './bar.js'
import { setAttributes, svg } from './dom.js'
import type { Entry } from './entries.js'
import { loadOf } from './load.js'
import type { Range } from './range.js'
import { ticksOf } from './ticks.js'

const overviewHeight = 40
/** Pixels from one tick to the next, at least. */
const tickDistance = 84
/** A pointer that moves less has not been dragged. */
const dragThreshold = 4

/** What it draws in. */
export interface Charts {
  /** Says how many processes ran at once. */
  readonly most: HTMLElement
  readonly overview: SVGSVGElement
  readonly axis: SVGSVGElement
  /** Behind the rows. */
  readonly grid: SVGSVGElement
}

/** The axis of time and, over it, how many processes ran at each time: dragging on either chooses what is shown. */
export class ChartHead {
  readonly #overview: SVGSVGElement
  readonly #axis: SVGSVGElement
  readonly #grid: SVGSVGElement
  readonly #most: HTMLElement
  readonly #window = svg('path', { class: 'outside' })
  readonly #dragged = [svg('rect', { class: 'dragged' }), svg('rect', { class: 'dragged' })] as const
  readonly #entries: readonly Entry[]
  #scale: Scale | undefined
  #drawnWidth = 0

  constructor(charts: Charts, entries: readonly Entry[], setRange: (range: Range) => void) {
    const { overview, axis, grid, most } = charts
    this.#overview = overview
    this.#axis = axis
    this.#grid = grid
    this.#most = most
    this.#entries = entries
    const wholeRange = () => ({ from: 0, to: this.#scale?.whole ?? 1 })
    this.#listen(overview, this.#dragged[0], wholeRange, setRange)
    this.#listen(axis, this.#dragged[1], () => this.#scale ?? wholeRange(), setRange)
  }

  draw(scale: Scale): void {
    this.#scale = scale
    if (this.#drawnWidth !== scale.width) this.#drawLoad(scale)
    this.#drawnWidth = scale.width
    const [left, right] = [pixelOf(scale.from, overall(scale)), pixelOf(scale.to, overall(scale))]
    this.#window.setAttribute('d', `M0 0H${left}V${overviewHeight}H0ZM${right} 0H${scale.width}V${overviewHeight}H${right}Z`)
    const ticks = ticksOf(scale, scale.width / tickDistance).map(({ at, label }) => ({ x: Math.round(pixelOf(at, scale)), label }))
    const marks = ticks.map(({ x, label }) => {
      const isLast = x > scale.width - 40
      return svg(
        'g',
        {},
        svg('path', { class: 'tick', d: `M${x + 0.5} 16v8` }),
        svg('text', { x: isLast ? scale.width : x, y: 12, 'text-anchor': isLast ? 'end' : x < 10 ? 'start' : 'middle' }, label),
      )
    })
    this.#axis.replaceChildren(...marks, this.#dragged[1])
    this.#grid.replaceChildren(svg('path', { d: ticks.map(({ x }) => `M${x + 0.5} 0V9999`).join('') }))
  }

  #drawLoad(scale: Scale): void {
    const { whole, width } = scale
    const count = Math.max(1, Math.floor(width / 2))
    const load = loadOf(this.#entries, whole, count)
    const most = load.reduce((a, b) => Math.max(a, b), 1)
    const height = (running: number) => Math.round((overviewHeight - 4) * (running / most) * 10) / 10
    const steps = load.map(
      (running, index) => `L${(index / count) * width} ${overviewHeight - height(running)}H${((index + 1) / count) * width}`,
    )
    const failed = this.#entries.filter(({ isRun, process }) => !isRun && process.failed)
    const failures = failed.map(({ process }) => `M${pixelOf(process.end ?? process.start, overall(scale))} 0v5`)
    this.#overview.replaceChildren(
      svg('path', { class: 'load', d: `M0 ${overviewHeight}${steps.join('')}V${overviewHeight}Z` }),
      svg('path', { class: 'failures', d: failures.join('') }),
      this.#window,
      this.#dragged[0],
    )
    this.#most.textContent = `at most ${most} at once`
    this.#overview.setAttribute('aria-label', `Processes running over time, at most ${most} at once`)
  }

  #listen(element: SVGSVGElement, dragged: SVGRectElement, rangeOf: () => Range, setRange: (range: Range) => void): void {
    const timeAt = ({ clientX }: PointerEvent) => {
      const { from, to } = rangeOf()
      const share = (clientX - element.getBoundingClientRect().left) / (this.#scale?.width ?? 1)
      return from + Math.min(1, Math.max(0, share)) * (to - from)
    }
    let start: PointerEvent | undefined
    const finish = (event: PointerEvent) => {
      dragged.removeAttribute('width')
      const from = start
      start = undefined
      if (from === undefined || event.type === 'pointercancel' || this.#scale === undefined) return
      const [a, b] = [timeAt(from), timeAt(event)]
      if (Math.abs(event.clientX - from.clientX) >= dragThreshold) setRange({ from: Math.min(a, b), to: Math.max(a, b) })
      else if (element === this.#overview) {
        const half = (this.#scale.to - this.#scale.from) / 2
        setRange({ from: b - half, to: b + half })
      }
    }
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return
      event.preventDefault()
      element.setPointerCapture(event.pointerId)
      start = event
    })
    element.addEventListener('pointermove', (event) => {
      if (start === undefined) return
      const { left, height } = element.getBoundingClientRect()
      const [a, b] = [start.clientX - left, event.clientX - left]
      setAttributes(dragged, { x: Math.min(a, b), y: 0, width: Math.abs(b - a), height })
    })
    element.addEventListener('pointerup', finish)
    element.addEventListener('pointercancel', finish)
    element.addEventListener('dblclick', () => setRange({ from: 0, to: this.#scale?.whole ?? 1 }))
  }
}

const overall = ({ width, whole }: Scale): Scale => ({ from: 0, to: whole, width, whole })
