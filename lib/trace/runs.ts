import type { TracedProcess } from './process-tree.js'
import { endText } from './text.js'

export interface RunOptions {
  /** Runs that are shorter are parted into single ones. */
  readonly shortest: number
  /** Are there runs of such as failed, too, all in the same way? */
  readonly withFailures: boolean
}

/**
 * Parts siblings into runs that are alike, in their order: of the same kind and program, with the same number of arguments, ended alike, and with
 * such as are alike below them. What escaped, has not ended or is on the slowest path stands for itself.
 */
export function runsOf(processes: readonly TracedProcess[], { shortest, withFailures }: RunOptions): TracedProcess[][] {
  const runs: TracedProcess[][] = []
  let last: TracedProcess | undefined
  for (const process of processes) {
    if (last !== undefined && canFold(last, withFailures) && areAlike(last, process)) runs.at(-1)?.push(process)
    else runs.push([process])
    last = process
  }
  return runs.flatMap((run) => (run.length < shortest ? run.map((process) => [process]) : [run]))
}

function canFold({ children, failed, slowest, escaped, end }: TracedProcess, withFailures: boolean): boolean {
  return (withFailures || !failed) && !slowest && !escaped && end !== undefined && children.every((child) => canFold(child, withFailures))
}

function areAlike(a: TracedProcess, b: TracedProcess): boolean {
  const [first, second] = [a.command, b.command]
  if (a.kind !== b.kind || a.replaced !== b.replaced || first.length !== second.length || first[0] !== second[0]) return false
  if ((a.startedAs === undefined) !== (b.startedAs === undefined)) return false
  if (a.slowest !== b.slowest || a.escaped !== b.escaped || endText(a) !== endText(b) || (b.end === undefined) !== (a.end === undefined))
    return false
  if (a.children.length !== b.children.length || !a.children.every((child, index) => areAlike(child, b.children[index] as TracedProcess)))
    return false
  // Of `node x.js 1` and `node y.js 1` the script says what they are.
  return first[1] === second[1] || first.length === 2
}
