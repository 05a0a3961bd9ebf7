import '../posix-only.js'
import * as childProcess from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type ContextOptions, createContext } from 'brood'
import { fixture, type Observation, observe, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const scratch = temporaryDirectory(t)
process.env.SPAWN_WRAP_SHIM_ROOT = join(scratch, "shim's root")
delete process.env.BROOD_REPLACED

/** A directory with blanks and quotes, and programs in it. */
const bin = join(scratch, 'bin \'of "mine')
const elsewhere = join(scratch, 'elsewhere')
for (const directory of [bin, elsewhere]) mkdirSync(directory)
const program = (path: string, text: string) => {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}
const tool = program(join(bin, 'tool'), '#!/bin/sh\necho "real tool $*"\n')
const other = program(join(bin, 'other'), '#!/bin/sh\necho "real other $*"\n')
const plainTool = program(join(elsewhere, 'tool'), '#!/bin/sh\necho "tool elsewhere $*"\n')
const link = join(elsewhere, 'linked')
symlinkSync(tool, link)

const node = process.execPath
const mock = join(scratch, 'a "mock" of mine.cjs')
symlinkSync(fixture('programs/mock.cjs'), mock)
const required = join(scratch, 'required.cjs')
writeFileSync(required, 'globalThis.required = true')
const path = `${bin}:${dirname(node)}:/usr/bin:/bin`
const env = { PATH: path, HOME: scratch }
/** What of brood could reach a mock. */
const everything = { env: { FROM_CONTEXT: 'yes' }, require: [required], execArgv: ['--no-deprecation'] }
const replaced: ContextOptions = { ...everything, replace: { tool: mock, other: relative(process.cwd(), mock) } }

/** Where a program lies. */
const where = (name: string) =>
  path
    .split(':')
    .map((entry) => join(entry, name))
    .find((file) => existsSync(file)) ?? ''

/** What a mock says that was started with these arguments in place of a program. */
const said = (args: readonly string[], real: string) => `${JSON.stringify({ args, replaced: real, seen: [] })}\n`
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const [T, E] = [quote(tool), quote(plainTool)]
const odd = ['a b', '', '--x', '$HOME', '`id`', "it's", '"', 'new\nline', '\\', '*', 'ü']

type Command = readonly [file: string, ...args: string[]]
interface Row {
  readonly name: string
  readonly start: Command
  /** @default what the mock of tool says of the argument x, by name or by path */
  readonly expected?: Partial<Observation>
  readonly env?: Readonly<Record<string, string>>
  readonly options?: Readonly<{ argv0?: string; cwd?: string; input?: string }>
  readonly skip?: string | undefined
}

const lacks = (name: string) => (existsSync(`/usr/bin/${name}`) ? undefined : `there is no ${name}`)
const sh = (text: string): Command => ['sh', '-c', text]
const bash = (text: string): Command => ['bash', '-c', text]
const ofTool = { stdout: said(['x'], tool), stderr: '', code: 0 }
const real = (...words: string[]) => ({ stdout: `real tool ${words.join(' ')}\n` })

const script = (name: string, text: string) => program(join(scratch, name), text)
const byName = script('by-name', '#!/bin/sh\ntool x\n')
const byPerl = script('by-perl', '#!/usr/bin/perl\nsystem "tool", "x"; exit($? >> 8);\n')
const makefile = script('Makefile', 'all:\n\t@tool x\n')
const asInterpreter = script('interpreted', '#!/usr/bin/env tool\n')
const asOwnInterpreter = script('own-interpreter', `#!${plainTool} -f\n`)
const inner = script(
  'inner.cjs',
  `const { createContext } = require(${JSON.stringify(fixture('../dist/index.cjs'))})
   const { spawnSync } = require('node:child_process')
   const [replace, file, ...args] = process.argv.slice(2)
   const context = createContext({ replace: JSON.parse(replace) })
   context.patch()
   const { status } = spawnSync(file, args, { stdio: 'inherit' })
   context.dispose()
   process.exit(status)`,
)
const innerMock = script('inner-mock.cjs', 'console.log("inner mock", process.env.BROOD_REPLACED, process.argv.slice(2).join())')
const inWorker = script(
  'worker.cjs',
  `const { Worker } = require('node:worker_threads')
   new Worker('require("child_process").spawnSync("tool", ["x"], { stdio: "inherit" })', { eval: true, env: { PATH: process.env.PATH } })`,
)
const becomes = script('becomes.cjs', `process.execve(${JSON.stringify(tool)}, ['tool', 'x'], { PATH: process.env.PATH })`)
writeFileSync(join(scratch, 'package.json'), JSON.stringify({ scripts: { run: 'tool x' } }))

const rows: readonly Row[] = [
  // Where brood sees it start
  { name: 'by name', start: ['tool', 'x'] },
  { name: 'by path', start: [tool, 'x'] },
  { name: 'by relative path', start: ['./tool', 'x'], options: { cwd: bin } },
  { name: 'by relative entry of PATH', start: ['tool', 'x'], env: { PATH: `.:${path}` }, options: { cwd: bin } },
  { name: 'odd arguments', start: ['tool', ...odd], expected: { stdout: said(odd, tool) } },
  { name: 'the other one', start: ['other', 'x'], expected: { stdout: said(['x'], other) } },
  { name: 'from another directory', start: [plainTool, 'x'], expected: { stdout: said(['x'], plainTool) } },
  {
    name: 'an argv[0] of its own',
    start: ['tool', 'argv0'],
    options: { argv0: 'own' },
    expected: { stdout: `${said(['argv0'], tool)}own\n` },
  },
  { name: 'stdin', start: ['tool', 'echo'], options: { input: 'through' }, expected: { stdout: `${said(['echo'], tool)}through` } },
  { name: 'an exit code', start: ['tool', 'exit', '7'], expected: { code: 7 } },
  { name: 'a signal', start: ['tool', 'die', 'SIGTERM'], expected: { code: null, signal: 'SIGTERM' } },
  { name: 'by a name that only begins alike', start: ['tool2', 'x'], env: { PATH: elsewhere }, expected: { code: null } },
  { name: 'by a link of another name', start: [link, 'x'], expected: real('x') },
  { name: 'a program that is nowhere', start: ['tool', 'x'], env: { PATH: '/none' }, expected: { stdout: said(['x'], '') } },
  { name: 'without PATH', start: ['tool', 'x'], env: { PATH: undefined as unknown as string }, expected: { stdout: said(['x'], '') } },
  { name: 'a path where nothing is', start: ['/none/tool', 'x'], expected: { stdout: said(['x'], '/none/tool') } },
  { name: 'below what was a mock', start: ['tool', 'x'], env: { BROOD_REPLACED: 'old' } },
  { name: 'by another node', start: [node, '-e', 'require("child_process").spawnSync("tool", ["x"], { stdio: "inherit" })'] },
  { name: 'in a Worker', start: [node, inWorker] },
  { name: 'by process.execve', start: [node, becomes], skip: 'execve' in process ? undefined : 'this Node has none' },
  {
    name: 'with an environment of its own',
    start: [node, '-e', `require("child_process").spawnSync(${JSON.stringify(tool)}, ["x"], { stdio: "inherit", env: {} })`],
  },
  // Through what it starts
  { name: 'it starts the real one', start: ['tool', 'real', 'y'], expected: { stdout: said(['real', 'y'], tool) + real('y').stdout } },
  {
    name: 'it starts its own name',
    start: ['tool', 'start', 'tool', 'y'],
    expected: { stdout: said(['start', 'tool', 'y'], tool) + real('y').stdout },
  },
  {
    name: 'it starts its own name in a shell',
    start: ['tool', 'start', 'sh', '-c', 'tool y'],
    expected: { stdout: said(['start', 'sh', '-c', 'tool y'], tool) + real('y').stdout },
  },
  {
    name: 'it starts another that is replaced',
    start: ['tool', 'start', 'other', 'y'],
    expected: { stdout: `${said(['start', 'other', 'y'], tool)}real other y\n` },
  },
  {
    name: 'it starts node',
    start: ['tool', 'start', 'node', '-p', 'process.env.FROM_CONTEXT'],
    expected: { stdout: /\nundefined\n$/ as unknown as string },
  },
  {
    name: 'by a shell it starts itself',
    start: sh('tool start tool y'),
    expected: { stdout: said(['start', 'tool', 'y'], tool) + real('y').stdout },
  },
  {
    name: 'by a shell it starts node',
    start: sh('tool start node -p process.env.FROM_CONTEXT'),
    expected: { stdout: /\nundefined\n$/ as unknown as string },
  },
  // By name, on PATH
  { name: 'a shell', start: sh('tool x') },
  { name: 'a shell, odd arguments', start: sh(`tool ${odd.map(quote).join(' ')}`), expected: { stdout: said(odd, tool) } },
  { name: 'a shell, an exit code', start: sh('tool exit 7; exit $?'), expected: { code: 7 } },
  { name: 'a shell, a signal', start: sh('tool die SIGTERM; echo $?'), expected: { stdout: /\n143\n$/ as unknown as string } },
  { name: 'a shell, stdin', start: sh('echo through | tool echo'), expected: { stdout: `${said(['echo'], tool)}through\n` } },
  { name: 'a shell in a shell', start: sh(`sh -c 'sh -c "tool x"'`) },
  { name: 'a shell that becomes it', start: sh('exec tool x') },
  { name: 'a shell with an emptied PATH', start: ['/bin/sh', '-c', 'tool x'], env: { PATH: '' }, expected: { stdout: said(['x'], '') } },
  {
    name: 'a shell with a PATH of its own',
    start: sh('tool x'),
    env: { PATH: `${elsewhere}:/usr/bin:/bin` },
    expected: { stdout: said(['x'], plainTool) },
  },
  {
    name: 'a shell without PATH',
    start: sh('tool x'),
    env: { PATH: undefined as unknown as string },
    expected: { stdout: said(['x'], '') },
  },
  { name: 'a PATH set for one command', start: sh(`PATH=${quote(elsewhere)}:$PATH tool x`), expected: { stdout: said(['x'], plainTool) } },
  { name: 'a PATH set, and quoted', start: sh(`PATH="${elsewhere}:$PATH"; tool x`), expected: { stdout: said(['x'], plainTool) } },
  { name: 'a PATH exported', start: sh(`export PATH="${elsewhere}:$PATH"; sh -c 'tool x'`), expected: { stdout: said(['x'], plainTool) } },
  { name: 'a PATH that begins with a tilde', start: sh('PATH=~/elsewhere:$PATH; tool x'), expected: { stdout: said(['x'], plainTool) } },
  { name: 'env with a PATH', start: ['env', `PATH=${elsewhere}:/usr/bin:/bin`, 'tool', 'x'], expected: { stdout: said(['x'], plainTool) } },
  { name: 'env with a PATH in a shell', start: sh(`env "PATH=${elsewhere}:$PATH" tool x`), expected: { stdout: said(['x'], plainTool) } },
  { name: 'env -i with a PATH', start: ['env', '-i', `PATH=${path}`, 'tool', 'x'] },
  {
    name: 'an own NODE_OPTIONS',
    start: sh('tool environment'),
    env: { NODE_OPTIONS: '--no-warnings --title="a b"' },
    expected: { stdout: /"NODE_OPTIONS":"--no-warnings --title=\\"a b\\""/ as unknown as string },
  },
  {
    name: "NODE_OPTIONS in front of brood's",
    start: sh('NODE_OPTIONS="--no-warnings $NODE_OPTIONS" tool environment'),
    expected: { stdout: /"NODE_OPTIONS":"--no-warnings ?"/ as unknown as string },
  },
  { name: 'a cleared NODE_OPTIONS', start: sh('unset NODE_OPTIONS; tool x') },
  { name: 'a script', start: [byName] },
  { name: 'perl', start: [byPerl], skip: lacks('perl') },
  { name: 'make', start: ['make', '-f', makefile], skip: lacks('make') },
  { name: 'xargs', start: ['xargs', 'tool'], options: { input: 'x' } },
  { name: 'env', start: ['env', 'tool', 'x'] },
  { name: 'nice', start: ['nice', 'tool', 'x'] },
  { name: 'nohup', start: ['nohup', 'tool', 'x'] },
  { name: 'timeout', start: ['timeout', '60', 'tool', 'x'] },
  { name: 'npm run', start: ['npm', 'run', '--silent', 'run'], options: { cwd: scratch } },
  { name: 'as the interpreter that env looks for', start: [asInterpreter, 'x'], expected: { stdout: said([asInterpreter, 'x'], tool) } },
  {
    name: 'as the interpreter by path',
    start: [asOwnInterpreter, 'x'],
    expected: { stdout: said(['-f', asOwnInterpreter, 'x'], plainTool) },
  },
  // By path, in a shell's text
  { name: 'a path in a text', start: sh(`${T} x`) },
  { name: 'a path in a text of bash', start: bash(`${T} x`) },
  { name: 'odd arguments in a text', start: sh(`${T} ${odd.map(quote).join(' ')}`), expected: { stdout: said(odd, tool) } },
  { name: 'a path in double quotes', start: sh(`"${plainTool}" x`), expected: { stdout: said(['x'], plainTool) } },
  { name: 'an exit code in a text', start: sh(`${T} exit 7`), expected: { code: 7 } },
  { name: 'a list', start: sh(`${T} x && ${E} y || ${T} z`), expected: { stdout: said(['x'], tool) + said(['y'], plainTool) } },
  { name: 'a redirection at the word', start: sh(`${T}>&2 x`), expected: { stdout: '', stderr: said(['x'], tool) } },
  { name: 'variables in front', start: sh(`A=1 ${T} x`) },
  {
    name: 'a PATH in front',
    start: sh(`PATH=/usr/bin ${T} environment`),
    expected: { stdout: /"PATH":"\/usr\/bin"/ as unknown as string },
  },
  { name: 'a PATH in front that refers to itself', start: sh(`PATH=/x:$PATH ${T} x`) },
  { name: 'a PATH set before, and a path', start: sh(`PATH=/x:$PATH; ${T} x`) },
  { name: 'a PATH set before, and a name', start: sh('PATH=/x:"$PATH":/y; tool x') },
  { name: 'exec', start: sh(`exec ${T} x`) },
  { name: 'a command substitution', start: sh(`echo "$(${T} x)"`) },
  { name: 'backticks', start: sh(`echo "\`${E} x\`"`), expected: { stdout: said(['x'], plainTool) } },
  { name: 'a pipeline', start: sh(`echo through | ${T} echo | cat`), expected: { stdout: `${said(['echo'], tool)}through\n` } },
  { name: 'a text in a text', start: sh(`sh -c ${quote(`${T} x`)}`) },
  {
    name: 'NODE_OPTIONS in a text',
    start: sh(`NODE_OPTIONS="--no-warnings $NODE_OPTIONS" ${T} x`),
    expected: { stdout: `${JSON.stringify({ args: ['x'], replaced: tool, seen: ['NODE_OPTIONS'] })}\n` },
  },
  {
    name: 'an own NODE_OPTIONS, and a path',
    start: sh(`${T} environment`),
    env: { NODE_OPTIONS: '--no-warnings' },
    expected: { stdout: /"NODE_OPTIONS":"--no-warnings"/ as unknown as string },
  },
  {
    name: 'a NODE_OPTIONS that is changed before',
    start: sh(`export NODE_OPTIONS="$NODE_OPTIONS --no-warnings"; ${T} environment`),
    expected: { stdout: /"NODE_OPTIONS":" +--no-warnings"/ as unknown as string },
  },
  { name: 'timeout in a text', start: sh(`timeout 60 ${T} x`) },
  { name: 'nohup and nice in a text', start: sh(`nohup nice -n 1 ${T} x`) },
  { name: 'env -i in a text', start: sh(`env -i A=1 ${T} x`) },
  { name: 'xargs in a text', start: sh(`echo x | xargs ${T}`) },
  { name: 'xargs with a place', start: sh(`echo x | xargs -I % ${T} %`) },
  { name: 'find in a text', start: sh(`find ${quote(tool)} -exec ${T} {} \\;`), expected: { stdout: said([tool], tool) } },
  {
    name: 'a path in a text, and itself below',
    start: sh(`${T} start tool y`),
    expected: { stdout: said(['start', 'tool', 'y'], tool) + real('y').stdout },
  },
  // By path, behind a program that starts it
  { name: 'timeout with a path', start: ['timeout', '60', tool, 'x'] },
  { name: 'nice with a path', start: ['nice', '-n', '1', tool, ...odd], expected: { stdout: said(odd, tool) } },
  { name: 'env with a path', start: ['env', 'A=1', tool, 'x'] },
  { name: 'env -i with a path', start: ['env', '-i', tool, 'x'] },
  { name: 'env -S with a path', start: ['env', '-S', `${plainTool} x`], expected: { stdout: said(['x'], plainTool) } },
  { name: 'xargs with a path', start: ['xargs', tool], options: { input: 'x' } },
  {
    name: 'timeout with a path, and itself below',
    start: ['timeout', '60', tool, 'start', 'tool', 'y'],
    expected: { stdout: said(['start', 'tool', 'y'], tool) + real('y').stdout },
  },
  {
    name: 'an own NODE_OPTIONS behind timeout',
    start: ['timeout', '60', tool, 'environment'],
    env: { NODE_OPTIONS: '--no-warnings' },
    expected: { stdout: /"NODE_OPTIONS":"--no-warnings"/ as unknown as string },
  },
  { name: 'timeout with a shell', start: ['timeout', '60', 'sh', '-c', `${T} x`] },
  // What stays as it is
  { name: 'a function of that name', start: sh('tool() { echo function "$@"; }; tool x'), expected: { stdout: 'function x\n' } },
  { name: 'an argument', start: sh(`echo ${T}`), expected: { stdout: `${tool}\n` } },
  { name: 'a text that is not understood', start: bash(`x=1; coproc ${T} x; wait`), expected: { code: 0 } },
  // Contexts within contexts
  { name: 'an inner context replaces nothing', start: [node, inner, '{}', 'tool', 'x'] },
  { name: 'an inner context replaces nothing, in a shell', start: [node, inner, '{}', 'sh', '-c', 'tool x'] },
  {
    name: 'an inner context replaces the same',
    start: [node, inner, JSON.stringify({ tool: innerMock }), 'tool', 'x'],
    expected: { stdout: `inner mock ${tool} x\n` },
  },
  {
    name: 'an inner context replaces the same, in a shell',
    start: [node, inner, JSON.stringify({ tool: innerMock }), 'sh', '-c', 'tool x; other x'],
    expected: { stdout: `inner mock ${tool} x\n${said(['x'], other)}` },
  },
  {
    name: 'an inner context replaces another',
    start: [node, inner, JSON.stringify({ none: innerMock }), 'sh', '-c', `tool x; none y; ${T} x`],
    expected: { stdout: `${said(['x'], tool)}inner mock  y\n${said(['x'], tool)}` },
  },
  {
    name: 'a context that a mock makes',
    start: ['tool', 'start', node, inner, JSON.stringify({ other: innerMock }), 'sh', '-c', 'tool x; other x'],
    expected: { stdout: /\nreal tool x\ninner mock .*other x\n$/ as unknown as string },
  },
]

/** What an observer sees of a program; of one that cannot be started, its error. */
async function outcome([file, ...args]: Command, options: Parameters<typeof observe>[2] = {}): Promise<Observation> {
  return observe(file, args, { ...options, env: { ...env, ...options.env } }).catch((error: Error) => ({
    stdout: '',
    stderr: String(error),
    code: null,
    signal: null,
  }))
}

t.test('every way to start a program', async (t) => {
  const context = createContext(replaced)
  for (const { name, start, expected = ofTool, env: own = {}, options = {}, skip } of rows) {
    if (skip !== undefined) {
      t.pass(name, { skip })
      continue
    }
    const undo = context.patch()
    const observed = outcome(start, { ...options, env: own })
    undo()
    t.match(await observed, expected, name)
  }
  context.dispose()
})

t.test('programs that brood itself looks through', async (t) => {
  using context = createContext({ replace: { sudo: mock, su: mock, gosu: mock, timeout: mock, bash: mock } })
  using _undo = context.patch()
  const text = 'NODE_OPTIONS= node -p 1; env -i node x'
  const cases: readonly [start: Command, args: readonly string[], real: string][] = [
    [['sudo', '-u', 'other', 'x'], ['-u', 'other', 'x'], ''],
    [sh('sudo -u other x'), ['-u', 'other', 'x'], ''],
    [sh('/no/sudo -u other x'), ['-u', 'other', 'x'], '/no/sudo'],
    [sh('nice /no/sudo env -i x'), ['env', '-i', 'x'], '/no/sudo'],
    [sh(`su -c ${quote(text)} other`), ['-c', text, 'other'], where('su')],
    [['nice', '/no/su', '-c', text, 'other'], ['-c', text, 'other'], '/no/su'],
    [['nice', 'gosu', 'other', 'node'], ['other', 'node'], ''],
    [['nice', '/no/gosu', 'other', 'node'], ['other', 'node'], '/no/gosu'],
    [sh(`/no/timeout 5 bash -c ${quote(text)}`), ['5', 'bash', '-c', text], '/no/timeout'],
    [sh(`bash -c ${quote(text)}`), ['-c', text], where('bash')],
    [['nice', 'bash', '-c', text], ['-c', text], where('bash')],
    [['nice', '/bin/bash', '-c', text], ['-c', text], '/bin/bash'],
  ]
  for (const [start, args, real] of cases) t.match(await outcome(start), { stdout: said(args, real), stderr: '', code: 0 }, start.join(' '))
})

t.test('the environment of a mock is the one that the program would have had', async (t) => {
  const given = { ...env, NODE_OPTIONS: '', 'odd-name': '1', EMPTY: '' }
  const of = ({ stdout }: Observation) => JSON.parse(stdout.split('\n')[1] ?? '{}') as Record<string, string>
  using context = createContext(replaced)
  using _undo = context.patch()
  t.same(of(await outcome(['tool', 'environment'], { env: given })), { ...given, BROOD_REPLACED: tool })
  for (const start of [
    sh('tool environment'),
    sh(`${T} environment`),
    ['timeout', '60', tool, 'environment'],
    ['timeout', '60', 'tool', 'environment'],
  ]) {
    // What a shell adds, and what dash drops.
    const { PWD: _, OLDPWD: _old, SHLVL: _level, _: _last, 'odd-name': _odd, ...rest } = of(await outcome(start as Command, { env: given }))
    const { 'odd-name': _dropped, ...expected } = given
    t.same(rest, { ...expected, BROOD_REPLACED: tool }, start.join(' '))
  }
})

t.test('several contexts in one process, made and patched in any order', async (t) => {
  const options = [{ replace: { tool: mock }, ...everything }, { replace: { tool: innerMock, other: mock } }, { require: [required] }]
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [0, 2, 1],
  ]
  for (const made of orders) {
    for (const patched of orders.slice(0, 2)) {
      const contexts = new Map(made.map((index) => [index, createContext(options[index])]))
      const undos = patched.map((index) => contexts.get(index)?.patch())
      const isInner = patched.indexOf(1) > patched.indexOf(0)
      const expected = isInner ? `inner mock ${tool} x\n` : said(['x'], tool)
      for (const start of [
        ['tool', 'x'],
        sh('tool x'),
        sh(`${T} x`),
        [node, '-e', 'child_process.execFileSync("sh", ["-c", "tool x"], { stdio: "inherit" })'],
      ]) {
        t.equal((await outcome(start as Command)).stdout, expected, `${made.join('')} ${patched.join('')} ${start[0]}`)
      }
      t.equal((await outcome(sh('other x; node -p global.required'))).stdout, `${said(['x'], other)}true\n`)
      t.equal((await outcome(sh('other start tool x'))).stdout, said(['start', 'tool', 'x'], other) + real('x').stdout)
      for (const undo of undos) undo?.()
      t.same(await outcome(sh('tool x')), { ...real('x'), stderr: '', code: 0, signal: null }, 'unpatched')
      for (const context of contexts.values()) context.dispose()
    }
  }
})

