import type { StartEvent, TraceEvent } from '../../lib/trace/event.js'
import type { TracedProcess } from '../../lib/trace/process-tree.js'
import { buildTree } from '../../lib/trace/tree.js'
import t from '../tap.js'

// Times in these tables are milliseconds since an arbitrary moment; records carry microseconds.
const zero = 5_000_000
const at = (milliseconds: number) => zero + milliseconds * 1000

function start(id: string, milliseconds: number, more: Partial<StartEvent> = {}): TraceEvent {
  const pid = Number.parseInt(id, 10)
  return {
    type: 'start',
    version: 1,
    id,
    pid,
    ppid: 1,
    at: at(milliseconds),
    wall: 1_700_000_000_000 + milliseconds,
    boot: 20_000,
    argv: ['node', `${id}.js`],
    execArgv: [],
    execPath: '/usr/bin/node',
    node: '20.20.2',
    cwd: '/app',
    env: ['HOME', 'PATH'],
    ...more,
  }
}

const spawn = (id: string, milliseconds: number, args: string[], node = args[0] === 'node'): TraceEvent => ({
  type: 'spawn',
  id,
  at: at(milliseconds),
  file: args[0] as string,
  args,
  node,
})
const spawned = (id: string, milliseconds: number, pid?: number, error?: string): TraceEvent => ({
  type: 'spawned',
  id,
  at: at(milliseconds),
  ...(pid !== undefined && { pid }),
  ...(error !== undefined && { error }),
})
const exit = (id: string, milliseconds: number, code: number | null = 0, signal: string | null = null): TraceEvent => ({
  type: 'exit',
  id,
  at: at(milliseconds),
  code,
  signal,
})
const end = (id: string, milliseconds: number, code = 0): TraceEvent => ({
  type: 'end',
  id,
  at: at(milliseconds),
  code,
  user: 30_000,
  system: 5_000,
  memory: 40_000_000,
})

/** The shape of a tree in short: what each process is, when it ran, how it ended, and what is below it. */
type Shape = string | readonly [string, ...Shape[]]

function shape(process: TracedProcess): Shape {
  const { kind, pid, command, startedAs, start, end, exitCode, signal, error, escaped } = process
  const ended = error ?? signal ?? exitCode
  const text = `${kind} ${pid} ${startedAs === undefined ? '' : `${startedAs.join(' ')} → `}${command.join(' ')} ${start}-${end ?? '?'}${ended === undefined ? '' : ` ${ended}`}${escaped ? ' escaped' : ''}`
  return process.children.length === 0 ? text : [text, ...process.children.map(shape)]
}

