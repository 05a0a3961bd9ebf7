import type { ProcessTree, Totals, TracedProcess } from './process-tree.js'

/** A process as far as its own records tell of it. */
export interface Draft extends Omit<Mutable<TracedProcess>, 'children' | 'wall' | 'failed' | 'slowest'> {
  children: Draft[]
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Works out what follows from the whole: durations, failures, the slowest path, the totals. */
export function finish(roots: readonly Draft[], { startedAt, losses }: { startedAt: Date; losses: readonly string[] }): ProcessTree {
  const first = roots.reduce((earliest, { start }) => Math.min(earliest, start), Number.POSITIVE_INFINITY)
  const finished = roots.map((root) => finishProcess(root, first)).toSorted(byStart)
  const marked = withSlowest(finished)
  return {
    format: 'brood-tree',
    version: 1,
    startedAt: dateText(new Date(startedAt.getTime() + (roots.length === 0 ? 0 : first))),
    roots: marked,
    totals: totalsOf(marked, losses),
  }
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}

const byStart = (a: { start: number }, b: { start: number }) => a.start - b.start

/** @param zero when the first root started, from where times are counted */
function finishProcess(draft: Draft, zero: number): TracedProcess {
  const { exitCode, signal, error } = draft
  const start = draft.start - zero
  const end = draft.end === undefined ? undefined : draft.end - zero
  return {
    ...draft,
    start,
    nodeStart: draft.nodeStart === undefined ? undefined : draft.nodeStart - zero,
    end,
    wall: end === undefined ? undefined : Math.max(0, end - start),
    failed: error !== undefined || signal !== undefined || (exitCode !== undefined && exitCode !== 0),
    slowest: false,
    children: draft.children.map((child) => finishProcess(child, zero)).toSorted(byStart),
  }
}

/** Marks, from the longest root down, the child that took longest. */
function withSlowest(processes: readonly TracedProcess[]): TracedProcess[] {
  const slowest = processes.reduce<TracedProcess | undefined>(
    (longest, process) => (!isOfNode(process) && (process.wall ?? 0) > (longest?.wall ?? 0) ? process : longest),
    undefined,
  )
  return processes.map((process) =>
    process === slowest ? { ...process, slowest: true, children: withSlowest(process.children) } : process,
  )
}

/** A Worker of Node's own is there as long as its process. */
function isOfNode({ kind, command }: TracedProcess): boolean {
  return kind === 'worker' && command.length === 0
}

function totalsOf(roots: readonly TracedProcess[], losses: readonly string[]): Totals {
  const totals = { processes: 0, nodeProcesses: 0, workers: 0, depth: 0, wall: 0, cpu: 0, boot: 0, failed: 0, escaped: 0, unfinished: 0 }
  const add = (process: TracedProcess, above: number) => {
    const depth = above + (process.kind === 'worker' ? 0 : 1)
    if (process.kind === 'worker') totals.workers++
    else totals.processes++
    if (process.kind === 'node') totals.nodeProcesses++
    totals.depth = Math.max(totals.depth, depth)
    totals.wall = Math.max(totals.wall, process.end ?? process.start)
    totals.cpu += (process.cpu?.user ?? 0) + (process.cpu?.system ?? 0)
    totals.boot += process.boot ?? 0
    if (process.failed) totals.failed++
    if (process.escaped) totals.escaped++
    if (process.end === undefined) totals.unfinished++
    for (const child of process.children) add(child, depth)
  }
  for (const root of roots) add(root, 0)
  return { ...totals, losses }
}
