// A process can end in many ways before it has answered: each is an error that says how, and none is a hang.
import '../posix-only.js'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  BroodError,
  CancelledError,
  configure,
  ExitedError,
  type JoinHandle,
  OutOfMemoryError,
  Pid,
  Pool,
  type SpawnOptions,
  spawn,
  spawnWith,
  TimeoutError,
} from 'brood/process'
import { observe, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { caught, isAlive, load, MiB, program, run, said, started } from './programs.js'

configure({ captureErrors: true })
const { add, busy, echo, forever, later } = await load<'add' | 'busy' | 'echo' | 'forever' | 'later'>('tasks.mjs')
const ends = await load<
  | 'abort'
  | 'complain'
  | 'die'
  | 'exit'
  | 'exitLater'
  | 'fillHeap'
  | 'lastBreath'
  | 'never'
  | 'obedient'
  | 'overflow'
  | 'rejectLater'
  | 'stubborn'
  | 'throwLater'
  | 'writeRubbish'
>('ends.mjs')

t.test('an end without an answer', async (t) => {
  const exited = { name: 'ExitedError', code: 'ERR_BROOD_EXITED' }
  const cases: readonly (readonly [end: keyof typeof ends, args: readonly unknown[], error: object, options?: SpawnOptions])[] = [
    ['exit', [0], { ...exited, exitCode: 0, signal: null, message: /ended with exit code 0. It called process.exit\(\), or had nothing/ }],
    [
      'exit',
      [3],
      { ...exited, exitCode: 3, signal: null, message: /^Task "exit" was not answered: its process ended with exit code 3\.$/ },
    ],
    ['exitLater', [4], { ...exited, exitCode: 4 }],
    ['never', [], { ...exited, exitCode: 0, message: /had nothing more to wait for/ }],
    ['die', ['SIGKILL'], { ...exited, exitCode: null, signal: 'SIGKILL', message: /its process ended by SIGKILL/ }],
    ['die', ['SIGSEGV'], { ...exited, exitCode: null, signal: 'SIGSEGV' }],
    ['die', ['SIGTERM'], { ...exited, exitCode: null, signal: 'SIGTERM' }],
    ['abort', [], { ...exited, exitCode: null, signal: 'SIGABRT' }],
    ['complain', ['first\nlast\n'], { ...exited, exitCode: 9, stderr: 'first\nlast\n', message: /stderr ends with:\nfirst\nlast$/ }],
    ['throwLater', [], { ...exited, exitCode: 1, cause: { name: 'RangeError', message: 'thrown outside of the task' } }],
    ['rejectLater', [], { ...exited, exitCode: 1, cause: { name: 'TypeError', message: 'rejected outside of the task' } }],
    ['fillHeap', [], { name: 'OutOfMemoryError', code: 'ERR_BROOD_OUT_OF_MEMORY' }, { execArgv: ['--max-old-space-size=24'] }],
    ['writeRubbish', [], { ...exited, signal: 'SIGKILL', message: /file descriptor 3/, cause: { name: 'FrameError' } }],
    ['overflow', [], { name: 'RangeError', message: 'Maximum call stack size exceeded' }],
  ]
  for (const [end, args, expected, options = {}] of cases) {
    const handle = spawnWith(options, ends[end], ...args)
    const error = await caught(handle)
    const text = `${end} ${args.join()}`
    t.match(error, expected, text)
    if (!(error instanceof ExitedError)) continue
    t.equal(error.pid, handle.pid, text)
    t.equal(error.osPid, handle.osPid, text)
    t.equal(error.task, end, text)
    t.notOk(isAlive(error.osPid), text)
    t.equal(await caught(handle), error, 'it can be asked again')
  }
  const error = await caught(spawn(ends.complain, `${'x'.repeat(99)}\n`.repeat(100)))
  t.ok(error.stderr.length <= 4096)
  t.match(error.stderr, /^x{99}\n/, 'the last 4 kB, from the beginning of a line on')
  t.ok(
    (await caught(spawnWith({ stdio: ['ignore', 'ignore', 'pipe'] }, ends.complain, 'read by others'))).stderr.endsWith('read by others'),
  )
  t.equal((await caught(spawnWith({ stdio: 'ignore' }, ends.complain, 'x'))).stderr, '')
  const outOfMemory = await caught(spawnWith({ execArgv: ['--max-old-space-size=24'] }, ends.fillHeap))
  const exited3 = await caught(spawn(ends.exit, 3))
  for (const [error, classes] of [
    [outOfMemory, [BroodError, ExitedError, OutOfMemoryError]],
    [exited3, [BroodError, ExitedError]],
  ] as const) {
    const all = [BroodError, ExitedError, OutOfMemoryError, CancelledError, TimeoutError]
    t.same(
      all.filter((each) => error instanceof each),
      classes,
    )
  }
})

t.test('what was sent before the end arrives', async (t) => {
  const seen: number[][] = []
  const onProgress = (bytes: unknown) => seen.push([(bytes as Buffer).length, (bytes as Buffer).at(-1) as number])
  t.match(await caught(spawnWith({ onProgress }, ends.lastBreath)), { code: 'ERR_BROOD_EXITED', exitCode: 0 })
  t.same(seen, [
    [8 * MiB, 2],
    [8 * MiB, 1],
  ])
})

t.test('kill', async (t) => {
  for (const [signal, name] of [
    [undefined, 'SIGTERM'],
    ['SIGKILL', 'SIGKILL'],
    ['SIGINT', 'SIGINT'],
  ] as const) {
    for (const task of [forever, busy]) {
      const { handle } = await started(task)
      handle.kill(signal)
      t.match(await caught(handle), { name: 'CancelledError', code: 'ERR_BROOD_CANCELLED', signal: name, pid: handle.pid })
      await untilGone(handle)
    }
  }
  const { handle } = await started(forever)
  process.kill(handle.osPid as number, 'SIGSTOP')
  handle.kill('SIGKILL')
  t.match(await caught(handle), { code: 'ERR_BROOD_CANCELLED' })
  await untilGone(handle)
  const early = spawn(add, 1, 2)
  early.kill()
  t.match(await caught(early), { code: 'ERR_BROOD_CANCELLED' }, 'before it has begun')
  const late = spawn(add, 1, 2)
  await late
  late.kill()
  t.equal(await late, 3, 'too late')
  const { handle: kept } = await started(forever)
  for (const wrong of ['SIGNONE', 'sigterm', '', 0, 9, null]) {
    for (const each of [late, kept])
      t.throws(() => each.kill(wrong as never), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'signal' }, String(wrong))
  }
  t.ok(isAlive(kept.osPid), 'nothing was done')
  await kept[Symbol.asyncDispose]()
})

