import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BroodError, closure, Pool, type Task } from 'brood/process'
import { fixture, isNight, temporaryDirectory } from '../support.js'
import t from '../tap.js'

interface Tasks {
  readonly add: Task<(a: number, b: number) => number>
  readonly count: Task<() => number>
  readonly processId: Task<() => number>
  readonly nap: Task<<T>(milliseconds: number, value?: T) => Promise<T>>
  readonly spin: Task<(milliseconds: number) => void>
  readonly killSelf: Task<(signal: NodeJS.Signals) => never>
  readonly exit: Task<(code: number) => never>
  readonly fail: Task<(text: string) => never>
  readonly never: Task<() => Promise<void>>
  readonly unsettled: Task<() => Promise<void>>
  readonly throwLater: Task<() => Promise<void>>
  readonly steps: Task<(number: number) => Promise<number>>
  readonly untilAborted: Task<(file: string) => Promise<string>>
  readonly waitForSignal: Task<(signal: AbortSignal, file: string) => Promise<unknown>>
  readonly reasonOf: Task<(signal: AbortSignal) => Promise<unknown>>
  readonly waitForOwnSignal: Task<(file: string) => Promise<void>>
  readonly mark: Task<(file: string, id: number) => number>
  readonly hoard: Task<(bytes: number) => number>
  readonly echo: Task<(value: unknown) => unknown>
  readonly setUp: Task<() => void>
  readonly badSetUp: Task<() => void>
  readonly readArgs: Task<() => [string[], string | undefined]>
}

const tasks = (await import(fixture('process/pool-tasks.mjs'))) as Tasks
const scratch = temporaryDirectory(t)
let files = 0
const freshFile = () => join(scratch, `file-${files++}`)

/** What a call was rejected with. */
async function failureOf(call: PromiseLike<unknown>): Promise<BroodError & Record<string, unknown>> {
  try {
    await call
  } catch (error) {
    return error as BroodError & Record<string, unknown>
  }
  throw new Error('it did not fail')
}

