// What a process is started with.
import '../posix-only.js'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buffer, text as readText } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { type SpawnOptions, spawn, spawnWith } from 'brood/process'
import { inheritedExecArgv } from '../../lib/process/exec-argv.js'
import { root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { caught, load, MiB } from './programs.js'

const { about, call } = await load<'about' | 'call'>('tasks.mjs')
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
    [{ resources: { mem: 'lots' } }, 'mem'],
    [{ resources: 1 }, 'resources'],
    [{ env: 'A=1' }, 'env'],
    [{ env: { A: {} } }, 'env.A'],
    [{ env: { 'A=B': '1' } }, 'env'],
    [{ resources: { cpu: -1 } }, 'cpu'],
    [{ env: { A: 'a\0' } }, 'env.A'],
    [{ flushTimeout: Number.NaN }, 'flushTimeout'],
    [{ detached: 1 }, 'detached'],
    [{ onProgress: 1 }, 'onProgress'],
  ]
  for (const [options, argument] of wrong) {
    t.throws(() => spawnWith(options as SpawnOptions, about), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, argument)
  }
})
