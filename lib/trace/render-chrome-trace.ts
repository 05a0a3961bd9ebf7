import { labelOf } from './label.js'
import type { ProcessTree, TracedProcess } from './process-tree.js'
import { endText } from './text.js'

/**
 * One event of the Trace Event Format: `M` names a process or thread, `X` is a span, `s` and `f` are the ends of an arrow.
 *
 * @see "Trace Event Format", the document that Chrome's tracing, Perfetto and speedscope follow
 */
export type ChromeTraceEvent =
  | { ph: 'M'; pid: number; tid: number; name: 'process_name' | 'thread_name'; args: { name: string } }
  | { ph: 'M'; pid: number; tid: number; name: 'process_sort_index'; args: { sort_index: number } }
  | { ph: 'X'; pid: number; tid: number; name: string; cat: string; ts: number; dur: number; args: Record<string, unknown> }
  | { ph: 's'; pid: number; tid: number; name: string; cat: string; ts: number; id: number }
  | { ph: 'f'; pid: number; tid: number; name: string; cat: string; ts: number; id: number; bp: 'e' }

/**
 * The tree as Chrome Trace Event JSON: a track for each process, a span for its life and one for Node's start-up in it, and an arrow from parent to child.
 */
export function renderChromeTrace(tree: ProcessTree): string {
  const events: ChromeTraceEvent[] = []
  // The kernel may have used a pid twice, and programs that could not be started have none.
  const taken = new Set<number>()
  let made = 2 ** 22
  let arrows = 0
  let order = 0
  const lastEnd = tree.totals.wall

  const add = (
    process: TracedProcess,
    parent?: { readonly pid: number; readonly tid: number; readonly start: number; readonly end: number },
  ) => {
    const isWorker = process.kind === 'worker' && parent !== undefined
    let pid = isWorker ? parent.pid : (process.pid ?? ++made)
    if (!isWorker && taken.has(pid)) pid = ++made
    taken.add(pid)
    const tid = isWorker ? ++made : pid
    const name = labelOf(process)
    const start = microseconds(process.start)
    // What nobody saw end is there as long as one who would have.
    const end = Math.max(start, process.end === undefined ? (parent?.end ?? microseconds(lastEnd)) : microseconds(process.end))
    if (isWorker) {
      events.push({ ph: 'M', pid, tid, name: 'thread_name', args: { name } })
    } else {
      events.push({ ph: 'M', pid, tid, name: 'process_name', args: { name } })
      events.push({ ph: 'M', pid, tid, name: 'process_sort_index', args: { sort_index: order++ } })
    }
    events.push({ ph: 'X', pid, tid, name, cat: process.kind, ts: start, dur: end - start, args: argsOf(process) })
    if (process.boot !== undefined && process.nodeStart !== undefined) {
      const ts = Math.min(microseconds(process.nodeStart), end)
      events.push({
        ph: 'X',
        pid,
        tid,
        name: "Node's start-up",
        cat: 'boot',
        ts,
        dur: Math.min(microseconds(process.boot), end - ts),
        args: {},
      })
    }
    if (parent !== undefined && !isWorker) {
      const id = ++arrows
      const ts = Math.min(Math.max(start, parent.start), parent.end)
      events.push({ ph: 's', pid: parent.pid, tid: parent.tid, name: 'starts', cat: 'spawn', ts, id })
      events.push({ ph: 'f', pid, tid, name: 'starts', cat: 'spawn', ts: start, id, bp: 'e' })
    }
    for (const child of process.children) add(child, { pid, tid, start, end })
  }
  for (const root of tree.roots) add(root)

  const { startedAt, totals } = tree
  return `${JSON.stringify({ traceEvents: events, displayTimeUnit: 'ms', otherData: { startedAt, ...totals, losses: totals.losses.join('\n') } }, undefined, 1)}\n`
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000)
}

function argsOf(process: TracedProcess): Record<string, unknown> {
  const { command, startedAs, cwd, nodeVersion, exitCode, cpu, memory, escaped, replaced } = process
  return {
    command,
    startedAs,
    cwd,
    node: nodeVersion,
    exitCode,
    failed: process.failed ? endText(process) : undefined,
    'cpu user ms': cpu?.user,
    'cpu system ms': cpu?.system,
    memory,
    escaped: escaped || undefined,
    replaced: replaced || undefined,
  }
}
