// The system refuses: no descriptors, no room, no directory, sockets that fail. Calls and channels say so or go on; nothing hangs, is run twice or left.
import '../posix-only.js'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { observe, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { program } from './programs.js'

/** What fixtures/process/faults/inject.cjs makes fail. */
interface Fault {
  readonly in: 'root' | 'child'
  readonly call:
    | 'mkdir'
    | 'open'
    | 'note'
    | 'bind'
    | 'listen'
    | 'connect'
    | 'write'
    | 'write-link'
    | 'write-pipe'
    | 'write-channel'
    | 'read-channel'
    | 'reaper'
  readonly code: string
  readonly times?: number
  readonly after?: number
  readonly above?: number
  readonly part?: number
  readonly armed?: boolean
}

interface Case {
  readonly name: string
  /** Of fixtures/process/faults/program.mjs, with what it is told. */
  readonly program: readonly string[]
  readonly faults?: readonly Fault[]
  /** What is to be the directory for temporary files, of one that is there. */
  readonly temporary?: (directory: string) => string
  /** What the shell does before, and with the output. */
  readonly before?: string
  readonly redirect?: string
  /** What the program has seen. */
  readonly said: unknown
  /** The tasks that were begun, each once; none where it is killed before, or perhaps after that. */
  readonly begun: readonly number[] | 'perhaps'
}

/** Milliseconds: a program that hangs is killed. */
const longest = 20_000

const hasEnvironments = process.platform === 'linux'

/** The processes that were started for a case, by what is in their variables. */
function processesOf(directory: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(directory)
    } catch {
      return false
    }
  })
}

/** @returns those that are left after a while, which are killed then: they may be busy for ever */
async function untilNone(directory: string): Promise<string[]> {
  const end = Date.now() + longest
  let left = processesOf(directory)
  while (left.length > 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    left = processesOf(directory)
  }
  for (const pid of left) process.kill(Number(pid), 'SIGKILL')
  return left
}

const read = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

async function check(t: Test, { program: args, faults = [], temporary, before = ':', redirect = '', said, begun }: Case): Promise<void> {
  const directory = temporaryDirectory(t)
  const [tmp, ledger] = [join(directory, 'tmp'), join(directory, 'ledger')]
  mkdirSync(tmp)
  mkdirSync(ledger)
  const TMPDIR = temporary?.(tmp) ?? tmp
  const given = readdirSync(tmp)
  const script = `${before}; exec "$@" ${redirect}`
  const node = [process.execPath, '--require', program('faults/inject.cjs'), program('faults/program.mjs'), ...args]
  const env = { ...process.env, TMPDIR, BROOD_TEST_LEDGER: ledger, BROOD_TEST_FAULTS: JSON.stringify(faults) }
  const { code, signal, stderr } = await observe('/bin/sh', ['-c', script, 'sh', ...node], { env, timeout: longest, killSignal: 'SIGKILL' })
  t.same([code, signal], [0, null], stderr)
  const text = read(join(ledger, 'said'))
  t.match(text === '' ? 'nothing' : JSON.parse(text), said)
  const lines = read(join(ledger, 'begun')).split('\n').filter(Boolean)
  const ids = lines.map((line) => Number.parseInt(line, 10)).sort(byNumber)
  t.same(ids, begun === 'perhaps' ? [...new Set(ids)] : begun, 'begun, each once')
  if (hasEnvironments) t.same(await untilNone(ledger), [], 'no process is left')
  t.same(readdirSync(tmp), given, 'no file is left')
}

function checkAll(title: string, cases: readonly Case[]): void {
  t.test(title, async (t) => {
    for (const each of cases) await t.test(each.name, (t) => check(t, each))
  })
}

const byNumber = (a: number, b: number) => a - b
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const exited = { code: 'ERR_BROOD_EXITED', name: 'ExitedError', hasPid: true }
/** A child that could not write says why on its stderr. */
const unwritten = (code: string) => ({
  ...exited,
  exitCode: 1,
  signal: null,
  message: new RegExp(`^Task "\\w+" was not answered: its process ended with exit code 1\\.[^]*could not be written: ${code}`),
})
const pooled = (answers: readonly unknown[], after: unknown = 9) => ({ answers, after, size: 1, active: 0, queued: 0 })
/** More than the frame has by which a process of a pool says that it is ready. */
const answer = { in: 'child', call: 'write', above: 17 } as const