const cases: readonly [name: string, events: readonly TraceEvent[], expected: readonly Shape[]][] = [
  ['nothing', [], []],
  ['one process', [start('1', 0), end('1', 100)], ['node 1 node 1.js 0-100 0']],
  ['one that was killed', [start('1', 0)], ['node 1 node 1.js 0-?']],
  [
    'a child: its parent says how it ended',
    [
      start('1', 0),
      spawn('1/1', 10, ['node', '2.js']),
      spawned('1/1', 11, 2),
      exit('1/1', 60, 3),
      end('1', 100),
      start('2', 12, { parent: '1/1' }),
      end('2', 55, 3),
    ],
    [['node 1 node 1.js 0-100 0', 'node 2 node 2.js 10-60 3']],
  ],
  [
    'a child killed by a signal has no end of its own',
    [
      start('1', 0),
      spawn('1/1', 10, ['node', '2.js']),
      spawned('1/1', 11, 2),
      exit('1/1', 60, null, 'SIGKILL'),
      end('1', 100),
      start('2', 12, { parent: '1/1' }),
    ],
    [['node 1 node 1.js 0-100 0', 'node 2 node 2.js 10-60 SIGKILL']],
  ],
  [
    'a detached child, whose end its parent did not see',
    [
      start('1', 0),
      spawn('1/1', 10, ['node', '2.js']),
      spawned('1/1', 11, 2),
      end('1', 20),
      start('2', 12, { parent: '1/1' }),
      end('2', 500),
    ],
    [['node 1 node 1.js 0-20 0', 'node 2 node 2.js 10-500 0']],
  ],
  [
    'a shell that became its last command',
    [
      start('1', 0),
      spawn('1/1', 10, ['sh', '-c', 'node 2.js']),
      spawned('1/1', 11, 2),
      exit('1/1', 60),
      end('1', 100),
      start('2', 15, { parent: '1/1' }),
      end('2', 59),
    ],
    [['node 1 node 1.js 0-100 0', 'node 2 sh -c node 2.js → node 2.js 10-60 0']],
  ],
  [
    'a shell with children',
    [
      start('1', 0),
      spawn('1/1', 10, ['sh', '-c', 'node 3.js && node 4.js']),
      spawned('1/1', 11, 2),
      exit('1/1', 90, 1),
      end('1', 100),
      start('3', 15, { parent: '1/1', between: [{ pid: 2, command: ['sh', '-c', 'node 3.js && node 4.js'] }] }),
      end('3', 40),
      start('4', 45, { parent: '1/1', between: [{ pid: 2, command: ['sh', '-c', 'node 3.js && node 4.js'] }] }),
      end('4', 80, 1),
    ],
    [
      [
        'node 1 node 1.js 0-100 0',
        ['program 2 sh -c node 3.js && node 4.js 10-90 1', 'node 3 node 3.js 15-40 0', 'node 4 node 4.js 45-80 1'],
      ],
    ],
  ],
  [
    'programs in between that only a grandchild knows',
    [
      start('1', 0),
      spawn('1/1', 10, ['make']),
      spawned('1/1', 11, 2),
      exit('1/1', 90),
      end('1', 100),
      start('5', 15, {
        parent: '1/1',
        between: [
          { pid: 2, command: ['make'] },
          { pid: 4, command: ['sh', '-c', 'node 5.js'] },
        ],
      }),
      end('5', 40),
      start('6', 45, {
        parent: '1/1',
        between: [
          { pid: 2, command: ['make'] },
          { pid: 4, command: ['sh', '-c', 'node 5.js'] },
        ],
      }),
      end('6', 80),
    ],
    [
      [
        'node 1 node 1.js 0-100 0',
        ['program 2 make 10-90 0', ['program 4 sh -c node 5.js 15-80', 'node 5 node 5.js 15-40 0', 'node 6 node 6.js 45-80 0']],
      ],
    ],
  ],
  [
    'a program in between that becomes another one, and a copy of the one above',
    [
      start('1', 0),
      spawn('1/1', 10, ['sh', '-c', '(node 3.js; make)']),
      spawned('1/1', 11, 2),
      exit('1/1', 90),
      end('1', 100),
      start('5', 45, { parent: '1/1', between: [{ pid: 4, command: ['nice', 'node', '5.js'] }] }),
      end('5', 70),
      start('3', 15, { parent: '1/1', between: [{ pid: 4, command: ['sh', '-c', '(node 3.js; make)'] }] }),
      end('3', 30),
      start('6', 71, { parent: '1/1', between: [{ pid: 4, command: ['make'] }] }),
      end('6', 80),
    ],
    [
      [
        'node 1 node 1.js 0-100 0',
        [
          'program 2 sh -c (node 3.js; make) 10-90 0',
          ['program 4 nice node 5.js → make 15-80', 'node 3 node 3.js 15-30 0', 'node 5 node 5.js 45-70 0', 'node 6 node 6.js 71-80 0'],
        ],
      ],
    ],
  ],
  [
    'a script that was started by its own name',
    [
      start('1', 0),
      spawn('1/1', 10, ['npm', 'test'], true),
      spawned('1/1', 11, 2),
      exit('1/1', 60),
      end('1', 100),
      start('2', 12, { parent: '1/1', argv: ['node', '/usr/bin/npm', 'test'] }),
    ],
    [['node 1 node 1.js 0-100 0', 'node 2 npm test → node /usr/bin/npm test 10-60 0']],
  ],
  [
    'processes that do not know what they came of: the one of that number that was there',
    [
      start('7-a', 0, { pid: 7 }),
      end('7-a', 10),
      start('7-b', 20, { pid: 7 }),
      start('8', 25, { ppid: 7 }),
      end('8', 28),
      spawn('7-b/1', 30, ['sh', 'x.sh']),
      spawned('7-b/1', 31, 9),
      start('10', 35, { ppid: 9 }),
      end('10', 39),
      exit('7-b/1', 40),
      start('11', 45, { ppid: 9 }),
      end('11', 48),
      end('7-b', 50),
      start('12', 60, { ppid: 7, parent: '99/1' }),
      end('12', 70),
    ],
    [
      'node 7 node 7-a.js 0-10 0',
      ['node 7 node 7-b.js 20-50 0', 'node 8 node 8.js 25-28 0', ['program 9 sh x.sh 30-40 0', 'node 10 node 10.js 35-39 0']],
      'node 11 node 11.js 45-48 0',
      'node 12 node 12.js 60-70 0',
    ],
  ],
  [
    'a program that is not Node',
    [start('1', 0), spawn('1/1', 10, ['git', 'status']), spawned('1/1', 11, 2), exit('1/1', 60, 128), end('1', 100)],
    [['node 1 node 1.js 0-100 0', 'program 2 git status 10-60 128']],
  ],
  [
    'one that could not be started',
    [start('1', 0), spawn('1/1', 10, ['nope']), spawned('1/1', 11, undefined, 'ENOENT'), end('1', 100)],
    [['node 1 node 1.js 0-100 0', 'program undefined nope 10-11 ENOENT']],
  ],
  [
    'a Node process that left no record has escaped',
    [start('1', 0), spawn('1/1', 10, ['node', '2.js']), spawned('1/1', 11, 2), exit('1/1', 60), end('1', 100)],
    [['node 1 node 1.js 0-100 0', 'node 2 node 2.js 10-60 0 escaped']],
  ],
  [
    'one that was killed before it could write, or only says its version, or has wrong flags, or still runs, has not',
    [
      start('1', 0),
      spawn('1/1', 10, ['node', '2.js']),
      spawned('1/1', 11, 2),
      exit('1/1', 12, null, 'SIGTERM'),
      spawn('1/2', 20, ['node', '--version']),
      spawned('1/2', 21, 3),
      exit('1/2', 30),
      spawn('1/4', 32, ['node', '--no-such-flag']),
      spawned('1/4', 33, 5),
      exit('1/4', 35, 9),
      spawn('1/3', 40, ['node', '4.js']),
      spawned('1/3', 41, 4),
      end('1', 100),
    ],
    [
      [
        'node 1 node 1.js 0-100 0',
        'node 2 node 2.js 10-12 SIGTERM',
        'node 3 node --version 20-30 0',
        'node 5 node --no-such-flag 32-35 9',
        'node 4 node 4.js 40-?',
      ],
    ],
  ],
  [
    'a Worker, and what it starts',
    [
      start('1', 0),
      start('1-w1', 10, { pid: 1, thread: 1, parent: '1', argv: ['node', 'x'], script: 'worker.js' }),
      spawn('1-w1/1', 20, ['node', '2.js']),
      spawned('1-w1/1', 21, 2),
      exit('1-w1/1', 60),
      end('1-w1', 70),
      end('1', 100),
      start('2', 22, { parent: '1-w1/1' }),
    ],
    [['node 1 node 1.js 0-100 0', ['worker 1 worker.js x 10-70 0', 'node 2 node 2.js 20-60 0']]],
  ],
  [
    'Workers that their process has ended',
    [
      start('1', 0),
      start('1-w1', 10, { pid: 1, thread: 1, parent: '1', argv: ['node', 'x'], script: 'worker.js' }),
      start('1-w2', 20, { pid: 1, thread: 2, parent: '1-w1', argv: ['node'] }),
      end('1', 100),
    ],
    [['node 1 node 1.js 0-100 0', ['worker 1 worker.js x 10-100', 'worker 1  20-100']]],
  ],
  [
    'a process that became another by execve',
    [
      start('1', 0),
      { type: 'replace', id: '1/1', at: at(30), file: '/usr/bin/node', args: ['node', 'b.js'], node: true },
      start('1x', 31, { pid: 1, parent: '1/1', argv: ['node', 'b.js'] }),
      end('1x', 90),
    ],
    [['node 1 node 1.js 0-30', 'node 1 node b.js 30-90 0']],
  ],
  ['the record of the parent is gone', [start('2', 0, { parent: '1/1' }), end('2', 50)], ['node 2 node 2.js 0-50 0']],
  [
    'the spawn is torn off, but its process is known',
    [start('1', 0), start('2', 12, { parent: '1/7' }), end('2', 50)],
    [['node 1 node 1.js 0-?', 'node 2 node 2.js 12-50 0']],
  ],
  [
    'records that go round in a circle',
    [start('1', 0, { parent: '2/1' }), spawn('1/1', 1, ['node']), start('2', 10, { parent: '1/1' }), spawn('2/1', 11, ['node'])],
    [['node 1 node 1.js 0-?', ['node 2 node 2.js 1-?', 'node undefined node 11-?']]],
  ],
  [
    'a container with a clock of its own: the wall clock says when',
    [
      start('1', 0),
      spawn('1/1', 10, ['docker', 'run']),
      spawned('1/1', 11, 2),
      exit('1/1', 900),
      end('1', 1000),
      { ...(start('3', 0, { parent: '1/1', wall: 1_700_000_000_300 }) as StartEvent), at: 77 },
      { ...end('3', 0), at: 77 + 200_000 },
    ],
    [['node 1 node 1.js 0-1000 0', ['program 2 docker run 10-900 0', 'node 3 node 3.js 300-500 0']]],
  ],
]

