import type { TracedProcess } from './process-tree.js'

/**
 * Parts siblings into runs that are alike, in their order: of the same kind and program, with the same number of arguments, and nothing below
 * them. A run that is shorter than `shortest` is parted into single ones. What failed, escaped, has not ended or is on the slowest path stands
 * for itself.
 */
export function runsOf(processes: readonly TracedProcess[], shortest: number): TracedProcess[][] {
  const runs: TracedProcess[][] = []
  let last: TracedProcess | undefined
  for (const process of processes) {
    if (last !== undefined && canFold(last) && canFold(process) && areAlike(last, process)) runs.at(-1)?.push(process)
    else runs.push([process])
    last = process
  }
  return runs.flatMap((run) => (run.length < shortest ? run.map((process) => [process]) : [run]))
}

function canFold({ children, failed, slowest, escaped, end }: TracedProcess): boolean {
  return children.length === 0 && !failed && !slowest && !escaped && end !== undefined
}

function areAlike(a: TracedProcess, b: TracedProcess): boolean {
  const [first, second] = [a.command, b.command]
  if (a.kind !== b.kind || a.replaced !== b.replaced || first.length !== second.length || first[0] !== second[0]) return false
  if ((a.startedAs === undefined) !== (b.startedAs === undefined)) return false
  // Of `node x.js 1` and `node y.js 1` the script says what they are.
  return first[1] === second[1] || first.length === 2
}
