import type { Entry } from './entries.js'

/** How many processes run in each of `count` equal parts of the time: the most that did so at once. */
export function loadOf(entries: readonly Entry[], whole: number, count: number): number[] {
  const shown = entries.filter(({ isRun, process }) => !isRun && process.kind !== 'worker' && process.error === undefined)
  const starts = shown.map(({ process }) => process.start).toSorted((a, b) => a - b)
  const ends = shown.map(({ until }) => until).toSorted((a, b) => a - b)
  let [started, ended] = [0, 0]
  return Array.from({ length: count }, (_, part) => {
    const to = part === count - 1 ? Number.POSITIVE_INFINITY : ((part + 1) / count) * whole
    let most = started - ended
    for (let start = starts[started]; start !== undefined && start < to; start = starts[started]) {
      // One that ends just then makes room.
      while ((ends[ended] ?? to) <= start && ended < started) ended++
      most = Math.max(most, ++started - ended)
    }
    while ((ends[ended] ?? to) < to) ended++
    return most
  })
}

/** Spans of pixels, those that touch made one. */
export function mergeSpans(spans: readonly (readonly [from: number, to: number])[]): [number, number][] {
  const merged: [number, number][] = []
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}
