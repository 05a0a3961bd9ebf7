import type { StartEvent } from './event.js'

/** When a process was being started, in its parent's time. */
interface Window {
  readonly owner: string
  readonly from: number
  readonly to: number | undefined
}

/** By so much, in microseconds, a child may seem to start before it was started: what a parent does after it has looked at the clock. */
const tolerance = 50_000

/**
 * Puts the times of all processes on one scale: milliseconds since the first of them started.
 *
 * On one machine they share a clock, and it is taken as it is: the wall clock may jump. A process that would have started outside the
 * time in which it was started (in a container with a clock of its own) is put in place by its wall clock instead.
 *
 * @param windowOf when a spawn was made, by its id
 */
export function makeClock(starts: Iterable<StartEvent>, windowOf: (spawnId: string) => Window | undefined) {
  const byId = new Map<string, StartEvent>()
  for (const start of starts) byId.set(start.id, start)
  const reference = [...byId.values()].find((start) => start.parent === undefined) ?? byId.values().next().value
  const wallAtZero = reference === undefined ? 0 : reference.wall * 1000 - reference.at
  const offsets = new Map<string, number>()

  const offsetOf = (id: string): number => {
    const known = offsets.get(id)
    if (known !== undefined) return known
    const start = byId.get(id)
    // Also where the records go round in a circle.
    offsets.set(id, 0)
    if (start?.parent === undefined) return 0
    const window = windowOf(start.parent)
    const above = window === undefined ? 0 : offsetOf(window.owner)
    const isInPlace =
      window === undefined || (start.at >= window.from - tolerance && (window.to === undefined || start.at <= window.to + tolerance))
    const offset = isInPlace ? above : start.wall * 1000 - wallAtZero - start.at
    offsets.set(id, offset)
    return offset
  }

  let first = Number.POSITIVE_INFINITY
  for (const start of byId.values()) first = Math.min(first, start.at + offsetOf(start.id))
  if (first === Number.POSITIVE_INFINITY) first = 0

  return {
    startedAt: new Date((first + wallAtZero) / 1000),
    /** The time of an event of a process, by the process's id. */
    time: (id: string, at: number): number => Math.max(0, (at + offsetOf(id) - first) / 1000),
  }
}