/** There is no event for it: it is looked at until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it never came to ${isSo.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A process that has ended, and that nobody has asked about yet, has no command. */
function isRunning(osPid: number): boolean {
  try {
    process.kill(osPid, 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${osPid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

t.test('calls are answered, by as few processes as it takes', async (t) => {
  await using pool = new Pool({ size: 3 })
  t.equal(pool.size, 0, 'none before the first call')
  t.equal(await pool.run(tasks.add, 1, 2), 3)
  t.equal(await pool.run(tasks.add, 3, 4), 7)
  t.equal(pool.size, 1)
  const ids = await Promise.all(Array.from({ length: 9 }, () => pool.run(tasks.processId)))
  t.ok(new Set(ids).size <= 3)
  t.equal(pool.size, 3)
  t.same([pool.active, pool.queued], [0, 0])
})

t.test('what a process remembers stays from call to call', async (t) => {
  await using pool = new Pool({ size: 1 })
  const counts = await Promise.all([pool.run(tasks.count), pool.run(tasks.count), pool.run(tasks.count)])
  t.same(counts, [1, 2, 3], 'and they are worked on in their order')
})

t.test('errors are what the task threw, and the pool goes on', async (t) => {
  await using pool = new Pool({ size: 1 })
  const id = await pool.run(tasks.processId)
  const error = await failureOf(pool.run(tasks.fail, 'too far'))
  t.ok(error instanceof RangeError)
  t.match(error.stack, /pool-tasks\.mjs[\s\S]*pool\.test/, 'with the frames of both')
  t.notMatch(error.stack, /Object\.call/, 'it was called as a function')
  t.equal(await pool.run(tasks.processId), id)
})

/** Ways in which a process ends in the middle of a call. */
const ends: readonly (readonly [name: string, call: (pool: Pool) => PromiseLike<unknown>, expected: Record<string, unknown>])[] = [
  ['SIGKILL', (pool) => pool.run(tasks.killSelf, 'SIGKILL'), { code: 'ERR_BROOD_EXITED', signal: 'SIGKILL', exitCode: null }],
  ['SIGSEGV', (pool) => pool.run(tasks.killSelf, 'SIGSEGV'), { code: 'ERR_BROOD_EXITED', signal: 'SIGSEGV', exitCode: null }],
  ['exit(0)', (pool) => pool.run(tasks.exit, 0), { code: 'ERR_BROOD_EXITED', signal: null, exitCode: 0 }],
  ['exit(3)', (pool) => pool.run(tasks.exit, 3), { code: 'ERR_BROOD_EXITED', signal: null, exitCode: 3 }],
  ['a promise that nobody settles', (pool) => pool.run(tasks.unsettled), { code: 'ERR_BROOD_EXITED', signal: null, exitCode: 0 }],
  [
    'an exception that nobody catches',
    (pool) => pool.run(tasks.throwLater),
    { code: 'ERR_BROOD_EXITED', exitCode: 1, cause: { message: 'later' } },
  ],
  ['a timeout', (pool) => pool.runWith({ timeout: 30 }, tasks.never), { code: 'ERR_BROOD_TIMEOUT' }],
  ['a timeout in the middle of a loop', (pool) => pool.runWith({ timeout: 30 }, tasks.spin, 60_000), { code: 'ERR_BROOD_TIMEOUT' }],
  ['a join that ends before', (pool) => pool.run(tasks.never).join({ timeout: 30 }), { code: 'ERR_BROOD_TIMEOUT' }],
]
for (const prefetch of [1, 4]) {
  for (const [name, call, expected] of ends) {
    t.test(`${name}, prefetch ${prefetch}: that call fails, and those behind it do not`, async (t) => {
      await using pool = new Pool({ size: 1, prefetch })
      const before = await pool.run(tasks.processId)
      const failing = failureOf(call(pool))
      const others = [1, 2, 3, 4, 5, 6].map((number) => pool.run(tasks.add, number, 0))
      t.match(await failing, { ...expected, task: /./ })
      t.same(await Promise.all(others), [1, 2, 3, 4, 5, 6])
      t.not(await pool.run(tasks.processId), before, 'by another process')
      t.equal(pool.size, 1)
    })
  }
}

t.test('an error for a process says which it was, and what it said last', async (t) => {
  await using pool = new Pool({ size: 1 })
  const osPid = await pool.run(tasks.processId)
  const error = await failureOf(pool.run(tasks.throwLater))
  t.match(error, { osPid, task: 'throwLater', stderr: /Error: later/ })
  t.match(error.message, /Error: later/)
})

t.test('what a process remembered is lost with it, and that is said', async (t) => {
  const warnings: string[] = []
  const onWarning = (warning: Error & { code?: string }) => {
    if (warning.code === 'BROOD_STATE_LOST') warnings.push(warning.message)
  }
  process.on('warning', onWarning)
  t.teardown(() => process.off('warning', onWarning))
  const lost = /What its modules remembered is lost/
  const endIdle = async (pool: Pool) => {
    process.kill(await pool.run(tasks.processId), 'SIGKILL')
    await until(() => pool.size === 0)
  }

  await using pool = new Pool({ size: 1 })
  t.notMatch((await failureOf(pool.run(tasks.exit, 3))).message, lost, 'nothing was there to remember')
  t.equal(await pool.run(tasks.count), 1)
  t.match((await failureOf(pool.run(tasks.exit, 3))).message, /exit code 3\. What its modules remembered is lost\./)
  t.same(warnings, [], 'the error has said it')
  await endIdle(pool)
  await until(() => warnings.length > 0)
  t.match(warnings[0], /An idle process of a pool \(\d+\) has ended by SIGKILL\. What its modules remembered is lost\./)
  t.equal(await pool.run(tasks.count), 1)
  await endIdle(pool)

  await using recycling = new Pool({ size: 1, maxTasksPerWorker: 1, idleTimeout: 1 })
  await recycling.run(tasks.count)
  await until(() => recycling.size === 0)
  const killed = new Pool({ size: 1 })
  await killed.run(tasks.count)
  killed.kill()
  await killed.shutdown()
  t.equal(warnings.length, 1, 'once for each pool, and not where it has ended them itself')
})

t.test('a call is cancelled', async (t) => {
  await using pool = new Pool({ size: 1 })
  const first = await pool.run(tasks.processId)

  const running = pool.run(tasks.never)
  const waiting = pool.run(tasks.never)
  t.equal(waiting.pid, undefined, 'it has no process yet')
  waiting.kill()
  t.match(await failureOf(waiting), { code: 'ERR_BROOD_CANCELLED', name: 'CancelledError' })
  t.equal(pool.queued, 0)
  t.ok(running.pid)
  running.kill('SIGKILL')
  t.match(await failureOf(running), { code: 'ERR_BROOD_CANCELLED' })
  t.not(await pool.run(tasks.processId), first, 'its process is gone')
})

t.test('a process that waits for a signal alone does not end before', async (t) => {
  await using pool = new Pool({ size: 1 })
  const controller = new AbortController()
  const seen = freshFile()
  const waiting = pool.run(tasks.waitForSignal, controller.signal, seen)
  await Promise.race([waiting, until(() => existsSync(seen))])
  controller.abort('enough')
  t.equal(await waiting, 'enough')

  const file = freshFile()
  const own = new AbortController()
  const stopped = failureOf(pool.runWith({ signal: own.signal }, tasks.waitForOwnSignal, file))
  await until(() => existsSync(file))
  own.abort('that will do')
  t.match(await stopped, { code: 'ERR_BROOD_CANCELLED', name: 'AbortError' })
  await until(() => readFileSync(file, 'utf8') === 'waits, that will do')

  t.match(await failureOf(pool.run(tasks.unsettled)), { code: 'ERR_BROOD_EXITED' }, 'the next call has no signal to wait for')
})

t.test('a call that a process was given and has not begun is cancelled without harm to others', async (t) => {
  await using pool = new Pool({ size: 1, prefetch: 3 })
  const id = await pool.run(tasks.processId)
  const file = freshFile()
  const first = pool.run(tasks.nap, 100, 'first')
  const second = pool.run(tasks.mark, file, 2)
  const third = pool.run(tasks.add, 1, 1)
  second.kill()
  t.match(await failureOf(second), { code: 'ERR_BROOD_CANCELLED' })
  t.equal(await first, 'first')
  t.equal(await third, 2)
  t.equal(await pool.run(tasks.processId), id)
  t.equal(existsSync(file), false, 'it was not begun')
})

t.test('a signal reaches the task, or takes its call out of the queue', async (t) => {
  await using pool = new Pool({ size: 1 })
  await pool.run(tasks.count)
  const file = freshFile()
  const controller = new AbortController()
  const running = pool.runWith({ signal: controller.signal }, tasks.untilAborted, file)
  const waiting = pool.runWith({ signal: controller.signal }, tasks.count)
  const after = pool.run(tasks.count)
  setTimeout(() => controller.abort('enough'), 50)
  t.match(await failureOf(running), { code: 'ERR_BROOD_CANCELLED', name: 'AbortError', cause: 'enough' })
  t.match(await failureOf(waiting), { code: 'ERR_BROOD_CANCELLED', name: 'AbortError' })
  t.equal(await after, 2, 'the same process goes on')
  t.equal(readFileSync(file, 'utf8'), 'enough')
  t.match(await failureOf(pool.runWith({ signal: AbortSignal.abort() }, tasks.count)), { name: 'AbortError' })
})

t.test('a signal among the arguments that is aborted while its call waits', async (t) => {
  await using pool = new Pool({ size: 1 })
  const controller = new AbortController()
  const before = pool.run(tasks.nap, 20)
  const waiting = pool.run(tasks.reasonOf, controller.signal)
  controller.abort('enough')
  await before
  t.equal(await waiting.join({ timeout: 20_000 }), 'enough')
})

t.test('a task that does not listen to its signal is killed', async (t) => {
  await using pool = new Pool({ size: 1 })
  const id = await pool.run(tasks.processId)
  const controller = new AbortController()
  const running = pool.runWith({ signal: controller.signal }, tasks.spin, 60_000)
  setTimeout(() => controller.abort(), 50)
  t.match(await failureOf(running), { name: 'AbortError' })
  t.not(await pool.run(tasks.processId), id)
})

t.test('nothing is run twice, unless that is asked for', async (t) => {
  await using pool = new Pool({ size: 1 })
  t.match(await failureOf(pool.run(tasks.exit, 1)), { code: 'ERR_BROOD_EXITED' })
  const file = freshFile()
  const dying = (await import(fixture('process/die-once.mjs'))) as { dieOnce: Task<(file: string) => string> }
  t.equal(await pool.runWith({ retry: 1 }, dying.dieOnce, file), 'second time')
  const three = { code: 'ERR_BROOD_EXITED', exitCode: 1, runs: 3, message: /ended with exit code 1\. It was run 3 times\./ }
  t.match(await failureOf(pool.runWith({ retry: 2 }, tasks.exit, 1)), three, 'there is an end to it, and the error says how often')
  const once = await failureOf(pool.runWith({ retry: 0 }, tasks.exit, 1))
  t.match(once, { code: 'ERR_BROOD_EXITED', runs: 1 })
  t.notMatch((once as BroodError).message, /It was run/)
})

t.test('higher priorities come first', async (t) => {
  await using pool = new Pool({ size: 1 })
  await pool.run(tasks.count)
  const order: string[] = []
  const calls = (['low', 'high', 'middle', 'high too'] as const).map((name) => {
    const priority = { low: -1, high: 5, middle: 0, 'high too': 5 }[name]
    return pool.runWith({ priority }, tasks.echo, name).then(() => order.push(name))
  })
  await Promise.all([pool.run(tasks.nap, 20), ...calls])
  // The first was given to the idle process at once.
  t.same(order, ['low', 'high', 'high too', 'middle'])
})

t.test('a queue has an end', async (t) => {
  await using pool = new Pool({ size: 1, maxQueue: 2 })
  const calls = Array.from({ length: 5 }, (_each, index) => pool.run(tasks.nap, 10, index))
  const results = await Promise.allSettled(calls)
  t.same(
    results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as BroodError).code)),
    [0, 1, 2, 'ERR_BROOD_QUEUE_FULL', 'ERR_BROOD_QUEUE_FULL'],
  )
  const { reason } = results[4] as PromiseRejectedResult
  t.match(reason, {
    message: /^Task "nap" is refused: 2 calls wait already, and maxQueue allows no more\. Await .* pool\.map\(\) .* raise maxQueue\.$/,
  })
})

t.test('progress', async (t) => {
  await using pool = new Pool({ size: 1 })
  const seen: unknown[] = []
  t.equal(await pool.runWith({ onProgress: (value) => seen.push(value) }, tasks.steps, 3), 3)
  t.same(seen, [1, 2, 3])
})

t.test('map keeps the order, and takes no more than it works on', async (t) => {
  await using pool = new Pool({ size: 2 })
  let taken = 0
  function* naturals() {
    for (;;) yield taken++
  }
  const results: unknown[] = []
  for await (const result of pool.map(tasks.echo, naturals(), { concurrency: 3 })) {
    t.ok(taken - results.length <= 4, `${taken} taken, ${results.length} read`)
    if (results.push(result) === 20) break
  }
  t.same(
    results,
    Array.from({ length: 20 }, (_each, index) => index),
  )
  await pool.join()

  const failing = async () => {
    for await (const _result of pool.map(tasks.fail, ['first', 'second']));
  }
  t.match(await failureOf(failing()), { message: 'first' })
  for await (const result of pool.map(tasks.echo, [])) t.fail(`nothing gave ${String(result)}`)
})

t.test('processes are replaced after so many calls, and when they take too much memory', async (t) => {
  await using few = new Pool({ size: 1, maxTasksPerWorker: 2, prefetch: 4 })
  const ids: number[] = []
  for (let call = 0; call < 6; call++) ids.push(await few.run(tasks.processId))
  t.equal(new Set(ids).size, 3)
  t.same([ids[0] === ids[1], ids[2] === ids[3], ids[1] === ids[2]], [true, true, false])

  await using small = new Pool({ size: 1, memoryLimit: '200 MiB' })
  const first = await small.run(tasks.processId)
  t.equal(await small.run(tasks.hoard, 1024), first)
  t.equal(await small.run(tasks.hoard, 300 * 1024 ** 2), first)
  t.not(await small.run(tasks.processId), first)
})

t.test('setup comes first in each process, and its failure is that of the calls', async (t) => {
  await using pool = new Pool({ size: 1, setup: tasks.setUp })
  t.equal(await pool.run(tasks.count), 101)
  await using bad = new Pool({ size: 1, setup: tasks.badSetUp })
  t.match(await failureOf(bad.run(tasks.count)), { name: 'TypeError', message: 'no database' })
  t.match(await failureOf(bad.run(tasks.count)), { name: 'TypeError' })
})

t.test('min processes are there at once; idle ones end', async (t) => {
  await using pool = new Pool({ size: 3, min: 1, idleTimeout: 1000 })
  t.equal(pool.size, 1)
  await Promise.all(Array.from({ length: 3 }, () => pool.run(tasks.nap, 100)))
  t.equal(pool.size, 3)
  await until(() => pool.size === 1)
  t.equal(await pool.run(tasks.add, 1, 1), 2)
})

t.test('processes are started as asked', async (t) => {
  await using pool = new Pool({ size: 1, args: ['a b', ''], env: { POOL_TEST: 'x' } })
  t.same(await pool.run(tasks.readArgs), [['a b', ''], 'x'])
  await using nowhere = new Pool({ size: 1, cwd: join(scratch, 'absent') })
  t.match(await failureOf(nowhere.run(tasks.add, 1, 1)), { code: 'ERR_BROOD_NOT_STARTED', cause: { code: 'ENOENT' } })
  t.match(await failureOf(nowhere.run(tasks.add, 1, 1)), { code: 'ERR_BROOD_NOT_STARTED' }, 'no call waits for ever')
})

t.test('join, shutdown, kill', async (t) => {
  const pool = new Pool({ size: 2 })
  const calls = [1, 2, 3, 4].map((number) => pool.run(tasks.nap, 20, number))
  await pool.join()
  t.same([pool.active, pool.queued], [0, 0])
  t.same(await Promise.all(calls), [1, 2, 3, 4])
  const last = pool.run(tasks.nap, 20, 'last')
  await pool.shutdown()
  t.equal(await last, 'last')
  t.equal(pool.size, 0)
  t.match(await failureOf(pool.run(tasks.add, 1, 1)), { code: 'ERR_BROOD_DISPOSED' })

  const killed = new Pool({ size: 1 })
  const open = [killed.run(tasks.never), killed.run(tasks.never)].map(failureOf)
  killed.kill()
  for (const failure of await Promise.all(open)) t.match(failure, { code: 'ERR_BROOD_CANCELLED' })
  await killed.shutdown()
  t.equal(killed.size, 0)
})

t.test('an idle pool does not keep its program running', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [fixture('process/idle-pool.mjs')], { timeout: 20_000 })
  const [sum, osPid] = stdout.split(' ')
  t.equal(sum, '3')
  await until(() => !isRunning(Number(osPid)))
})

