import type { TracedProcess } from './process-tree.js'

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

/**
 * Folds long runs of siblings that are alike: of the same kind and program, with the same number of arguments, nothing below them, and no failure.
 * What failed, and what is on the slowest path, keeps a line of its own.
 */
export function foldRuns(processes: readonly TracedProcess[]): Fold[] {
  const folds: Fold[] = []
  let run: TracedProcess[] = []
  const flush = () => {
    if (run.length >= longRun) folds.push(foldOf(run))
    else folds.push(...run.map((process) => foldOf([process])))
    run = []
  }
  for (const process of processes) {
    const [first] = run
    if (!canFold(process)) {
      flush()
      folds.push(foldOf([process]))
      continue
    }
    if (first !== undefined && !areAlike(first, process)) flush()
    run.push(process)
  }
  flush()
  return folds
}

function canFold({ children, failed, slowest, escaped }: TracedProcess): boolean {
  return children.length === 0 && !failed && !slowest && !escaped
}

function areAlike(a: TracedProcess, b: TracedProcess): boolean {
  const [first, second] = [a.command, b.command]
  if (a.kind !== b.kind || first.length !== second.length || first[0] !== second[0]) return false
  if ((a.startedAs === undefined) !== (b.startedAs === undefined)) return false
  // Of `node x.js 1` and `node y.js 1` the script says what they are.
  return first[1] === second[1] || first.length === 2
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
