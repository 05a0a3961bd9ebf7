import type { Range } from './range.js'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Steps that people count in, in milliseconds. */
const steps = [
  ...[-3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 6, 12, 24].map((count) => count * hour),
]

/** Where an axis has its marks, and what stands beside each. */
export interface Tick {
  readonly at: number
  readonly label: string
}

/** At most `most` ticks in a range, a round step apart. */
export function ticksOf({ from, to }: Range, most: number): Tick[] {
  const wanted = (to - from) / Math.max(1, most)
  const step = steps.find((each) => each >= wanted) ?? Math.ceil(wanted / (24 * hour)) * 24 * hour
  const ticks: Tick[] = []
  // Counted in steps: a sum of fractions would drift.
  for (let count = Math.ceil(from / step - 1e-9); count * step <= to + step * 1e-9; count++) {
    ticks.push({ at: count * step, label: timeText(count * step, step) })
  }
  return ticks
}

/** A point in time as exactly as `step` is, in the unit of the step. */
export function timeText(milliseconds: number, step: number): string {
  if (milliseconds === 0) return '0'
  if (step < 1 && milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`
  if (milliseconds < second) return `${milliseconds.toFixed(digitsOf(step))} ms`
  if (milliseconds < minute) return `${(milliseconds / second).toFixed(digitsOf(step / second))} s`
  const seconds = (milliseconds % minute) / second
  const digits = digitsOf(step / second)
  const tail = step < minute || seconds !== 0 ? ` ${seconds.toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0')} s` : ''
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} min${tail}`
  const minutes = Math.floor((milliseconds % hour) / minute)
  return `${Math.floor(milliseconds / hour)} h${step < hour || minutes !== 0 ? ` ${String(minutes).padStart(2, '0')} min` : ''}${step < minute ? tail : ''}`
}

/** How many decimals tell one step from the next. */
function digitsOf(step: number): number {
  return Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))
}
