import type { ProcessTree, TracedProcess } from '../process-tree.js'
import { runsOf } from '../runs.js'

/** What can be a row: a process, or a long run of siblings that are alike, which holds them as its children. */
export interface Entry {
  /** Its place in the order of the tree. */
  readonly index: number
  /** 1 for a root. */
  readonly level: number
  readonly parent: Entry | undefined
  readonly children: readonly Entry[]
  /** The process; of a run, its first. */
  readonly process: TracedProcess
  readonly isRun: boolean
  /** When it ended; where nobody saw that, how long somebody was there who would have. */
  readonly until: number
}

/** From so many on, siblings that are alike are folded into a run. */
const longRun = 8

/** The tree's entries, in its order. */
export function entriesOf(tree: ProcessTree): { readonly roots: readonly Entry[]; readonly all: readonly Entry[] } {
  const all: Entry[] = []
  const add = (process: TracedProcess, parent: Entry | undefined, run?: readonly TracedProcess[]): Entry => {
    const children: Entry[] = []
    const { start, end, error } = process
    const isRun = run !== undefined
    const until = end ?? (error === undefined ? Math.max(start, parent?.until ?? tree.totals.wall) : start)
    const entry = { index: all.length, level: (parent?.level ?? 0) + 1, parent, children, process, isRun, until }
    all.push(entry)
    if (isRun) for (const member of run) children.push(add(member, entry))
    else addAll(process.children, entry, children)
    // It was there as long as it has started others.
    if (isRun || end === undefined) entry.until = children.reduce((latest, child) => Math.max(latest, child.until), entry.until)
    return entry
  }
  const addAll = (processes: readonly TracedProcess[], parent: Entry | undefined, to: Entry[]): Entry[] => {
    for (const run of runsOf(processes, { shortest: longRun, withFailures: false })) {
      const [first] = run
      if (first !== undefined) to.push(add(first, parent, run.length > 1 ? run : undefined))
    }
    return to
  }
  return { roots: addAll(tree.roots, undefined, []), all }
}

/** A line of the timeline. */
export interface Row {
  readonly entry: Entry
  readonly position: number
  /** How many stand beside it, itself included. */
  readonly size: number
}

/** The rows to show: what lies in open entries; with `kept`, only those of it, all open. */
export function rowsOf(roots: readonly Entry[], open: ReadonlySet<Entry>, kept?: ReadonlySet<Entry>): Row[] {
  const rows: Row[] = []
  const add = (entries: readonly Entry[]) => {
    const shown = kept === undefined ? entries : entries.filter((entry) => kept.has(entry))
    for (const [index, entry] of shown.entries()) {
      rows.push({ entry, position: index + 1, size: shown.length })
      if (kept !== undefined || open.has(entry)) add(entry.children)
    }
  }
  add(roots)
  return rows
}

/** An entry's ancestors, from its parent up. */
export function ancestorsOf({ parent }: Entry): Entry[] {
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent)]
}

/** The entries and all above them. */
export function withAncestors(entries: Iterable<Entry>): Set<Entry> {
  const kept = new Set<Entry>()
  for (const entry of entries) {
    for (let at: Entry | undefined = entry; at !== undefined && !kept.has(at); at = at.parent) kept.add(at)
  }
  return kept
}