checkAll('the answer of a child', [
  ...['ENOSPC', 'EIO'].flatMap((code): Case[] => [
    {
      name: `${code}, spawn`,
      program: ['spawn'],
      faults: [{ in: 'child', call: 'write', code }],
      said: unwritten(code),
      begun: [1],
    },
    {
      name: `${code}, spawn of a task that returns a promise`,
      program: ['spawnLater'],
      faults: [{ in: 'child', call: 'write', code }],
      said: unwritten(code),
      begun: [1],
    },
    ...['1', '4'].map(
      (prefetch): Case => ({
        name: `${code}, pool, prefetch ${prefetch}`,
        program: ['pool', 'mark', '1', prefetch],
        faults: [{ ...answer, code, times: 1 }],
        said: pooled([unwritten(code), ...numbers(2, 8)]),
        begun: numbers(1, 9),
      }),
    ),
  ]),
  ...(hasEnvironments ? ['ENOSPC', 'EIO'] : []).map(
    (code): Case => ({
      name: `${code}, pool, by its pipe`,
      program: ['pool', 'mark', '1', '4', 'piped'],
      faults: [{ in: 'child', call: 'write-pipe', code, armed: true, times: 1 }],
      said: pooled([unwritten(code), ...numbers(2, 8)]),
      begun: numbers(1, 9),
    }),
  ),
  ...(hasEnvironments ? ['EAGAIN', 'SHORT'] : []).map(
    (code): Case => ({
      name: `${code} 100 times, pool, by its pipe`,
      program: ['pool', 'mark', '1', '4', 'piped'],
      faults: [{ in: 'child', call: 'write-pipe', code, armed: true, times: 100 }],
      said: pooled(numbers(1, 8)),
      begun: numbers(1, 9),
    }),
  ),
  ...(hasEnvironments ? ['ENOSPC', 'EIO'] : []).map(
    (code): Case => ({
      name: `${code}, when its pipe writes what the parent has not taken at once`,
      program: ['pool', 'markLater', '1', '4', 'piped'],
      faults: [
        { in: 'child', call: 'write-pipe', code: 'EAGAIN', armed: true, times: 1 },
        { in: 'child', call: 'write-link', code, armed: true, times: 1 },
      ],
      said: pooled([unwritten(code), ...numbers(2, 8)]),
      begun: numbers(1, 9),
    }),
  ),
  {
    name: 'EPIPE: nobody is there to whom to say why',
    program: ['spawn'],
    faults: [{ in: 'child', call: 'write', code: 'EPIPE' }],
    said: { ...exited, exitCode: 1, signal: null, message: 'its process ended with exit code 1.' },
    begun: [1],
  },
  {
    name: 'where nobody reads its stderr',
    program: ['spawnQuiet'],
    faults: [{ in: 'child', call: 'write', code: 'ENOSPC' }],
    said: { ...exited, exitCode: 1, message: 'its process ended with exit code 1.' },
    begun: [1],
  },
  ...['EAGAIN', 'ENOBUFS', 'SHORT'].flatMap((code): Case[] => [
    {
      name: `${code} 100 times, spawn`,
      program: ['spawn'],
      faults: [{ in: 'child', call: 'write', code, times: 100 }],
      said: 1,
      begun: [1],
    },
    {
      name: `${code} 100 times, pool`,
      program: ['pool'],
      faults: [{ in: 'child', call: 'write', code, times: 100 }],
      said: pooled(numbers(1, 8)),
      begun: numbers(1, 9),
    },
  ]),
  {
    name: 'ENOBUFS for ever',
    program: ['spawn'],
    faults: [{ in: 'child', call: 'write', code: 'ENOBUFS' }],
    said: unwritten('ENOBUFS'),
    begun: [1],
  },
  {
    name: 'large ones, a byte at a time at first',
    program: ['pool', 'large'],
    faults: [{ ...answer, code: 'SHORT' }],
    said: pooled(Array(8).fill(300_000), 300_000),
    begun: numbers(1, 9),
  },
  {
    name: 'the middle of a large one',
    program: ['spawnLarge'],
    faults: [{ in: 'child', call: 'write', code: 'ENOSPC', above: 100_000, part: 50_000 }],
    said: unwritten('ENOSPC'),
    begun: [1],
  },
  ...['ENOSPC', 'ECANCELED'].map(
    (code): Case => ({
      name: `${code} when its socket writes what the parent has not taken at once: what waits behind it is not begun there`,
      program: ['pool', 'markLater'],
      faults: [
        { ...answer, code: 'EAGAIN', times: 1 },
        { in: 'child', call: 'write-link', code, times: 1 },
      ],
      said: pooled([code === 'ENOSPC' ? unwritten(code) : { ...exited, exitCode: 1 }, ...numbers(2, 8)]),
      begun: numbers(1, 9),
    }),
  ),
])