for (const [name, events, expected] of cases) {
  t.same(buildTree(events).roots.map(shape), expected, name)
  if (!name.includes('circle')) t.same(buildTree(inOtherOrder(events)).roots.map(shape), expected, `${name}, files in another order`)
}

/** The records of the processes one after the other, the last process's first. */
function inOtherOrder(events: readonly TraceEvent[]): TraceEvent[] {
  const ids = [...new Set(events.map(({ id }) => id.replace(/\/\d+$/, '')))].toReversed()
  return ids.flatMap((id) => events.filter((event) => event.id.replace(/\/\d+$/, '') === id))
}

t.test('Node begins in a process after the process', (t) => {
  const [, events] = cases.find(([name]) => name === 'a shell that became its last command') as (typeof cases)[number]
  t.match(buildTree(events).roots, [{ nodeStart: 0, boot: 20, children: [{ start: 10, nodeStart: 15, boot: 20 }] }])
  t.end()
})

t.test('what took longest, but for a Worker of Node itself', (t) => {
  const { roots } = buildTree([
    start('1', 0),
    start('1-w1', 1, { pid: 1, thread: 1, parent: '1' }),
    start('1-w2', 10, { pid: 1, thread: 2, parent: '1', script: 'x.js' }),
    end('1-w2', 20),
    end('1', 100),
  ])
  t.match(roots, [
    {
      slowest: true,
      children: [
        { command: [], wall: 99, slowest: false },
        { command: ['x.js'], wall: 10, slowest: true },
      ],
    },
  ])
  t.end()
})