t.test('signals that do not mean an end', async (t) => {
  await using pool = new Pool({ size: 1 })
  const calls = [
    ['spawn', () => spawn(later, 20, 100)],
    ['a pool', () => pool.run(later, 20, 100)],
  ] as const
  for (const [name, call] of calls) {
    const handle = call()
    while (handle.osPid === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const signal of ['SIGSTOP', 'SIGCONT', 'SIGWINCH', 'SIGCHLD', 'SIGURG'] as const) handle.kill(signal)
    t.equal(await handle, 20, name)
  }
  const running = pool.run(later, 20, 100)
  const waiting = pool.run(later, 20, 100)
  waiting.kill('SIGSTOP')
  t.same(await Promise.all([running, waiting]), [20, 20], 'what waits is sent none')
  const { handle: heeding } = await started(forever)
  heeding.kill('SIGUSR2')
  t.match(await caught(heeding), { code: 'ERR_BROOD_EXITED', signal: 'SIGUSR2' }, 'where it ends by it, it has ended')
})

t.test('a process of a pool that does not heed it is killed, and what waits goes on', async (t) => {
  await using pool = new Pool({ size: 1, prefetch: 2 })
  let setRunning: (value: unknown) => void = () => {}
  const running = new Promise((resolve) => {
    setRunning = resolve
  })
  const handle = pool.runWith({ onProgress: setRunning }, ends.stubborn)
  const { osPid } = handle
  const behind = pool.run(echo, 1)
  await running
  handle.kill()
  t.match(await caught(handle), { code: 'ERR_BROOD_CANCELLED', signal: 'SIGTERM' })
  t.equal(await behind, 1)
  t.notOk(isAlive(osPid))
})

