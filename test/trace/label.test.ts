import { type Labelled, labelOf, labelOfRun } from '../../lib/trace/label.js'
import t from '../tap.js'

const processOf = (command: readonly string[], more: Partial<Labelled> = {}): Labelled => ({
  kind: 'node',
  command,
  startedAs: undefined,
  execArgv: [],
  cwd: '/app',
  ...more,
})
const program = (...command: string[]) => processOf(command, { kind: 'program' })

const flags = ['--import=file:///app/node_modules/tsx/index.mjs', '--enable-source-maps']

const cases: readonly (readonly [process: Labelled, label: string])[] = [
  [processOf(['/usr/bin/node', '/app/x.js', '/app/y', '/other/z', '/application']), 'node x.js y /other/z /application'],
  [processOf(['node', '/app/a b.js'], { cwd: '/' }), "node '/app/a b.js'"],
  [processOf([]), '(unknown)'],
  [processOf(['node']), 'node'],
  [processOf(['node', '-e', '\n  f()\n  g()\n'], { execArgv: ['-e', '\n  f()\n  g()\n'] }), "node -e 'f()\\n  g()'"],
  [processOf(['node', '/a/x'.repeat(300)]), `node ${'/a/x'.repeat(100)}${'/a/x'.repeat(100)}`],
  [processOf(['node', 'x', ...Array.from({ length: 1000 }, () => 'y')]), `node x ${'y '.repeat(99)}…`],
  // What is installed to be typed.
  [processOf(['node', '/usr/bin/npm', 'test']), 'npm test'],
  [processOf(['node', '/app/node_modules/.bin/tap', 'test/x.js']), 'tap test/x.js'],
  [processOf(['node', '/app/bin/x.js']), 'node bin/x.js'],
  // Flags of Node.
  [processOf(['node', '--no-warnings', '/app/x.js'], { execArgv: ['--no-warnings'] }), 'node --no-warnings x.js'],
  [processOf(['node', '--no-warnings', '/app/.bin/tap', '1'], { execArgv: ['--no-warnings'] }), 'node --no-warnings tap 1'],
  [processOf(['node', ...flags, '/app/x.js', '--y'], { execArgv: flags }), 'node … x.js --y'],
  [processOf(['node', ...flags], { execArgv: flags }), 'node …'],
  [processOf(['node', ...flags, '-e', 'f()'], { execArgv: [...flags, '-e', 'f()'] }), `node ${flags.join(' ')} -e 'f()'`],
  // What it was before.
  [processOf(['node', '/app/x.js'], { startedAs: ['sh', '-c', 'node x.js'] }), 'sh → node x.js'],
  [processOf(['node', '/app/node_modules/.bin/tap'], { startedAs: ['/bin/sh', '-c', 'tap'] }), 'sh → tap'],
  [processOf(['node', '/usr/bin/npm', 'test'], { startedAs: ['npm', 'test'] }), 'npm test'],
  [processOf(['node', '/app/say.cjs', 'x'], { startedAs: ['./say.cjs', 'x'] }), 'say.cjs x'],
  [processOf(['make', 'all'], { kind: 'program', startedAs: ['sh', '-c', 'exec make all'] }), 'sh → make all'],
  // Workers.
  [processOf(['/app/worker.js', '/app/x'], { kind: 'worker' }), 'Worker worker.js x'],
  [processOf(['file:///app/worker.js'], { kind: 'worker' }), 'Worker worker.js'],
  [processOf(['[worker eval]'], { kind: 'worker' }), "Worker '[worker eval]'"],
  [processOf([], { kind: 'worker' }), 'Worker of Node itself'],
  // Other programs.
  [program('/usr/bin/git', 'status'), 'git status'],
  [program('C:\\bin\\x.exe'), 'x.exe'],
]

t.test('of one process', (t) => {
  for (const [process, label] of cases) t.equal(labelOf(process), label)
  t.end()
})

t.test('of a copy of the shell above it', (t) => {
  const shell = program('/bin/sh', '-c', '(node x; node y)')
  t.equal(labelOf(program(...shell.command), shell), 'fork of sh')
  t.equal(labelOf(program('sh', '-c', 'node x'), shell), "sh -c 'node x'")
  t.equal(labelOf({ ...program(...shell.command), startedAs: ['nice'] }, shell), "nice → sh -c '(node x; node y)'")
  t.equal(labelOf(shell, processOf(shell.command)), "sh -c '(node x; node y)'", 'Node starts programs anew')
  t.equal(labelOf(program(), program()), '(unknown)')
  t.end()
})

t.test('of several that are alike', (t) => {
  const tests = ['a', 'b', 'c'].map((name) => processOf(['node', ...flags, `/app/test/${name}.test.js`], { execArgv: flags }))
  t.equal(labelOfRun(tests), 'node … test/….test.js')
  t.equal(labelOfRun(['1', '2'].map((word) => processOf(['node', 'x.js', word]))), 'node x.js …')
  t.equal(labelOfRun([processOf(['node', 'x.js'])]), 'node x.js')
  t.equal(labelOfRun([1, 2].map(() => processOf(['w.js'], { kind: 'worker' }))), 'Worker w.js')
  t.equal(labelOfRun([processOf(['node', 'x', 'aba']), processOf(['node', 'x', 'ababa'])]), 'node x aba…', 'an end is not counted twice')
  t.equal(labelOfRun([]), '')
  t.end()
})