t.test('totals', (t) => {
  const [, events] = cases.find(([name]) => name === 'a shell with children') as (typeof cases)[number]
  const { totals, startedAt, roots } = buildTree(events, { losses: ['a line'] })
  t.same(totals, {
    processes: 4,
    nodeProcesses: 3,
    workers: 0,
    depth: 3,
    wall: 100,
    cpu: 105,
    boot: 60,
    failed: 2,
    escaped: 0,
    unfinished: 0,
    losses: ['a line'],
  })
  t.equal(startedAt, new Date(1_700_000_000_000).toISOString())
  const slowest: string[] = []
  for (let process = roots[0]; process !== undefined; process = process.children.find((child) => child.slowest))
    slowest.push(process.command.join(' '))
  t.same(slowest, ['node 1.js', 'sh -c node 3.js && node 4.js', 'node 4.js'])
  t.end()
})

t.test('what differs in the environment', (t) => {
  const events = [
    start('1', 0, { env: ['HOME', 'PATH', 'GONE'] }),
    { ...spawn('1/1', 1, ['node', '2.js']), env: { added: ['A'], removed: [], changed: ['PATH'] } } as TraceEvent,
    spawned('1/1', 2, 2),
    start('2', 3, { parent: '1/1', env: ['HOME', 'PATH', 'A'] }),
    spawn('1/2', 5, ['sh', '-c', 'x']),
    start('3', 6, { parent: '1/2', env: { HOME: '/', PATH: '/bin', NEW: '1' } }),
  ]
  const [root] = buildTree(events).roots
  t.same(root?.environment, undefined)
  t.same(root?.children[0]?.environment, { added: ['A'], removed: [], changed: ['PATH'], values: undefined }, 'as the parent saw it')
  t.same(
    root?.children[1]?.children[0]?.environment,
    { added: ['NEW'], removed: ['GONE'], changed: [], values: { HOME: '/', PATH: '/bin', NEW: '1' } },
    'through a shell: by the names',
  )
  t.end()
})
