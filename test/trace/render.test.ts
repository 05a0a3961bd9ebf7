import type { TraceEvent } from '../../lib/trace/event.js'
import { type ChromeTraceEvent, renderChromeTrace } from '../../lib/trace/render-chrome-trace.js'
import { renderTerminal } from '../../lib/trace/render-terminal.js'
import { buildTree } from '../../lib/trace/tree.js'
import t from '../tap.js'
import { largeTree, makeTree } from './make-tree.js'

/** Records of a made-up run: a test runner under npm, with a failure, alike children, a Worker, and an escape. */
function madeUpRun(): TraceEvent[] {
  const events: TraceEvent[] = []
  const at = (milliseconds: number) => 9_000_000 + milliseconds * 1000
  const start = (id: string, milliseconds: number, argv: string[], parent?: string, thread?: number, script?: string) =>
    events.push({
      type: 'start',
      version: 1,
      id,
      ...(parent !== undefined && { parent }),
      ...(thread !== undefined && { thread }),
      ...(script !== undefined && { script }),
      pid: Number.parseInt(id, 10),
      ppid: 1,
      at: at(milliseconds),
      wall: 1_700_000_000_000 + milliseconds,
      boot: 20_000,
      argv,
      execArgv: [],
      execPath: '/usr/bin/node',
      node: '20.20.2',
      cwd: '/app',
      env: ['HOME'],
    })
  const end = (id: string, milliseconds: number, code = 0) =>
    events.push({ type: 'end', id, at: at(milliseconds), code, user: 30_000, system: 2_000, memory: 45_000_000 })
  const spawn = (id: string, from: number, args: string[], pid: number | undefined, to: number, code = 0) => {
    events.push({ type: 'spawn', id, at: at(from), file: args[0] as string, args, node: args[0] === 'node' })
    if (pid === undefined) {
      events.push({ type: 'spawned', id, at: at(from), error: 'ENOENT' })
      return
    }
    events.push({ type: 'spawned', id, at: at(from), pid }, { type: 'exit', id, at: at(to), code, signal: null })
  }
  start('100', 0, ['node', '/usr/bin/npm', 'test'])
  spawn('100/1', 100, ['sh', '-c', 'node --test'], 101, 2000, 1)
  start('101', 105, ['node', '/app/run.js', `it's\n"so"`], '100/1')
  for (let index = 0; index < 6; index++) {
    const id = String(110 + index)
    spawn(`101/${index}`, 200 + index, ['node', `worker.js`, String(index)], 110 + index, 400)
    start(id, 202 + index, ['node', '/app/worker.js', String(index)], `101/${index}`)
    end(id, 390)
  }
  spawn('101/7', 500, ['node', 'lost.js'], 120, 600)
  spawn('101/8', 610, ['nope'], undefined, 0)
  start('101-w1', 710, ['node'], '101', 1, '/app/in-a-worker.js')
  events.push({ type: 'end', id: '101-w1', at: at(900), code: 0 })
  end('101', 1990, 1)
  end('100', 2100, 1)
  return events
}

const tree = buildTree(madeUpRun(), { losses: ['x.jsonl: a line is torn'] })

t.equal(
  renderTerminal(tree, { width: 80, color: false }),
  `                                                  wall      cpu   memory
▸✗ npm test                                     2.10 s    32 ms    45 MB  exit 1
└─ ▸✗ sh → node run.js 'it'\\''s\\n"so"'          1.90 s    32 ms    45 MB  exit 1
   ├─ ▸ node worker.js 0                        200 ms    32 ms    45 MB
   ├─ 5 × node worker.js …                    ≤ 199 ms  ≤ 32 ms  ≤ 45 MB
   ├─ node lost.js (left no record)             100 ms
   ├─ ✗ nope                                    0.0 ms                    ENOENT
   └─ Worker in-a-worker.js                     190 ms

10 processes (9 Node, 1 Worker) · 3 deep · 2.10 s wall · 256 ms cpu · 160 ms in Node's start-up
✗ 3 processes failed
1 Node process left no record: \`brood doctor -- command\` says where wrapping was lost
lost: x.jsonl: a line is torn
`,
)

t.test('a mock is marked', (t) => {
  const tree = makeTree([{ kind: 'program', command: ['tool', 'x'], start: 0, end: 1, replaced: true }])
  t.match(renderTerminal(tree, { width: 80, color: false }), / tool x \(mock\) /)
  t.match(renderChromeTrace(tree), '"replaced": true')
  t.end()
})