t.test('a killed process that does not heed it', async (t) => {
  for (const [how, least, most] of [
    ['finished', 900, 10_000],
    ['gone', 2000, 10_000],
  ] as const) {
    const from = Date.now()
    const observation = await run('kills-deaf.mjs', [how])
    const taken = Date.now() - from
    t.equal(observation.code, 0, how)
    const { code, osPid, isGone } = said(observation)
    t.same([code, isGone], ['ERR_BROOD_CANCELLED', how === 'gone'])
    t.ok(taken > least && taken < most, `${how}: ${taken} ms`)
    await until(() => !isAlive(osPid))
  }
})

t.test('timeout', async (t) => {
  for (const task of [forever, busy, ends.stubborn]) {
    const { handle } = await started(task, { timeout: 500 })
    t.match(await caught(handle), { name: 'TimeoutError', code: 'ERR_BROOD_TIMEOUT', timeout: 500, pid: handle.pid })
    await untilGone(handle)
  }
  t.equal(await spawnWith({ timeout: 60_000 }, add, 1, 2), 3)
  t.match(await caught(spawnWith({ timeout: 0 }, add, 1, 2)), { code: 'ERR_BROOD_TIMEOUT' })
})

t.test('a signal', async (t) => {
  const file = join(temporaryDirectory(t), 'seen')
  const controller = new AbortController()
  const { handle } = await started(ends.obedient, { signal: controller.signal }, file)
  controller.abort(new RangeError('enough'))
  const error = await caught(handle)
  t.match(error, { name: 'AbortError', code: 'ERR_BROOD_CANCELLED' })
  t.equal(error.cause, controller.signal.reason)
  await untilGone(handle)
  t.same(JSON.parse(readFileSync(file, 'utf8')), ['RangeError', 'enough'], 'the task has seen it')

  const second = new AbortController()
  const stubborn = await started(ends.stubborn, { signal: second.signal })
  second.abort()
  t.match(await caught(stubborn.handle), { name: 'AbortError' })
  await untilGone(stubborn.handle)

  t.match(await caught(spawnWith({ signal: AbortSignal.abort() }, add, 1, 2)), { name: 'AbortError', cause: { name: 'AbortError' } })
  const unused = new AbortController()
  t.equal(await spawnWith({ signal: unused.signal }, add, 1, 2), 3)
  unused.abort()
})

t.test('join', async (t) => {
  const handle = spawn(later, 'done', 700)
  t.match(await caught(handle.join({ timeout: 10 })), { name: 'TimeoutError', code: 'ERR_BROOD_TIMEOUT', timeout: 10 })
  t.match(await caught(handle.join({ signal: AbortSignal.timeout(10) })), { name: 'AbortError', cause: { name: 'TimeoutError' } })
  t.match(await caught(handle.join({ signal: AbortSignal.abort() })), { name: 'AbortError' })
  t.ok(isAlive(handle.osPid), 'it lives on')
  t.equal(await handle.join({ timeout: 60_000, signal: new AbortController().signal }), 'done')
  t.equal(await handle.join(), 'done')
  t.equal(await handle, 'done')
  await t.rejects(handle.join({ timeout: -1 }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'timeout' })
  await t.rejects(handle.join({ signal: 1 as never }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'signal' })
})

t.test('await using', async (t) => {
  const { handle } = await started(busy)
  const { osPid } = handle
  {
    await using used = handle
    t.ok(isAlive(used.osPid))
  }
  t.notOk(isAlive(osPid))
  await using _failed = spawn(echo, () => {})
  await using _done = spawn(add, 1, 2)
  await _done
})