t.test('for one call, for one listener, for what is started otherwise', async (t) => {
  using context = createContext(replaced)
  const run = (api: typeof import('node:child_process'), file: string, ...args: string[]) =>
    api.execFileSync(file, args, { env, encoding: 'utf8' })
  const scoped = context.childProcess()
  t.equal(run(scoped, 'tool', 'x'), said(['x'], tool))
  t.equal(run(scoped, 'sh', '-c', 'tool x'), said(['x'], tool))
  t.equal(run(childProcess, 'tool', 'x'), real('x').stdout, 'nothing global is changed')
  t.equal(run(childProcess, 'sh', '-c', 'tool x'), real('x').stdout)
  const inherited = context.environment(env)
  t.equal(childProcess.execFileSync('sh', ['-c', 'tool x'], { env: inherited, encoding: 'utf8' }), said(['x'], tool), 'environment()')
  {
    using _listener = context.onSpawn(({ file }) => file !== 'tool' && undefined)
    t.equal(run(scoped, 'tool', 'x'), real('x').stdout, 'a process that the context leaves alone')
  }
  {
    using _listener = context.onSpawn(() => ({ file: 'tool' }))
    t.equal(run(scoped, 'other', 'x'), said(['x'], tool), 'what a listener makes of it')
  }
  t.end()
})