t.test('long runs fold, with what is below them, where they ended alike', (t) => {
  const child = (start: number, code: number, name: string) => ({
    command: ['sh', '-c', `node ${name}`],
    kind: 'program' as const,
    start,
    end: start + 5,
    exitCode: code,
    children: [{ command: ['node', `${name}.js`], start: start + 1, end: start + 4, exitCode: code }],
  })
  const children = [
    ...Array.from({ length: 5 }, (_, index) => child(index, 0, `good-${index}`)),
    ...[6, 7, 8, 9].map((at) => child(at, 2, `bad-${at}`)),
  ]
  const { roots } = makeTree([{ command: ['make'], kind: 'program', start: 0, end: 100, children: [...children, child(20, 3, 'other')] }])
  const lines =
    renderTerminal({ ...tree, roots }, { width: 100, color: false })
      .split('\n\n')[0]
      ?.split('\n') ?? []
  t.same(
    lines.slice(1).map((line) => line.replace(/ {2,}(?:≤ )?[\d.]+ m?s.*?( {2}exit \d)?$/, '$1')),
    [
      '▸ make',
      "├─ ▸ sh -c 'node good-0'",
      '│  └─ ▸ node good-0.js',
      "├─ 4 × sh -c 'node good-…'",
      '│  └─ 4 × node good-….js',
      "├─ ✗ 4 × sh -c 'node bad-…'  exit 2",
      '│  └─ ✗ 4 × node bad-….js  exit 2',
      "└─ ✗ sh -c 'node other'  exit 3",
      '   └─ ✗ node other.js  exit 3',
    ],
  )
  t.end()
})

t.test('a long tree is cut where it is deep', (t) => {
  const large = largeTree(2000)
  const whole = renderTerminal(large, { width: 100, color: false })
  t.notMatch(whole, /not shown/)
  t.equal(renderTerminal(large, { width: 100, color: false, lines: 10_000 }), whole)
  for (const lines of [1, 30, 300]) {
    const [rows = '', totals = ''] = renderTerminal(large, { width: 200, color: false, lines }).split('\n\n')
    const shown = rows.split('\n').slice(1)
    const slowest = whole.split('\n').filter((line) => line.includes('▸')).length
    t.ok(shown.length <= lines + slowest, `${shown.length} lines`)
    t.equal(shown.filter((line) => line.includes('▸')).length, slowest, 'what took longest is there')
    const below = shown.reduce((sum, line) => sum + Number(/\((\d+) below/.exec(line)?.[1] ?? 0), 0)
    t.match(totals, new RegExp(`\\n${below} are not shown`))
  }
  t.end()
})

t.test('it fits into every terminal', (t) => {
  for (const width of [20, 40, 60, 80, 120, 200]) {
    const lines = renderTerminal(tree, { width, color: false }).split('\n\n')[0]?.split('\n') ?? []
    t.ok(
      lines.every((line) => line.length <= width),
      `${width} columns`,
    )
  }
  const colored = renderTerminal(tree, { width: 80, color: true })
  t.equal(colored.replaceAll(/\x1b\[\d+m/g, ''), renderTerminal(tree, { width: 80, color: false }), 'colour changes nothing else')
  t.match(colored, /\x1b\[31m▸✗ npm/)
  t.end()
})

t.test('a trace for Chrome, Perfetto and speedscope', (t) => {
  const { traceEvents } = JSON.parse(renderChromeTrace(tree)) as { traceEvents: ChromeTraceEvent[] }
  const fields: Readonly<Record<string, readonly string[]>> = {
    M: ['ph', 'pid', 'tid', 'name', 'args'],
    X: ['ph', 'pid', 'tid', 'name', 'cat', 'ts', 'dur', 'args'],
    s: ['ph', 'pid', 'tid', 'name', 'cat', 'ts', 'id'],
    f: ['ph', 'pid', 'tid', 'name', 'cat', 'ts', 'id', 'bp'],
  }
  for (const event of traceEvents) {
    t.same(Object.keys(event).toSorted(), [...(fields[event.ph] ?? [])].toSorted(), `${event.ph} ${event.name}`)
    for (const [name, value] of Object.entries(event)) {
      if (['pid', 'tid', 'ts', 'dur', 'id'].includes(name))
        t.ok(Number.isSafeInteger(value) && (value as number) >= 0, `${name} of ${event.name}`)
    }
  }
  const spans = traceEvents.filter((event) => event.ph === 'X')
  t.equal(spans.filter(({ cat }) => cat !== 'boot').length, tree.totals.processes + tree.totals.workers)
  t.equal(new Set(traceEvents.filter(({ name }) => name === 'process_name').map(({ pid }) => pid)).size, tree.totals.processes)
  const from = traceEvents.filter((event) => event.ph === 's')
  const to = traceEvents.filter((event) => event.ph === 'f')
  t.equal(from.length, tree.totals.processes - 1, 'an arrow to each process but the root')
  for (const arrow of from) {
    const head = to.find(({ id }) => id === arrow.id)
    const isWithin = (event: { pid: number; ts: number }) =>
      spans.some(({ pid, ts, dur }) => pid === event.pid && ts <= event.ts && event.ts <= ts + dur)
    t.ok(isWithin(arrow) && head !== undefined && isWithin(head) && head.ts >= arrow.ts, `arrow ${arrow.id} goes from span to span`)
  }
  // Spans of one thread must nest.
  for (const { pid, tid, ts, dur } of spans) {
    const others = spans.filter((span) => span.pid === pid && span.tid === tid)
    t.ok(
      others.every(
        (span) =>
          span.ts + span.dur <= ts ||
          span.ts >= ts + dur ||
          (span.ts <= ts && span.ts + span.dur >= ts + dur) ||
          (span.ts >= ts && span.ts + span.dur <= ts + dur),
      ),
    )
  }
  t.end()
})