t.test('an idle pool ends by itself with its program, and its coverage is written', async (t) => {
  const directory = join(scratch, 'coverage')
  const env = { ...process.env, NODE_V8_COVERAGE: directory }
  const { stdout } = await promisify(execFile)(process.execPath, [fixture('process/idle-pool.mjs')], { timeout: 20_000, env })
  const [, osPid] = stdout.split(' ')
  await until(() => !isRunning(Number(osPid)) && readdirSync(directory).length === 3)
  t.ok(readdirSync(directory).some((name) => name.startsWith(`coverage-${osPid}-`)))
})

const wrong: readonly (readonly [name: string, options: object])[] = [
  ['no processes', { size: 0 }],
  ['half a process', { size: 1.5 }],
  ['more than there may be', { size: 1, min: 2 }],
  ['an unknown option', { sice: 1 }],
  ['no memory', { memoryLimit: 'much' }],
  ['another stdio', { stdio: 'tty' }],
  ['pipes that nobody could read', { stdio: 'pipe' }],
  ['one of them', { stdio: ['ignore', 'inherit', 'pipe'] }],
]
for (const [name, options] of wrong) t.throws(() => new Pool(options), { code: 'ERR_BROOD_INVALID_ARGUMENT' }, name)

t.test('a setup that no process could call is refused at once', (t) => {
  const cases: readonly (readonly [name: string, setup: unknown, code: string])[] = [
    ['a plain function', () => 1, 'ERR_BROOD_NOT_A_TASK'],
    ['a number', 3, 'ERR_BROOD_NOT_A_TASK'],
    ['null', null, 'ERR_BROOD_NOT_A_TASK'],
    ['a closure over what cannot be sent', closure(tasks.echo, () => 1), 'ERR_BROOD_NOT_CLONEABLE'],
  ]
  for (const [name, setup, code] of cases) t.throws(() => new Pool({ size: 1, setup: setup as Task<() => unknown> }), { code }, name)
  t.end()
})

