import '../posix-only.js'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext } from 'brood'
import { currentPlace, describeOwner, judgeOwner, type Owner, ownerFile, parseStartTime, startTimeOf } from '../../lib/wrap/owner.js'
import { longestDoubt } from '../../lib/wrap/sweep.js'
import { atOnce, observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const place = currentPlace()
type Case = readonly [name: string, expected: 'swept' | 'left', make: (directory: string) => void]

const isRoot = process.getuid?.() === 0

t.test('when a process started', (t) => {
  const stat = (name: string, state: string) => `42 (${name}) ${state} 1 42 42 0 -1 4194304 90 0 0 0 1 2 3 4 20 0 1 0 123456 1000 200\n`
  for (const name of ['node', 'a b', 'x) S 1 2', '(', '']) t.equal(parseStartTime(stat(name, 'S')), '123456', name)
  t.equal(parseStartTime(stat('node', 'Z')), undefined, 'one that has ended and is not waited for')
  t.equal(parseStartTime(''), undefined)
  t.equal(startTimeOf(2 ** 22 + 1), undefined, 'no such process')
  t.end()
})

t.test('does an owner still run?', (t) => {
  const here = { bootId: 'this-boot', pidNamespace: 'pid:[1]' }
  const owner: Owner = { pid: 42, startTime: '7', place: here, kept: false }
  const cases: readonly [name: string, owner: Owner | undefined, started: string | undefined, expected: string][] = [
    ['the same process', owner, '7', 'runs'],
    ['no process', owner, undefined, 'gone'],
    ['another process of that pid', owner, '8', 'gone'],
    ['another start of the system, or another machine', { ...owner, place: { ...here, bootId: 'other' } }, undefined, 'unknown'],
    ['another container', { ...owner, place: { ...here, pidNamespace: 'pid:[2]' } }, undefined, 'unknown'],
    ['no /proc where it ran', { ...owner, place: undefined, startTime: undefined }, undefined, 'unknown'],
    ['kept for a look at it', { ...owner, kept: true }, undefined, 'unknown'],
    ['no file, or half of one', undefined, undefined, 'unknown'],
  ]
  for (const [name, candidate, started, expected] of cases)
    t.equal(
      judgeOwner(candidate, here, () => started),
      expected,
      name,
    )
  t.equal(
    judgeOwner(owner, undefined, () => undefined),
    'unknown',
    'no /proc here',
  )
  t.end()
})

t.test('what the next context sweeps, and what it leaves', { skip: place === undefined && 'no /proc' }, (t) => {
  const shimRoot = temporaryDirectory(t)
  const outside = temporaryDirectory(t)
  writeFileSync(join(outside, 'file'), 'precious')
  const me = describeOwner(process.pid, false)
  const gone = { ...me, startTime: '1' }
  const ofAnotherUser: Case = [
    "another user's",
    'left',
    (directory) => {
      furnish(directory, gone)
      chownSync(directory, 65534, 65534)
    },
  ]
  const cases: readonly Case[] = [
    ['of a process that runs', 'left', (directory) => furnish(directory, me)],
    ['of one that has ended, and whose pid another has now', 'swept', (directory) => furnish(directory, gone)],
    ['of one that has ended, and left only its file', 'swept', (directory) => furnish(directory, gone, [])],
    [
      'with a directory in it',
      'swept',
      (directory) => {
        furnish(directory, gone)
        mkdirSync(join(directory, 'a/b'), { recursive: true })
      },
    ],
    [
      'with a symbolic link in it',
      'swept',
      (directory) => {
        furnish(directory, gone)
        symlinkSync(outside, join(directory, 'link'))
      },
    ],
    ['kept for a look at it', 'left', (directory) => furnish(directory, { ...gone, kept: true })],
    ['kept for a look at it, long ago', 'swept', old((directory) => furnish(directory, { ...gone, kept: true }))],
    ['of another boot', 'left', (directory) => furnish(directory, elsewhere(gone, 'bootId'))],
    ['of another boot, long ago', 'swept', old((directory) => furnish(directory, elsewhere(gone, 'bootId')))],
    ['of another container', 'left', (directory) => furnish(directory, elsewhere(gone, 'pidNamespace'))],
    ['of another container, long ago', 'swept', old((directory) => furnish(directory, elsewhere(gone, 'pidNamespace')))],
    ['half made', 'left', (directory) => mkdirSync(directory)],
    ['half made, long ago', 'swept', old((directory) => mkdirSync(directory))],
    ['whose file was torn by a power loss', 'left', (directory) => furnish(directory, '')],
    ['whose file was torn by a power loss, long ago', 'swept', old((directory) => furnish(directory, ''))],
    ["spawn-wrap 3's own, long ago", 'left', old((directory) => furnish(directory, undefined))],
    [
      'a symbolic link to a directory',
      'left',
      (directory) => {
        mkdirSync(`${outside}/target`)
        furnish(join(outside, 'target/x'), gone)
        symlinkSync(join(outside, 'target/x'), directory)
      },
    ],
    ['a file', 'left', old((path) => writeFileSync(path, ''))],
    ...(isRoot ? [ofAnotherUser] : []),
  ]
  const paths = cases.map(([, , make], index) => {
    const path = join(shimRoot, `.node-spawn-wrap-${index + 1}-abcdef`)
    make(path)
    return path
  })
  mkdirSync(join(shimRoot, '.node-spawn-wrap-other'))
  createContext({ shimRoot }).dispose()
  for (const [index, [name, expected]] of cases.entries()) t.equal(isThere(paths[index] as string) ? 'left' : 'swept', expected, name)
  t.ok(existsSync(join(shimRoot, '.node-spawn-wrap-store')))
  t.ok(existsSync(join(shimRoot, '.node-spawn-wrap-other')))
  t.same(readdirSync(outside), ['file', 'target'], 'no symbolic link is followed')
  t.equal(readFileSync(join(outside, 'file'), 'utf8'), 'precious')
  t.same(readdirSync(join(outside, 'target/x')).length, 4)
  t.end()
})

t.test(
  'a directory that a living process carries stays, and gets that process as its owner',
  { skip: place === undefined && 'no /proc' },
  async (t) => {
    const shimRoot = temporaryDirectory(t)
    const directory = join(shimRoot, '.node-spawn-wrap-1-carried')
    furnish(directory, { ...describeOwner(process.pid, false), startTime: '1' })
    const daemon = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log()'], { env: { PATH: `${directory}:/bin` } })
    await once(daemon.stdout, 'data')
    // In processes of their own: one sweeps once a minute.
    const start = () =>
      spawnSync(process.execPath, ['-e', `require('brood').createContext({ shimRoot: ${JSON.stringify(shimRoot)} })`], { cwd: root })
    start()
    t.equal(JSON.parse(readFileSync(join(directory, ownerFile), 'utf8')).pid, daemon.pid)
    start()
    t.ok(existsSync(join(directory, 'node')))
    daemon.stdin.end()
    await once(daemon, 'close')
    start()
    t.notOk(existsSync(directory))
  },
)

t.test('SPAWN_WRAP_DEBUG says what is swept', { skip: place === undefined && 'no /proc' }, (t) => {
  const shimRoot = temporaryDirectory(t)
  const directory = join(shimRoot, '.node-spawn-wrap-1-gone')
  furnish(directory, { ...describeOwner(process.pid, false), startTime: '1' })
  const { stderr } = spawnSync(process.execPath, ['-e', `require('brood').createContext({})`], {
    cwd: root,
    env: { PATH: process.env.PATH, SPAWN_WRAP_SHIM_ROOT: shimRoot, SPAWN_WRAP_DEBUG: '1' },
    encoding: 'utf8',
  })
  t.match(stderr, `: swept\n`)
  t.match(stderr, `directory: "${directory}"`)
  t.end()
})

t.test('several sweep at once', { skip: place === undefined && 'no /proc' }, async (t) => {
  const shimRoot = temporaryDirectory(t)
  const gone = { ...describeOwner(process.pid, false), startTime: '1' }
  for (let index = 0; index < 200; index++) furnish(join(shimRoot, `.node-spawn-wrap-${index}-x`), gone)
  const script = `require('brood').createContext({ shimRoot: ${JSON.stringify(shimRoot)} })`
  await atOnce(4, Array(4), async () => {
    const { code, stderr } = await observe(process.execPath, ['-e', script], { cwd: root })
    t.same([code, stderr], [0, ''])
  })
  t.same(readdirSync(shimRoot), ['.node-spawn-wrap-store'])
})

function furnish(directory: string, owner: Owner | '' | undefined, names = ['node', 'npm', 'context.json']): void {
  mkdirSync(directory, { recursive: true })
  for (const name of names) writeFileSync(join(directory, name), '')
  if (owner !== undefined) writeFileSync(join(directory, ownerFile), owner === '' ? '' : JSON.stringify(owner))
}

function old(make: (path: string) => void): (path: string) => void {
  return (path) => {
    make(path)
    const then = (Date.now() - longestDoubt) / 1000 - 60
    utimesSync(path, then, then)
  }
}

function elsewhere(owner: Owner, field: 'bootId' | 'pidNamespace'): Owner {
  return { ...owner, place: { ...(owner.place as NonNullable<Owner['place']>), [field]: 'other' } }
}

function isThere(path: string): boolean {
  return readdirSync(join(path, '..')).includes(path.slice(path.lastIndexOf('/') + 1))
}