const untold = (code: string) => ({
  ...exited,
  exitCode: null,
  signal: 'SIGKILL',
  cause: code,
  message: new RegExp(`nothing more could be told to its process, which was killed: ${code}`),
})

checkAll('what a parent tells its child', [
  ...['ENOBUFS', 'ENOSPC'].flatMap((code): Case[] => [
    { name: `${code}, spawn`, program: ['spawn'], faults: [{ in: 'root', call: 'write-link', code }], said: untold(code), begun: [] },
    {
      name: `${code}, pool, at first`,
      program: ['pool'],
      faults: [{ in: 'root', call: 'write-link', code, times: 1 }],
      said: pooled([untold(code), ...numbers(2, 8)]),
      begun: numbers(2, 9),
    },
    {
      name: `${code}, pool, the last call: those in front of it are answered`,
      program: ['pool', 'mark', '1', '8'],
      faults: [{ in: 'root', call: 'write-link', code, times: 1, after: 1 }],
      said: { ...pooled(numbers(1, 8), untold(code)), size: 0 },
      begun: numbers(1, 8),
    },
  ]),
  {
    name: 'EPIPE',
    program: ['pool'],
    faults: [{ in: 'root', call: 'write-link', code: 'EPIPE', times: 1 }],
    said: pooled([{ ...exited, exitCode: 1 }, ...numbers(2, 8)]),
    begun: numbers(2, 9),
  },
])

t.test('what a parent tells its child while it answers', async (t) => {
  // Which call it works on then is as random as the moment: it fails, and no other one.
  const directory = temporaryDirectory(t)
  for (const after of [1, 2]) {
    const ledger = join(directory, String(after))
    mkdirSync(ledger)
    const faults: Fault[] = [{ in: 'root', call: 'write-link', code: 'ENOBUFS', times: 1, after }]
    const env = { ...process.env, TMPDIR: directory, BROOD_TEST_LEDGER: ledger, BROOD_TEST_FAULTS: JSON.stringify(faults) }
    const node = ['--require', program('faults/inject.cjs'), program('faults/program.mjs'), 'pool', 'mark', '1', '4']
    const { code, stderr } = await observe(process.execPath, node, { env, timeout: longest, killSignal: 'SIGKILL' })
    t.equal(code, 0, stderr)
    const said = JSON.parse(read(join(ledger, 'said'))) as { answers: unknown[]; after: unknown }
    const answers = [...said.answers, said.after]
    const failed = answers.flatMap((answer, index) => (answer === index + 1 ? [] : [index + 1]))
    t.equal(failed.length, 1)
    t.match(answers[(failed[0] as number) - 1], untold('ENOBUFS'))
    const begun = read(join(ledger, 'begun'))
      .split('\n')
      .filter(Boolean)
      .map((line) => Number.parseInt(line, 10))
    t.same(
      begun.filter((id) => id !== failed[0]).sort(byNumber),
      numbers(1, 9).filter((id) => id !== failed[0]),
      'each once',
    )
    t.ok(begun.filter((id) => id === failed[0]).length <= 1)
  }
})