t.test('a call that is dropped begins no other one', async (t) => {
  await using pool = new Pool({ size: 1, prefetch: 4, maxTasksPerWorker: 3 })
  const osPid = await pool.run(tasks.processId)
  const controller = new AbortController()
  const first = pool.runWith({ timeout: 60_000 }, tasks.nap, 200, 'first')
  const behind = pool.runWith({ signal: controller.signal }, tasks.nap, 1, 'behind')
  setImmediate(() => controller.abort())
  t.match(await failureOf(behind), { code: 'ERR_BROOD_CANCELLED' })
  t.equal(await first, 'first')
  t.equal(await pool.run(tasks.processId), osPid, 'it counts for nothing')
})

t.test('nor does it keep the program running', async (t) => {
  const begin = performance.now()
  await promisify(execFile)(process.execPath, [fixture('process/dropped-timer.mjs')])
  t.ok(performance.now() - begin < 30_000, 'not until the timeout of the one in front of it')
})

t.test('a listener to progress that throws', async (t) => {
  const file = fixture('process/throwing-listener.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  t.equal(stdout, 'thrown: 5\nanswered: 20\n')
})

/** Each costs the start of a process. */
const kills = isNight ? 500 : 60

t.test(`${kills} random kills under load: nothing is lost, and nothing is run twice`, async (t) => {
  const file = freshFile()
  await using pool = new Pool({ size: 4, prefetch: 4, stdio: 'ignore' })
  let killed = 0
  let answered = 0
  let failed = 0
  let next = 0
  const callOne = async () => {
    const id = next++
    const handle = pool.run(tasks.mark, file, id)
    try {
      if ((await handle) !== id) t.fail(`${id} was answered otherwise`)
      answered++
    } catch (error) {
      failed++
      if ((error as BroodError).code !== 'ERR_BROOD_EXITED') t.fail(String(error))
    }
    // The process that a call was given to is as random as the moment.
    const { osPid } = handle
    if (killed < kills && osPid !== undefined && id % 3 === 0) {
      killed++
      try {
        process.kill(osPid, 'SIGKILL')
      } catch {
        killed--
      }
    }
  }
  const callAll = async () => {
    for (; ; await callOne()) if (killed >= kills) return
  }
  await Promise.all(Array.from({ length: 32 }, callAll))
  await pool.join()
  const marks = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  t.equal(new Set(marks).size, marks.length, 'none was begun twice')
  t.equal(answered + failed, next, 'each was answered')
  t.ok(marks.length >= answered)
  t.equal(killed, kills)
})