t.test('a shell that outlives the context finds the program again', async (t) => {
  const context = createContext(replaced)
  const undo = context.patch()
  const shell = childProcess.spawn('bash', ['-c', 'tool 1; read -r line; tool 2; node -p process.env.NODE_OPTIONS'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let stdout = ''
  for await (const text of shell.stdout.setEncoding('utf8')) {
    stdout += text
    if (!stdout.endsWith(said(['1'], tool)) || context.directory === '') continue
    undo()
    context.dispose()
    shell.stdin.end('\n')
  }
  t.equal(stdout, `${said(['1'], tool)}real tool 2\nundefined\n`)
})

t.test('what is refused', (t) => {
  // biome-ignore lint/suspicious/noExplicitAny: what no type allows is passed on purpose
  const create = (replace: any) => () => createContext({ replace })
  const list = () => readdirSync(process.env.SPAWN_WRAP_SHIM_ROOT as string).filter((name) => /^\.node-spawn-wrap-\d/.test(name))
  const before = list()
  const invalid = { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'replace' }
  for (const value of [null, 1, 'tool=x', [], new Map().size]) t.throws(create(value), invalid, JSON.stringify(value))
  t.throws(create({ tool: 1 }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'replace.tool' })
  t.throws(create({ tool: 'a\0b' }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'replace.tool' })
  for (const name of [
    'node',
    'npm',
    'sh',
    'env',
    'nodejs',
    'cmd',
    'node.exe',
    'NODE',
    'Npm.cmd',
    'env.EXE',
    'context.json',
    'owner.json',
  ]) {
    t.throws(create({ [name]: mock }), { ...invalid, message: /cannot be replaced/ }, name)
  }
  for (const name of ['', '/usr/bin/tool', './tool', 'a/b', 'a\0b', '.', '..', 'a\nb', '.exe']) {
    t.throws(create({ [name]: mock }), { ...invalid, message: /is no name of a program/ }, JSON.stringify(name))
  }
  for (const [file, message] of [
    ['', /is not named/],
    ['./none.cjs', /does not exist \(looked up from /],
    [scratch, /is no file/],
    [`${mock}/x`, /does not exist/],
  ] as const) {
    t.throws(create({ tool: file }), { code: 'ERR_BROOD_MOCK_NOT_FOUND', program: 'tool', message }, file)
  }
  t.same(list(), before, 'nothing is left')
  for (const name of ['__proto__', 'constructor', 'a=b', '-x', 'npx', 'bash', '[', 'a b', "it's"]) {
    using context = createContext({ replace: Object.fromEntries([[name, mock]]) })
    const { execFileSync } = context.childProcess()
    t.equal(execFileSync(name, ['x'], { env, encoding: 'utf8' }), said(['x'], where(name)), name)
  }
  t.end()
})