/** Loading what it takes, a program has some 30 of them. */
const few = 'ulimit -n 64'
const notStarted = (cause: string) => ({ code: 'ERR_BROOD_NOT_STARTED', name: 'NotStartedError', hasPid: true, cause, message: cause })
const notOpened = (cause: string | undefined, where = /./) => ({
  code: 'ERR_BROOD_CHANNEL_REFUSED',
  ...(cause !== undefined && { cause }),
  message: new RegExp(
    `^No channel can be opened in ${where.source}.*${cause ?? ''}.*set TMPDIR to another one\\. It can be tried again\\.$`,
  ),
})

checkAll('no directory, which the pipes of a pool lie in', [
  {
    name: 'a file',
    program: ['pool'],
    temporary: (directory) => {
      writeFileSync(join(directory, 'file'), '')
      return join(directory, 'file')
    },
    said: pooled(numbers(1, 8)),
    begun: numbers(1, 9),
  },
  { name: 'none', program: ['pool'], temporary: (directory) => join(directory, 'none'), said: pooled(numbers(1, 8)), begun: numbers(1, 9) },
])

checkAll('no descriptors', [
  { name: 'spawn', program: ['spawnWithout'], before: few, said: [notStarted('EMFILE'), 2], begun: [0, 2] },
  {
    name: 'a pool none of whose processes can be started',
    program: ['poolWithout'],
    before: few,
    said: { without: [1, 2, 3].map(() => notStarted('EMFILE')), size: 0, after: [4, 5, 6] },
    begun: [0, 4, 5, 6],
  },
  {
    name: 'a pool that has a process, which is busy: the calls wait until others can be started',
    program: ['poolWithOne'],
    before: few,
    said: { first: 1, answers: [3, 4, 5], last: 2, sizes: [3, 3] },
    begun: [1, 2, 3, 4, 5],
  },
  {
    name: 'a channel, in the child',
    program: ['channelOfChildWithout'],
    before: few,
    said: { answers: [2, 4], child: [notOpened('EMFILE'), notOpened('EMFILE')] },
    begun: [1],
  },
  { name: 'a channel, in the root', program: ['channelWithout'], before: few, said: { answers: [2, 4], child: 'end' }, begun: [0, 1] },
  {
    name: 'the reaper at first, and the directory is removed',
    program: ['channel'],
    before: few,
    faults: [{ in: 'root', call: 'reaper', code: 'EMFILE' }],
    said: { answers: [2, 4], child: 'end' },
    begun: [1],
  },
  {
    name: 'a connection, in both, a few times',
    program: ['channel'],
    faults: [
      { in: 'root', call: 'connect', code: 'EMFILE', times: 3 },
      { in: 'child', call: 'connect', code: 'EMFILE', times: 3 },
    ],
    said: { answers: [2, 4], child: 'end' },
    begun: [1],
  },
])

t.test('no descriptors for the reaper at first: it is told later of those that were started before', async (t) => {
  const directory = temporaryDirectory(t)
  const faults: Fault[] = [{ in: 'root', call: 'reaper', code: 'EMFILE', times: 1 }]
  const env = { ...process.env, TMPDIR: directory, BROOD_TEST_LEDGER: directory, BROOD_TEST_FAULTS: JSON.stringify(faults) }
  const script = `${few}; exec "$@"`
  const node = [process.execPath, '--require', program('faults/inject.cjs'), program('faults/program.mjs'), 'killed']
  const { signal, stderr } = await observe('/bin/sh', ['-c', script, 'sh', ...node], { env, timeout: longest })
  t.equal(signal, 'SIGKILL', stderr)
  t.match(read(join(directory, 'begun')), /^1 \d+\n2 \d+\n$/)
  if (hasEnvironments) t.same(await untilNone(directory), [], 'no process is left')
})

t.test('a pool that is to have processes which cannot be started leaves its program the time for others', (t) =>
  check(t, {
    name: 'nowhere',
    program: ['poolNowhere'],
    said: [notStarted('ENOENT'), notStarted('ENOENT')].map((error) => ({ ...error, message: 'its cwd, /nowhere/at/all, does not exist' })),
    begun: [],
  }),
)