t.test('a handle that nobody joined', async (t) => {
  const warning =
    /\(node:\d+\) \[BROOD_UNJOINED\] BroodWarning: Task "exit" has failed, and nobody has joined it\. ExitedError: .* exit code 5/g
  const late = /BroodWarning: Task "exit" has failed, and nobody has joined it for a minute\. ExitedError: /g
  const cases: readonly (readonly [until: string, said: string, warning: RegExp | undefined])[] = [
    ['the end', 'goes on\n', warning],
    ['exit', 'goes on\n', warning],
    ['joined', '5\ngoes on\n', undefined],
    ['collected', 'BROOD_UNJOINED\ngoes on\n', warning],
    ['a minute', '0\n1\n5\ngoes on\n', late],
  ]
  for (const [until, said, expected] of cases) {
    for (const where of [[], ['in a pool']]) {
      const args = ['--expose-gc', program('unjoined.mjs'), until, ...where]
      const { stdout, stderr, code } = await observe(process.execPath, args)
      const name = [until, ...where].join(' ')
      t.equal(stdout, said, name)
      t.equal(stderr.match(/BROOD_UNJOINED/g)?.length ?? 0, expected === undefined ? 0 : 1, `${name}: once`)
      if (expected !== undefined) t.equal(stderr.match(expected)?.length, 1, `${name}: ${stderr}`)
      t.equal(code, 0, name)
    }
  }
})

t.test('what cannot be started', async (t) => {
  const directory = temporaryDirectory(t)
  const gone = spawnWith({ cwd: join(directory, 'none') }, add, 1, 2)
  t.match(await caught(gone), {
    name: 'NotStartedError',
    code: 'ERR_BROOD_NOT_STARTED',
    task: 'add',
    pid: Pid,
    cause: { code: 'ENOENT' },
    message: /cwd.*none/,
  })
  t.equal(gone.osPid, undefined)
  t.match(await caught(spawnWith({ execArgv: ['--no-such-flag'] }, add, 1, 2)), {
    code: 'ERR_BROOD_EXITED',
    exitCode: 9,
    stderr: /bad option: --no-such-flag/,
  })
  t.match(await caught(spawnWith({ env: { LARGE: 'x'.repeat(3e6) } }, add, 1, 2)), {
    code: 'ERR_BROOD_NOT_STARTED',
    cause: { code: 'E2BIG' },
  })
})

t.test('a directory that cannot be that of a process', async (t) => {
  const directory = temporaryDirectory(t)
  const file = join(directory, 'file')
  const closed = join(directory, 'closed')
  writeFileSync(file, '')
  mkdirSync(closed, { mode: 0 })
  const cases: readonly (readonly [cwd: string, code: string, why: string])[] = [
    [join(directory, 'none'), 'ENOENT', 'does not exist'],
    [join(file, 'below'), 'ENOTDIR', 'does not exist'],
    [file, 'ENOTDIR', 'is not a directory'],
    // The system's administrator may enter all of them.
    ...(process.getuid?.() === 0 ? [] : [[closed, 'EACCES', 'may not be entered by this user'] as const]),
  ]
  for (const [cwd, code, why] of cases) {
    const error = await caught(spawnWith({ cwd }, add, 1, 2))
    t.match(error, { code: 'ERR_BROOD_NOT_STARTED', task: 'add', cause: { code } }, cwd)
    t.ok(error.message.startsWith(`The process for task "add" could not be started: its cwd, ${cwd}, ${why}`), error.message)
  }
})

t.test('nothing keeps a finished program alive', async (t) => {
  const observation = await run('finished.mjs')
  t.same(said(observation), { answer: 3 })
  t.equal(observation.code, 0)
})

t.test('what may outlive its parent', async (t) => {
  const file = join(temporaryDirectory(t), 'written')
  const observation = await run('leaves-detached.mjs', [file])
  t.equal(observation.code, 0)
  const { osPid, joined } = said(observation)
  t.equal(joined, 'joined', 'who waits for a detached process is kept')
  t.ok(isAlive(osPid), 'it lives')
  t.notOk(existsSync(file))
  process.kill(osPid, 'SIGUSR2')
  await until(() => !isAlive(osPid))
  t.equal(readFileSync(file, 'utf8'), 'ended by itself', 'and has worked on')
})

async function untilGone(handle: JoinHandle<unknown>): Promise<void> {
  await until(() => !isAlive(handle.osPid))
}

/** The end of a process that is no child of this one is no event. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
