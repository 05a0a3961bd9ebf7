import { labelOf, labelOfRun } from './label.js'
import type { TracedProcess } from './process-tree.js'
import { runsOf } from './runs.js'

/** A process, or a run of siblings that are alike, on one line. */
export interface Fold {
  /** The one, or the run's first. */
  readonly process: TracedProcess
  readonly count: number
  /** What it is called; where the run's differ, with `…` in these places. */
  readonly label: string
  /** The largest of each. */
  readonly wall: number | undefined
  readonly cpu: number | undefined
  readonly memory: number | undefined
  /** What is below it; below a run, what stands in the same place below each. */
  readonly children: readonly Fold[]
}

/** From so many on, siblings that are alike fold into one line. */
const shortest = 4

/** Folds long runs of siblings that are alike into one line each, and what is below them. */
export function foldRuns(processes: readonly TracedProcess[], parent?: TracedProcess): Fold[] {
  return runsOf(processes, { shortest, withFailures: true }).map((run) => foldOf(run, parent))
}

function foldOf(run: readonly TracedProcess[], parent: TracedProcess | undefined): Fold {
  const [process] = run as readonly [TracedProcess]
  const isSingle = run.length === 1
  return {
    process,
    count: run.length,
    label: isSingle ? labelOf(process, parent) : labelOfRun(run),
    wall: largest(run.map(({ wall }) => wall)),
    cpu: largest(run.map(({ cpu }) => (cpu === undefined ? undefined : cpu.user + cpu.system))),
    memory: largest(run.map(({ memory }) => memory)),
    children: isSingle
      ? foldRuns(process.children, process)
      : process.children.map((_, index) =>
          foldOf(
            run.map(({ children }) => children[index] as TracedProcess),
            undefined,
          ),
        ),
  }
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((most, value) => (value === undefined || (most !== undefined && most >= value) ? most : value), undefined)
}
