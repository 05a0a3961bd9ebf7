import { announce } from './announce.js'
import { byId } from './dom.js'
import { fitRange, panRange, type Range, shortestRange, zoomRange } from './range.js'
import { timeText } from './ticks.js'

/** What one press of a key or button zooms. */
const zoomStep = 1.6
/** What one press of a key moves, of what is in sight. */
const panStep = 0.2
/** A pointer that moves less has not been dragged. */
const dragThreshold = 4

/** Which part of the time is shown, and all that changes it but the axis: buttons, keys, the wheel, dragging the bars. */
export class TimeControl {
  readonly whole: number
  readonly #axis = byId('axis', SVGSVGElement)
  readonly #timeline = byId('timeline')
  readonly #tree = byId('tree')
  readonly #cursor = byId('cursor')
  readonly #changed: () => void
  #range: Range
  /** Of the bars, in pixels. */
  #width = 1
  /** Where the pointer was last, over the timeline. */
  #pointer: PointerEvent | undefined

  constructor(whole: number, changed: () => void) {
    this.whole = whole
    this.#range = { from: 0, to: whole }
    this.#changed = changed
    byId('zoom-in').addEventListener('click', () => this.zoomIn())
    byId('zoom-out').addEventListener('click', () => this.zoomOut())
    byId('zoom-all').addEventListener('click', () => this.showAll())
    this.#timeline.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false })
    this.#timeline.addEventListener('pointermove', (event) => this.#hover(event))
    this.#timeline.addEventListener('pointerleave', () => this.#hover(undefined))
    this.#listenToDrags()
  }

  get range(): Range {
    return this.#range
  }

  /** Takes the width that there is for bars, and shows which buttons do something now. */
  draw(width: number): void {
    this.#width = width
    const isAll = this.#range.to - this.#range.from >= this.whole
    byId('zoom-out', HTMLButtonElement).disabled = isAll
    byId('zoom-all', HTMLButtonElement).disabled = isAll
    // Another time is under a pointer that has not moved.
    this.#hover(this.#pointer)
  }

  show(range: Range): void {
    this.#range = fitRange(range, this.whole)
    const { from, to } = this.#range
    const step = (to - from) / 100
    announce(`${timeText(from, step)} to ${timeText(to, step)} shown`)
    this.#changed()
  }

  showAll(): void {
    this.show({ from: 0, to: this.whole })
  }

  /** Shows a span of time with a little around it. */
  showSpan(start: number, end: number): void {
    const around = Math.max(end - start, shortestRange) * 0.04
    this.show({ from: start - around, to: end + around })
  }

  zoomIn(): void {
    this.#zoom(zoomStep)
  }

  zoomOut(): void {
    this.#zoom(1 / zoomStep)
  }

  earlier(): void {
    this.#pan(-panStep)
  }

  later(): void {
    this.#pan(panStep)
  }

  #zoom(factor: number, center = (this.#range.from + this.#range.to) / 2): void {
    this.show(zoomRange(this.#range, factor, center, this.whole))
  }

  /** Moves by a share of what is in sight. */
  #pan(share: number, { from, to }: Range = this.#range): void {
    this.show(panRange({ from, to }, share * (to - from), this.whole))
  }

  #timeAt({ clientX }: MouseEvent): number {
    const share = (clientX - this.#axis.getBoundingClientRect().left) / this.#width
    return this.#range.from + share * (this.#range.to - this.#range.from)
  }

  #onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      // Wheels count in lines or in pixels.
      this.#zoom(Math.exp(-event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 0.06 : 0.003)), this.#timeAt(event))
      return
    }
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
    if (sideways === 0 || (!event.shiftKey && Math.abs(sideways) < Math.abs(event.deltaY))) return
    event.preventDefault()
    this.#pan(sideways / this.#width)
  }

  /** A line under the pointer, with the time it stands for. */
  #hover(event: PointerEvent | undefined): void {
    this.#pointer = event
    const { left, right } = this.#axis.getBoundingClientRect()
    const isOver = event?.pointerType === 'mouse' && event.clientX >= left && event.clientX <= left + this.#width
    this.#cursor.hidden = !isOver
    if (!isOver) return
    this.#cursor.style.transform = `translateX(${event.clientX - this.#timeline.getBoundingClientRect().left}px)`
    this.#cursor.classList.toggle('flipped', event.clientX > right - 90)
    byId('cursor-time').textContent = timeText(Math.max(0, this.#timeAt(event)), (this.#range.to - this.#range.from) / 1000)
  }

  #listenToDrags(): void {
    const tree = this.#tree
    let start: { readonly x: number; readonly range: Range } | undefined
    let hasMoved = false
    const finish = () => {
      start = undefined
    }
    tree.addEventListener('pointerdown', (event) => {
      hasMoved = false
      const onBars = event.clientX >= this.#axis.getBoundingClientRect().left
      if (event.button === 0 && event.pointerType === 'mouse' && onBars) start = { x: event.clientX, range: this.#range }
    })
    tree.addEventListener('pointermove', (event) => {
      if (start === undefined || (!hasMoved && Math.abs(event.clientX - start.x) < dragThreshold)) return
      if (!hasMoved) tree.setPointerCapture(event.pointerId)
      hasMoved = true
      this.#pan((start.x - event.clientX) / this.#width, start.range)
    })
    tree.addEventListener('pointerup', finish)
    tree.addEventListener('pointercancel', finish)
    // What was dragged was not clicked.
    const swallow = (event: MouseEvent) => {
      if (hasMoved) event.stopImmediatePropagation()
    }
    tree.addEventListener('click', swallow, { capture: true })
  }
}
