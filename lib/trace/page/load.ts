import type { Entry } from './entries.js'

/** How many processes run in each of `count` equal parts of the time. */
export function loadOf(entries: readonly Entry[], whole: number, count: number): number[] {
  const changes = Array.from({ length: count + 1 }, () => 0)
  const partOf = (time: number) => Math.min(count - 1, Math.max(0, Math.floor((time / whole) * count)))
  for (const { isRun, process } of entries) {
    if (isRun || process.kind === 'worker' || process.error !== undefined) continue
    const [first, last] = [partOf(process.start), partOf(process.end ?? whole)]
    changes[first] = (changes[first] ?? 0) + 1
    changes[last + 1] = (changes[last + 1] ?? 0) - 1
  }
  let running = 0
  return changes.slice(0, count).map((change) => {
    running += change
    return running
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
