import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Context, createContext } from 'brood'
import { TraceFollower } from '../../lib/trace/follow.js'
import type { ProcessTree, TracedProcess } from '../../lib/trace/process-tree.js'
import { readTrace } from '../../lib/trace/read.js'
import { buildTree } from '../../lib/trace/tree.js'
import { atOnce, fixture, observe, permissionFlag, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const scratch = temporaryDirectory(t)
const node = process.execPath
let count = 0

/** Runs something under a context that is recorded, and reads the tree below this process. */
async function record(start: () => Promise<unknown>, options: { raw?: boolean; envValues?: boolean } = {}): Promise<ProcessTree> {
  const directory = join(scratch, `trace-${count++}`)
  const context = createContext({ trace: { directory, ...options }, shimRoot: scratch })
  const undo = context.patch()
  try {
    await start()
  } finally {
    undo()
    context.dispose()
  }
  return treeOf(directory)
}

function treeOf(directory: string): ProcessTree {
  const { events, losses } = readTrace(directory)
  return buildTree(events, { losses, without: process.pid })
}

/** Only that which is the same in every run. */
type Shape = readonly [command: string, ended: string, ...Shape[]]

function shapeOf({ kind, command, exitCode, signal, error, escaped, end, children }: TracedProcess): Shape {
  // A Worker shows the flags of its process.
  const words = kind === 'worker' ? command.slice(0, 1) : command
  const name = words.map((word) => word.replace(/^\/.*\//, '')).join(' ')
  const ended = error ?? signal ?? (end === undefined ? 'not seen' : String(exitCode))
  return [`${kind}: ${name}`, escaped ? `${ended} escaped` : ended, ...children.map(shapeOf)]
}

const quietly = { stdio: 'ignore' as const }
async function ended(file: string, args: readonly string[] = [], options: object = quietly): Promise<void> {
  await observe(file, args, options).catch(() => {})
}

const cases: readonly [name: string, start: () => Promise<unknown>, expected: readonly Shape[]][] = [
  ['a child', () => ended(node, ['-e', '0']), [['node: node -e 0', '0']]],
  ['an exit code', () => ended(node, ['-e', 'process.exit(3)']), [['node: node -e process.exit(3)', '3']]],
  ['an exit code that is set', () => ended(node, ['-e', 'process.exitCode = 4']), [['node: node -e process.exitCode = 4', '4']]],
  [
    'process.exit() in a listener',
    () => ended(node, ['-e', 'process.on("exit", () => process.exit(5))']),
    [['node: node -e process.on("exit", () => process.exit(5))', '5']],
  ],
  ['an uncaught error', () => ended(node, ['-e', 'throw 1']), [['node: node -e throw 1', '1']]],
  [
    'a signal',
    () => ended(node, ['-e', 'process.kill(process.pid, "SIGKILL")']),
    [['node: node -e process.kill(process.pid, "SIGKILL")', 'SIGKILL']],
  ],
  ['a program that is not there', () => ended('there-is-no-such-program'), [['program: there-is-no-such-program', 'ENOENT']]],
  ['another program', () => ended('sh', ['-c', ':']), [['program: sh -c :', '0']]],
  ['a shell that becomes node', () => ended('sh', ['-c', `exec node -e 0`]), [['node: node -e 0', '0']]],
  [
    'a shell with two children, one of which fails',
    () => ended('sh', ['-c', 'node -e 0; node -e "process.exit(1)" || true']),
    [
      [
        'program: sh -c node -e 0; node -e "process.exit(1)" || true',
        '0',
        ['node: node -e 0', '0'],
        ['node: node -e process.exit(1)', '1'],
      ],
    ],
  ],
  [
    'shells within shells',
    () => ended('sh', ['-c', `sh -c 'node -e 0; :'; :`]),
    [["program: sh -c sh -c 'node -e 0; :'; :", '0', ['program: sh -c node -e 0; :', 'undefined', ['node: node -e 0', '0']]]],
  ],
  [
    'spawnSync, and what it starts',
    async () => spawnSync(node, ['-e', `require('child_process').execFileSync('node', ['-e', '0'])`]),
    [[`node: node -e require('child_process').execFileSync('node', ['-e', '0'])`, '0', ['node: node -e 0', '0']]],
  ],
  [
    'a cleared environment',
    () => ended(node, ['-e', `require('child_process').spawn(process.execPath, ['-e', '0'], { env: {} })`]),
    [[`node: node -e require('child_process').spawn(process.execPath, ['-e', '0'], { env: {} })`, '0', ['node: node -e 0', '0']]],
  ],
  ['node that says its version', () => ended(node, ['--version']), [['node: node --version', '0']]],
  ['a node that is left alone', () => ended(node, [permissionFlag, '-e', '0']), [[`node: node ${permissionFlag} -e 0`, '0 escaped']]],
  [
    'a Worker, and what it starts',
    () =>
      ended(node, [
        '-e',
        `new (require('worker_threads').Worker)("require('child_process').execFileSync('node', ['-e', '0'])", { eval: true })`,
      ]),
    [
      [
        `node: node -e new (require('worker_threads').Worker)("require('child_process').execFileSync('node', ['-e', '0'])", { eval: true })`,
        '0',
        ['worker: [worker eval]', '0', ['node: node -e 0', '0']],
      ],
    ],
  ],
]

t.test('a mock is recorded as the program that was asked for', async (t) => {
  const directory = join(scratch, `trace-${count++}`)
  const context = createContext({ trace: directory, shimRoot: scratch, replace: { tool: fixture('programs/mock.cjs') } })
  const undo = context.patch()
  const starts = [
    ended('tool', ['exit', '3']),
    ended(node, ['-e', 'child_process.spawnSync("/no/such/tool", ["start", "node", "-e", "0"])']),
  ]
  undo()
  await Promise.all(starts)
  context.dispose()
  const { roots, totals } = treeOf(directory)
  t.same(
    new Set(roots.map(shapeOf)),
    new Set<Shape>([
      ['node: node -e child_process.spawnSync("/no/such/tool", ["start", "node", "-e", "0"])', '0', ['program: tool start node -e 0', '0']],
      ['program: tool exit 3', '3'],
    ]),
  )
  t.equal(roots.find(({ kind }) => kind === 'program')?.replaced, true)
  t.equal(totals.escaped, 0, 'it is not missed')
})

t.test('who started what, and how it ended', async (t) => {
  for (const [name, start, expected] of cases) {
    const { roots, totals } = await record(start)
    t.same(roots.map(shapeOf), expected, name)
    t.same(totals.losses, [], `${name}: nothing is lost`)
  }
})

t.test('what is known of a Node process', async (t) => {
  const { roots, startedAt } = await record(() =>
    ended(node, ['--no-warnings', fixture('programs/argv.cjs'), 'a b'], { env: { PATH: process.env.PATH, NEW: '1' } }),
  )
  const [child] = roots
  t.match(child, {
    kind: 'node',
    command: [node, '--no-warnings', fixture('programs/argv.cjs'), 'a b'],
    execPath: node,
    nodeVersion: process.versions.node,
    execArgv: ['--no-warnings'],
    cwd: process.cwd(),
    exitCode: 0,
    failed: false,
  })
  t.ok(child !== undefined && child.wall !== undefined && child.boot !== undefined && child.boot > 0 && child.boot < child.wall)
  t.ok(child?.cpu !== undefined && child.cpu.user > 0)
  t.ok(child?.memory !== undefined && child.memory > 20e6 && child.memory < 1e9, `${child?.memory} bytes`)
  t.ok(Math.abs(Date.now() - Date.parse(startedAt)) < 60_000, startedAt)
  t.ok(child?.environment?.added.includes('NEW'))
  t.equal(child?.environment?.values, undefined, 'values are not recorded')
})

t.test('secrets and values are kept only where that is asked for', async (t) => {
  const start = () =>
    ended(node, ['-e', '0', '--', '--token=abcdef'], { env: { PATH: process.env.PATH, PASSWORD: 'hidden' }, stdio: 'ignore' })
  for (const options of [{}, { raw: true }, { envValues: true }]) {
    const { roots } = await record(start, options)
    const text = JSON.stringify(roots)
    t.equal(text.includes('abcdef'), options.raw === true, JSON.stringify(options))
    t.equal(text.includes('hidden'), options.envValues === true, JSON.stringify(options))
    t.equal(text.includes('PASSWORD'), true)
  }
  for (const name of readdirSync(scratch).filter((entry) => entry.startsWith('trace-'))) {
    const directory = join(scratch, name)
    t.equal(statSync(directory).mode & 0o777, 0o700, 'only this user reads it')
    for (const file of readdirSync(directory)) t.equal(statSync(join(directory, file)).mode & 0o777, 0o600)
  }
})

t.test('the record of a process says nothing of brood, and changes nothing in it', async (t) => {
  const program = fixture('programs/listeners.cjs')
  const bare = await observe(node, [program])
  let recorded: unknown
  const { roots } = await record(async () => {
    recorded = await observe(node, [program])
  })
  t.same(recorded, bare)
  t.notMatch(JSON.stringify(roots), /BROOD_CONTEXT|node-spawn-wrap/)
})

t.test('a trace does not tell of what its context has left out', async (t) => {
  const directories = ['all', 'some'].map((name) => join(scratch, name))
  const [all, some] = directories.map((directory) => createContext({ trace: directory, shimRoot: scratch })) as [Context, Context]
  some.onSpawn(({ args }) => (args.includes('secretly') ? false : undefined))
  for (const context of [all, some]) context.patch()
  await ended(node, ['-e', '0', 'secretly'])
  await ended('true', ['secretly'])
  await ended(node, ['-e', '0'])
  for (const context of [all, some]) context.dispose()
  const [ofAll, ofSome] = directories.map((directory) => treeOf(directory).roots.map(({ command }) => command.slice(1).join(' ')))
  t.same(ofAll, ['-e 0 secretly', 'secretly', '-e 0'])
  t.same(ofSome, ['-e 0'])
})

t.test('a trace that is damaged', async (t) => {
  const directory = join(scratch, 'damaged')
  const context = createContext({ trace: directory, shimRoot: scratch })
  context.patch()
  await ended(node, ['-e', `require('child_process').execFileSync('node', ['-e', '0'])`])
  context.dispose()
  const files = readdirSync(directory).map((name) => join(directory, name))
  t.equal(files.length, 3)
  for (const file of files) {
    const whole = readFileSync(file)
    // Torn at every place: nothing is thrown, and what is left is a tree.
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(file, whole.subarray(0, length))
      const { roots, totals } = treeOf(directory)
      if (!Array.isArray(roots) || (whole[length - 1] !== 10 && length > 0 && totals.losses.length === 0))
        t.fail(`${file} torn at ${length}`)
    }
    writeFileSync(file, whole)
  }
  writeFileSync(join(directory, 'foreign.jsonl'), 'no JSON\n{"type":"start"}\n[]\nnull\n{"type":"__proto__"}\n')
  t.match(treeOf(directory).totals.losses, ["foreign.jsonl: 5 lines are torn or not a record's"])
  mkdirSync(join(directory, 'directory.jsonl'))
  t.equal(treeOf(directory).totals.losses.length, 2)
  rmSync(directory, { recursive: true })
  t.match(treeOf(directory), { roots: [], totals: { losses: [/cannot be read/] } })
})

t.test('a directory that goes, and a disk that is full, are not noticed by the program', async (t) => {
  const directory = join(scratch, 'gone')
  const context = createContext({ trace: directory, shimRoot: scratch })
  context.patch()
  rmSync(directory, { recursive: true })
  t.match(await observe(node, ['-p', '40 + 2']), { stdout: '42\n', stderr: '', code: 0 })
  // /dev/full takes nothing, and cannot be a directory either.
  context.dispose()
  t.throws(() => createContext({ trace: '/dev/null/x', shimRoot: scratch }), { code: 'ERR_BROOD_TRACE' })
  t.throws(() => createContext({ trace: 5 as unknown as string, shimRoot: scratch }), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
})

t.test('many processes at once', async (t) => {
  const { roots, totals } = await record(() =>
    atOnce(
      8,
      Array.from({ length: 100 }, (_, index) => index),
      (index) => ended(node, ['-e', `process.exitCode = ${index % 2}`]),
    ),
  )
  t.equal(roots.length, 100)
  t.match(totals, { processes: 100, nodeProcesses: 100, failed: 50, escaped: 0, unfinished: 0, losses: [] })
  t.equal(new Set(roots.map(({ id }) => id)).size, 100)
})

t.test('a trace is followed while it is written', async (t) => {
  const directory = join(scratch, 'followed')
  const context = createContext({ trace: directory, shimRoot: scratch })
  context.patch()
  const follower = new TraceFollower(directory)
  t.same(follower.poll(), { running: 0, done: 0, failed: 0 })
  const child = spawn(node, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  t.same(follower.poll(), { running: 1, done: 0, failed: 0 })
  child.stdin.end()
  await once(child, 'exit')
  await ended(node, ['-e', 'process.exit(1)'])
  await ended('there-is-no-such-program')
  t.same(follower.poll(), { running: 0, done: 1, failed: 2 })
  t.same(follower.poll(), { running: 0, done: 1, failed: 2 }, 'nothing is counted twice')
  context.dispose()
})
