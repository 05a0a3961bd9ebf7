// What a process is started with.
import '../posix-only.js'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buffer, text as readText } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import {
  byteSender,
  codec,
  type JoinOptions,
  type MapOptions,
  Pool,
  Receiver,
  type RunOptions,
  recvSync,
  Sender,
  type SpawnOptions,
  select,
  sendSync,
  spawn,
  spawnWith,
} from 'brood/process'
import { inheritedExecArgv } from '../../lib/process/exec-argv.js'
import { root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { caught, load, MiB } from './programs.js'

const { about, call, echo } = await load<'about' | 'call' | 'echo'>('tasks.mjs')
const { print, printBytes, printError, readAll } = await load<'print' | 'printBytes' | 'printError' | 'readAll'>('streams.mjs')
const isRoot = process.getuid?.() === 0
const nobody = 65_534

t.test('the environment', async (t) => {
  process.env.BROOD_TEST_A = 'a'
  process.env.BROOD_TEST_B = 'b'
  const cases: readonly (readonly [options: SpawnOptions, a: unknown, b: unknown, c: unknown])[] = [
    [{}, 'a', 'b', undefined],
    [{ env: { BROOD_TEST_C: 'c' } }, 'a', 'b', 'c'],
    [{ env: { BROOD_TEST_A: 'other', BROOD_TEST_B: undefined } }, 'other', undefined, undefined],
    [{ envRemove: ['BROOD_TEST_A', 'NONE'] }, undefined, 'b', undefined],
    [{ envRemove: ['BROOD_TEST_A'], env: { BROOD_TEST_A: 'again' } }, 'again', 'b', undefined],
    [{ envClear: true }, undefined, undefined, undefined],
    [{ envClear: true, env: { BROOD_TEST_C: '' } }, undefined, undefined, ''],
  ]
  for (const [options, ...expected] of cases) {
    const { env } = await spawnWith(options, about)
    t.same([env.BROOD_TEST_A, env.BROOD_TEST_B, env.BROOD_TEST_C], expected, JSON.stringify(options))
    if (options.envClear === true) t.notOk('PATH' in env)
  }
  t.equal(process.env.BROOD_TEST_A, 'a')
})

t.test('cwd, args and execArgv', async (t) => {
  const directory = temporaryDirectory(t)
  const execArgv: string[] = []
  t.equal((await spawnWith({ cwd: directory, execArgv }, about)).cwd, directory)
  t.equal((await spawnWith({ cwd: pathToFileURL(directory), execArgv }, about)).cwd, directory)
  t.equal((await spawnWith({ cwd: directory }, about)).cwd, directory, 'also where this node requires a file beside its own cwd')
  t.same((await spawn(about)).argv, process.argv.slice(2))
  t.same((await spawnWith({ args: ['a b', '--c', ''] }, about)).argv, ['a b', '--c', ''])
  t.same((await spawnWith({ execArgv: ['--stack-trace-limit=5'] }, about)).execArgv, ['--stack-trace-limit=5'])
  t.same(
    (await spawnWith({ execArgv: ['--no-warnings'] }, call, about)).execArgv,
    ['--no-warnings'],
    'a grandchild has those of its parent',
  )
})

/** Another user has to read what its process runs, and a checkout may lie in a directory of its owner's alone. */
const isReadable = isRoot && spawnSync('test', ['-r', join(root, 'dist/process.cjs')], { uid: nobody, gid: nobody }).status === 0

t.test('uid and gid', { skip: isRoot && !isReadable && 'other users cannot read this checkout' }, async (t) => {
  if (isRoot) {
    const { uid, gid } = await spawnWith({ uid: nobody, gid: nobody }, about)
    t.same([uid, gid], [nobody, nobody])
  } else t.match(await caught(spawnWith({ uid: 0 }, about)), { code: 'ERR_BROOD_NOT_STARTED', cause: { code: 'EPERM' } })
})

t.test('options of node that a child is to have', (t) => {
  const cases: readonly (readonly [execArgv: readonly string[], inherited: readonly string[], nodeOptions?: string])[] = [
    [[], []],
    [
      ['--no-warnings', '--import', 'tsx', '-r', './a.cjs'],
      ['--no-warnings', '--import', 'tsx', '-r', `${process.cwd()}/a.cjs`],
    ],
    [
      ['--import=./a.mjs', '--require=../b.cjs'],
      [`--import=${pathToFileURL(process.cwd()).href}/a.mjs`, `--require=${process.cwd().replace(/\/[^/]*$/, '')}/b.cjs`],
    ],
    [
      ['-e', 'code', '--title', 't'],
      ['--title', 't'],
    ],
    [['-p', 'code'], []],
    [['--test', '--test-reporter', 'tap', '--watch', '--check'], []],
    [['--inspect'], ['--inspect', '--inspect-port=0']],
    [
      ['--inspect-brk=1234', '--no-warnings'],
      ['--inspect-brk=1234', '--no-warnings', '--inspect-port=0'],
    ],
    [[], ['--inspect-port=0'], '--no-warnings --inspect=1234'],
    [['--inspect-publish-uid=http'], ['--inspect-publish-uid=http']],
    [['--max-old-space-size=100'], ['--max-old-space-size=100']],
  ]
  for (const [execArgv, inherited, nodeOptions] of cases) t.same(inheritedExecArgv(execArgv, nodeOptions), inherited, execArgv.join(' '))
  t.end()
})

t.test('streams', async (t) => {
  const piped = spawnWith({ stdio: 'pipe' }, readAll)
  piped.stdin?.end('told by stdin')
  t.equal(String(await piped), 'told by stdin')
  const printing = spawnWith({ stdio: ['ignore', 'pipe', 'inherit'] }, printBytes, 3 * MiB)
  t.equal(printing.stdin, null)
  t.equal(printing.stderr, null)
  const bytes = await buffer(printing.stdout as NodeJS.ReadableStream)
  t.equal(bytes.length, 3 * MiB)
  t.ok(
    bytes.every((byte, index) => byte === index % 256),
    'byte for byte, and all of it',
  )
  await printing
  const complaining = spawnWith({ stdio: ['ignore', 'ignore', 'pipe'] }, printError, 'to stderr')
  t.equal(await readText(complaining.stderr as NodeJS.ReadableStream), 'to stderr')
  await complaining
  const ignored = spawnWith({ stdio: 'ignore' }, print, 'to nobody')
  t.same([ignored.stdin, ignored.stdout, ignored.stderr], [null, null, null])
  await ignored
})

t.test('what is no option', async (t) => {
  const wrong: readonly (readonly [options: unknown, argument: string])[] = [
    [null, 'options'],
    [{ evn: {} }, 'evn'],
    [{ cwd: '' }, 'cwd'],
    [{ cwd: new URL('http://a') }, 'cwd'],
    [{ cwd: 'a\0b' }, 'cwd'],
    [{ args: 'a' }, 'args'],
    [{ args: [1] }, 'args'],
    [{ execArgv: ['a\0'] }, 'execArgv'],
    [{ envRemove: 'A' }, 'envRemove'],
    [{ stdio: 'ipc' }, 'stdio'],
    [{ stdio: ['pipe'] }, 'stdio'],
    [{ uid: -1 }, 'uid'],
    [{ gid: 'root' }, 'gid'],
    [{ timeout: -1 }, 'timeout'],
    [{ timeout: '1' }, 'timeout'],
    [{ signal: {} }, 'signal'],
    [{ resources: { mem: 'lots' } }, 'resources.mem'],
    [{ resources: 1 }, 'resources'],
    [{ env: 'A=1' }, 'env'],
    [{ env: { A: {} } }, 'env.A'],
    [{ env: { 'A=B': '1' } }, 'env'],
    [{ resources: { cpu: -1 } }, 'resources.cpu'],
    [{ env: { A: 'a\0' } }, 'env.A'],
    [{ flushTimeout: Number.NaN }, 'flushTimeout'],
    [{ detached: 1 }, 'detached'],
    [{ onProgress: 1 }, 'onProgress'],
    [[], 'options'],
    [{ resources: { memory: 5 } }, 'resources.memory'],
    [{ resources: { mem: 0 } }, 'resources.mem'],
    [{ envClear: 1 }, 'envClear'],
    [{ env: { A: 3 } }, 'env.A'],
  ]
  for (const [options, argument] of wrong) {
    t.throws(() => spawnWith(options as SpawnOptions, about), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, argument)
  }
})

t.test('what is no argument of anything else', async (t) => {
  const pool = new Pool({ size: 1 })
  const handle = pool.run(about)
  const run = (options: unknown) => pool.runWith(options as RunOptions, about)
  const map = (elements: unknown, options: unknown) => pool.map(about as never, elements as [], options as MapOptions)
  const wrong: readonly (readonly [call: () => unknown, argument: string])[] = [
    ...(
      [
        [null, 'options'],
        [{ onProgress: 1 }, 'onProgress'],
        [{ foo: 1 }, 'foo'],
        [{ priority: '1' }, 'priority'],
        [{ retry: -1 }, 'retry'],
        [{ timeout: -1 }, 'timeout'],
        [{ signal: 1 }, 'signal'],
      ] as const
    ).map(([options, argument]) => [() => run(options), argument] as const),
    ...(
      [
        [null, 'options'],
        [3, 'options'],
        [{ detached: true }, 'detached'],
        [{ timeout: 1 }, 'timeout'],
        [{ memoryLimit: 0 }, 'memoryLimit'],
        [{ memoryLimit: 'x' }, 'memoryLimit'],
        [{ size: 0 }, 'size'],
        [{ callerFrames: 1 }, 'callerFrames'],
        [{ min: 2, size: 1 }, 'min'],
        [{ resources: { mem: '' } }, 'resources.mem'],
      ] as const
    ).map(([options, argument]) => [() => new Pool(options as never), argument] as const),
    [() => map([1], { foo: 1 }), 'foo'],
    [() => map([1], 3), 'options'],
    [() => map([1], { concurrency: 0 }), 'concurrency'],
    [() => map(3, {}), 'elements'],
    [() => map(undefined, {}), 'elements'],
    [() => handle.join({ foo: 1 } as JoinOptions), 'foo'],
    [() => handle.join(3 as JoinOptions), 'options'],
    [() => codec('x', undefined as never), 'codec'],
    [() => new Sender(undefined as never), 'to'],
    [() => new Sender('abc' as never), 'to'],
    [() => byteSender({ id: 'abc' } as never), 'to'],
    [() => new Receiver({} as never), 'from'],
    [() => new Receiver(undefined as never), 'from'],
    [() => recvSync(3 as never), 'receiver'],
    [() => sendSync(3 as never, 1), 'sender'],
    [() => select(3 as never), 'receivers'],
    [() => select(), 'receivers'],
  ]
  for (const [index, [call, argument]] of wrong.entries())
    await t.rejects(async () => call(), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, `${index}: ${argument}`)
  t.throws(() => new Pool({ setup: (() => 1) as never }), { code: 'ERR_BROOD_NOT_A_TASK' })
  await handle
  const characters: unknown[] = []
  for await (const character of pool.map(echo, 'ab')) characters.push(character)
  t.same(characters, ['a', 'b'], 'a text is a list of them')
  await pool.shutdown()
})

t.test('what cannot be seen in a text is said', (t) => {
  for (const options of [{ args: ['a\0'] }, { env: { A: 'a\0' } }, { cwd: 'a\0b' }])
    t.throws(() => spawnWith(options, about), { message: /without the character NUL/ })
  t.throws(() => spawnWith({ cwd: new URL('http://a') }, about), { message: /^`cwd` must be .* 'http:\/\/a\/'.*$/ }, 'in one line')
  t.throws(() => spawnWith({ args: [1] as never }, about), { message: /^`args` must be a list of texts, and is \[ 1 \]\.$/ })
  t.throws(() => spawnWith({ resources: { memory: 5 } as never }, about), {
    message: 'There is no option `resources.memory`. There are mem, cpu.',
  })
  t.end()
})