const gone = { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'exited' }
const cancelled = { code: 'ERR_BROOD_CANCELLED' }
const never = (cause: string | undefined, where?: RegExp) => ({
  attempt: notOpened(cause, where),
  again: [notOpened(cause, where), notOpened(cause, where)],
  child: cancelled,
})

checkAll('the directory of the tree', [
  {
    name: 'is to be in one that does not exist: calls need none',
    program: ['pool'],
    temporary: (directory) => join(directory, 'absent'),
    said: pooled(numbers(1, 8)),
    begun: numbers(1, 9),
  },
  {
    name: 'is to be in one that does not exist',
    program: ['channelAgain'],
    temporary: (directory) => join(directory, 'absent'),
    said: never('ENOENT', /.*\/absent\/brood-/),
    begun: 'perhaps',
  },
  {
    name: 'is to be in a file',
    program: ['channelAgain'],
    temporary: (directory) => {
      writeFileSync(join(directory, 'file'), '')
      return join(directory, 'file')
    },
    said: never('ENOTDIR', /.*\/file\/brood-/),
    begun: 'perhaps',
  },
  {
    name: 'would make the paths of sockets too long: it is in /tmp',
    program: ['channel'],
    temporary: (directory) => join(directory, 'x'.repeat(100)),
    said: { answers: [2, 4], child: 'end' },
    begun: [1],
  },
  ...['ENOSPC', 'EROFS', 'EACCES'].map(
    (code): Case => ({
      name: `${code} when it is made`,
      program: ['channelAgain'],
      faults: [{ in: 'root', call: 'mkdir', code }],
      said: never(code),
      begun: 'perhaps',
    }),
  ),
  {
    name: 'ENOSPC when it is made, once',
    program: ['channelAgain'],
    faults: [{ in: 'root', call: 'mkdir', code: 'ENOSPC', times: 1 }],
    said: { attempt: notOpened('ENOSPC'), again: ['sent', 4], child: 'end' },
    begun: [1],
  },
  {
    name: 'ENOSPC when it is made, in the child',
    program: ['channel'],
    faults: [{ in: 'child', call: 'mkdir', code: 'ENOSPC' }],
    said: { answers: [gone, gone], child: notOpened('ENOSPC') },
    begun: [1],
  },
  {
    name: 'ENOSPC when it is made, for a child without an event loop',
    program: ['channelSync'],
    faults: [{ in: 'root', call: 'mkdir', code: 'ENOSPC' }],
    said: { mine: [notOpened('ENOSPC')], child: { ...notOpened(undefined), cause: undefined } },
    begun: [1],
  },
  {
    name: 'ENOSPC when it is made, for what a child has left to its parent to send: who waits for it hears that it is not all',
    program: ['channelBequeathed'],
    faults: [{ in: 'root', call: 'mkdir', code: 'ENOSPC' }],
    said: [null, { ...gone, reason: 'died' }],
    begun: [1, 2],
  },
  { name: 'is removed before a second channel', program: ['channelRemoved'], said: [2, 4, 'end', 'end'], begun: [1, 2] },
  ...(['channelRemoved', 'channelRemovedFirst'] as const).map(
    (program): Case => ({
      name: `is removed, and the root must be found: ${program}`,
      program: [program],
      faults: [{ in: 'root', call: 'connect', code: 'ENOENT' }],
      said: program === 'channelRemoved' ? [2, 4, 'end', 'end'] : [0, 1, 2],
      begun: program === 'channelRemoved' ? [1, 2] : [1],
    }),
  ),
  { name: 'is removed from under a channel', program: ['channelRemovedWithin'], said: [2, 4, 'end'], begun: [1] },
  { name: 'is removed while one end waits', program: ['channelRemovedBefore'], said: [2, 'end'], begun: [1] },
])

