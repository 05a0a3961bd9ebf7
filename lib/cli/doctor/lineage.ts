import type { StartEvent } from '../../trace/event.js'
import type { Program } from './processes.js'
import type { SeenProgram, Sighting } from './watch.js'

/** A program on the way to a process. */
export interface Step {
  readonly pid: number
  readonly program: SeenProgram
  /** Was it a Node process that left a record? */
  readonly wrapped: boolean
}

/** So long before it was first seen, or after it was last seen, a process may say that it started, in milliseconds. */
const tolerance = 1000

/** What was seen, side by side with what was written down: who came of whom, and who left a record. */
export class Lineage {
  readonly #sightings: readonly Sighting[]
  readonly #starts: readonly StartEvent[]
  readonly #isNode: (program: Program) => boolean

  constructor(sightings: readonly Sighting[], starts: readonly StartEvent[], isNode: (program: Program) => boolean) {
    this.#sightings = sightings
    this.#starts = starts
    this.#isNode = isNode
  }

  /** The first program of a process that is Node. */
  nodeOf({ programs }: Sighting): SeenProgram | undefined {
    return programs.find(this.#isNode)
  }

  /** Pids are given again: the record must be of the time in which this process was seen. */
  hasRecord({ pid, firstSeen, lastSeen }: Sighting): boolean {
    return this.#starts.some((start) => start.pid === pid && start.wall >= firstSeen - tolerance && start.wall <= lastSeen + tolerance)
  }

  /** The programs that led to one of a process: what that had run before, and what it came of, the outermost first. */
  wayTo(sighting: Sighting, program: SeenProgram): Step[] {
    return this.#until(sighting, program.firstSeen).filter((step) => step.program !== program)
  }

  #until(sighting: Sighting, moment: number): Step[] {
    const parent = this.#parentOf(sighting)
    const isRecorded = this.hasRecord(sighting)
    const own = sighting.programs
      .filter(({ firstSeen }) => firstSeen <= moment)
      .map((program) => ({ pid: sighting.pid, program, wrapped: isRecorded && this.#isNode(program) }))
    return parent === undefined ? own : [...this.#until(parent, sighting.firstSeen), ...own]
  }

  #parentOf(sighting: Sighting): Sighting | undefined {
    const { ppid, firstSeen } = sighting
    return this.#sightings.findLast(
      (other) => other !== sighting && other.pid === ppid && other.firstSeen <= firstSeen && other.lastSeen >= firstSeen - tolerance,
    )
  }
}
