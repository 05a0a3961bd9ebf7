import type { TracedProcess } from './process-tree.js'
import { runsOf } from './runs.js'

/** A process, or a run of siblings that are alike, on one line. */
export interface Fold {
  /** The one, or the run's first. */
  readonly process: TracedProcess
  readonly count: number
  /** The command; where the run's differ in some arguments, with `…` in their places. */
  readonly command: readonly string[]
  /** The largest of each. */
  readonly wall: number | undefined
  readonly cpu: number | undefined
  readonly memory: number | undefined
  readonly failed: number
}

/** From so many on, siblings that are alike fold into one line. */
const longRun = 4

/** Folds long runs of siblings that are alike into one line each. */
export function foldRuns(processes: readonly TracedProcess[]): Fold[] {
  return runsOf(processes, longRun).map(foldOf)
}

function foldOf(run: readonly TracedProcess[]): Fold {
  const [process] = run as readonly [TracedProcess]
  const command = process.command.map((argument, index) => (run.every((other) => other.command[index] === argument) ? argument : '…'))
  return {
    process,
    count: run.length,
    command,
    wall: largest(run.map(({ wall }) => wall)),
    cpu: largest(run.map(({ cpu }) => (cpu === undefined ? undefined : cpu.user + cpu.system))),
    memory: largest(run.map(({ memory }) => memory)),
    failed: run.filter(({ failed }) => failed).length,
  }
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((most, value) => (value === undefined || (most !== undefined && most >= value) ? most : value), undefined)
}
