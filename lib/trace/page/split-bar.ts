import { setAttributes } from './dom.js'

const narrowest = 160
/** What the bars need, at least. */
const barsNeed = 160
const keyStep = 24
/** Of the window, until a person sets it otherwise. */
const usualShare = 0.42
const usuallyWidest = 620

/** The line between commands and bars, which can be moved. */
export class SplitBar {
  readonly #element: HTMLElement
  readonly #timeline: HTMLElement
  readonly #changed: () => void
  /** As a person has set it. */
  #wanted: number | undefined
  #width = 0

  constructor(element: HTMLElement, timeline: HTMLElement, changed: () => void) {
    this.#element = element
    this.#timeline = timeline
    this.#changed = changed
    element.addEventListener('pointerdown', (event) => {
      event.preventDefault()
      element.setPointerCapture(event.pointerId)
    })
    element.addEventListener('pointermove', (event) => {
      if (element.hasPointerCapture(event.pointerId)) this.#move(event.clientX - timeline.getBoundingClientRect().left)
    })
    element.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -keyStep, ArrowRight: keyStep }[event.key]
      if (by === undefined || event.shiftKey) return
      event.preventDefault()
      this.#move(this.#width + by)
    })
  }

  /** Keeps it within the window. */
  fit(): void {
    const most = Math.max(narrowest, this.#timeline.clientWidth - barsNeed)
    const usual = Math.min(usuallyWidest, this.#timeline.clientWidth * usualShare)
    this.#width = Math.round(Math.max(narrowest, Math.min(this.#wanted ?? usual, most)))
    this.#timeline.style.setProperty('--label', `${this.#width}px`)
    setAttributes(this.#element, { 'aria-valuenow': this.#width, 'aria-valuemin': narrowest, 'aria-valuemax': Math.round(most) })
  }

  #move(width: number): void {
    this.#wanted = width
    this.#changed()
  }
}