checkAll('the socket of a process', [
  ...(['bind', 'listen'] as const).flatMap((call) =>
    ['ENOSPC', 'EACCES', 'EADDRINUSE'].map(
      (code): Case => ({
        name: `${code} by ${call}, in the root`,
        program: ['channelAgain'],
        // The system says the same of a file.
        faults: [
          { in: 'root', call, code },
          { in: 'root', call: 'open', code },
        ],
        said: never(code),
        begun: 'perhaps',
      }),
    ),
  ),
  {
    name: 'EINVAL by bind, for which a file would be no reason',
    program: ['channelAgain'],
    faults: [{ in: 'root', call: 'bind', code: 'EINVAL' }],
    said: never(undefined),
    begun: 'perhaps',
  },
  {
    name: 'EACCES by bind, in the child',
    program: ['channel'],
    faults: [
      { in: 'child', call: 'bind', code: 'EACCES' },
      { in: 'child', call: 'open', code: 'EACCES' },
    ],
    said: { answers: [gone, gone], child: notOpened('EACCES') },
    begun: [1],
  },
  ...['ECONNREFUSED', 'ENOENT', 'EACCES', 'EMFILE'].map(
    (code): Case => ({
      name: `${code} by connect, in the root: the child comes`,
      program: ['channel'],
      faults: [{ in: 'root', call: 'connect', code }],
      said: { answers: [2, 4], child: 'end' },
      begun: [1],
    }),
  ),
  {
    name: 'ENOENT by connect, in the child: the root comes again',
    program: ['channel'],
    faults: [{ in: 'child', call: 'connect', code: 'ENOENT' }],
    said: { answers: [2, 4], child: 'end' },
    begun: [1],
  },
  {
    name: 'ENOSPC by the note that an end is handed on with',
    program: ['channelHanded'],
    faults: [{ in: 'child', call: 'note', code: 'ENOSPC' }],
    said: [cancelled, notOpened('ENOSPC')],
    begun: [1, 2],
  },
])

const died = { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'died' }
const [middle, half] = [1_000_000, 500_000]

checkAll('the middle of a large buffer', [
  ...['ENOBUFS', 'ENOSPC', 'EPIPE'].flatMap((code): Case[] => [
    {
      name: `${code}, the child sends`,
      program: ['childSends'],
      faults: [{ in: 'child', call: 'write-channel', code, times: 1, above: middle, part: half }],
      said: { failure: died, isWhole: true, child: died },
      begun: [1],
    },
    {
      name: `${code}, the root sends`,
      program: ['childTakes'],
      faults: [{ in: 'root', call: 'write-channel', code, times: 1, above: middle, part: half }],
      said: { failure: died, child: died },
      begun: [1],
    },
  ]),
  ...['ECONNRESET', 'EIO'].flatMap((code): Case[] => [
    {
      name: `${code}, the root receives`,
      program: ['childSends'],
      faults: [{ in: 'root', call: 'read-channel', code, times: 1, above: 5 * middle }],
      said: { failure: died, isWhole: true, child: died },
      begun: [1],
    },
    {
      name: `${code}, the child receives`,
      program: ['childTakes'],
      faults: [{ in: 'child', call: 'read-channel', code, times: 1, above: 5 * middle }],
      said: { failure: died, child: died },
      begun: [1],
    },
  ]),
])

/** A disk without room; not every system has one. */
const full = '/dev/full'

const outputs: readonly Case[] = [
  { name: 'stdout, spawn', program: ['write', 'stdout'], redirect: `>${full}`, said: [1, 2], begun: [1, 2] },
  { name: 'stderr, spawn', program: ['write', 'stderr'], redirect: `2>${full}`, said: [1, 2], begun: [1, 2] },
  { name: 'stderr, pool', program: ['write', 'stderr', 'pool'], redirect: `2>${full}`, said: [1, 2], begun: [1, 2] },
  { name: 'stderr, grouped', program: ['write', 'stderr', 'spawn', 'grouped'], redirect: `2>${full}`, said: [1, 2], begun: [1, 2] },
  { name: 'stdout, as JSON', program: ['write', 'stdout', 'spawn', 'json'], redirect: `>${full}`, said: [1, 2], begun: [1, 2] },
]
checkAll('output that cannot be written', existsSync(full) ? outputs : [])
