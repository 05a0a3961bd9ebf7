// One account of memory and cores for the whole tree: this process is its root.
import '../posix-only.js'
import { configure, Pool, RESOURCES_DEFAULT, spawn, spawnWith, trySpawn } from 'brood/process'
import { temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { load, MiB, run, said, started } from './programs.js'

// Before the first process is started.
const configured: unknown = configure({ capacity: { mem: '1 GiB', cpu: 1 }, captureErrors: true })
const { about, add, call, callWith, forever, interval } = await load<'about' | 'add' | 'call' | 'callWith' | 'forever' | 'interval'>(
  'tasks.mjs',
)
t.equal(configured, undefined, 'it answers nothing')
const everything = { resources: { cpu: 1, mem: 1 } }

t.test('what a configuration may be', (t) => {
  const cases: readonly (readonly [configuration: unknown, argument: string])[] = [
    [undefined, 'configuration'],
    [null, 'configuration'],
    [{ capcity: {} }, 'capcity'],
    [{ capacity: 'all' }, 'capacity'],
    [{ capacity: { cpu: -1 } }, 'cpu'],
    [{ capacity: { mem: '1 lot' } }, 'capacity.mem'],
    [{ capacity: { mem: 0 } }, 'capacity.mem'],
    [{ capacity: { foo: 1 } }, 'capacity.foo'],
    [{ output: 'none' }, 'output'],
    [{ captureErrors: 1 }, 'captureErrors'],
  ]
  for (const [configuration, argument] of cases) {
    t.throws(() => configure(configuration as object), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, JSON.stringify(configuration))
  }
  t.end()
})

t.test('a process is given what it asks for', async (t) => {
  t.same((await spawn(about)).resources, RESOURCES_DEFAULT)
  const { resources, execArgv } = await spawnWith({ resources: { mem: '100 MiB', cpu: 0.25 } }, about)
  t.same(resources, { mem: 100 * MiB, cpu: 0.25 })
  t.ok(execArgv.includes('--max-old-space-size=100'), 'the heap of V8 ends there')
  t.throws(() => configure({ capacity: 'machine' }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'capacity' }, 'too late')
})

t.test('it waits for room, in the order of asking', async (t) => {
  const spans = await Promise.all([1, 2, 3].map(() => spawnWith({ resources: { cpu: 0.6 } }, interval, 20)))
  for (const [index, { from }] of spans.slice(1).entries()) t.ok(from >= spans[index].to, 'one at a time')
  const both = await Promise.all([1, 2].map(() => spawnWith({ resources: { cpu: 0.5 } }, interval, 300)))
  t.ok(Math.max(both[0].from, both[1].from) <= Math.min(both[0].to, both[1].to), 'two at a time')
})

t.test('who does not wait is refused', async (t) => {
  const { handle: running } = await started(forever, { resources: { cpu: 0.8 } })
  const refused = { code: 'ERR_BROOD_NO_CAPACITY', name: 'NoCapacityError', resources: { cpu: 0.3 } }
  await t.rejects(trySpawn({ resources: { cpu: 0.3 } }, add, 1, 2).join(), refused)
  t.equal(await trySpawn({ resources: { cpu: 0.2 } }, add, 1, 2), 3)
  running.kill('SIGKILL')
  await t.rejects(running.join(), { code: 'ERR_BROOD_CANCELLED' })
})

t.test('more than there is', async (t) => {
  for (const resources of [{ cpu: 1.01 }, { mem: '1025 MiB' }]) {
    for (const start of [spawnWith, trySpawn]) {
      await t.rejects(start({ resources }, add, 1, 2).join(), { code: 'ERR_BROOD_IMPOSSIBLE', name: 'ImpossibleError' })
    }
  }
})

t.test('more than there is, for the processes of a pool', async (t) => {
  // A program of its own: one that spins can be ended.
  const codes = ['ERR_BROOD_IMPOSSIBLE', 'ERR_BROOD_IMPOSSIBLE', 0, 0]
  const [here, inChild] = said(await run('impossible-pool.mjs', [], { timeout: 20_000 })) as unknown[]
  t.same(here, [...codes, ...codes])
  t.same(inChild, [...codes, ...codes])
})

t.test('a pool that ends waits for no room any more', async (t) => {
  const { never, nap, processId } = await load<'never' | 'nap' | 'processId'>('pool-tasks.mjs')
  const options = { size: 3, resources: { cpu: 0.4 } }
  const isFree = async (text: string) => t.equal(await spawnWith({ ...everything, timeout: 20_000 }, add, 1, 2), 3, text)

  const killed = new Pool(options)
  const calls = [1, 2, 3].map(() => killed.run(never).join())
  const failures = Promise.allSettled(calls)
  killed.kill()
  t.match(
    await failures,
    calls.map(() => ({ reason: { code: 'ERR_BROOD_CANCELLED' } })),
  )
  await isFree('kill()')
  t.same([killed.size, killed.active, killed.queued], [0, 0, 0])

  const done = new Pool(options)
  t.same(await Promise.all([1, 2, 3].map((value) => done.run(nap, 20, value))), [1, 2, 3])
  await done.shutdown()
  t.equal(done.size, 0)
  await isFree('shutdown()')

  const idle = new Pool({ ...options, min: 3 })
  await idle.run(processId)
  await idle.shutdown()
  await isFree('shutdown() while one of `min` waits')

  const { handle: running } = await started(forever, { resources: { cpu: 0.8 } })
  const waiting = new Pool(options)
  const call = waiting.run(processId)
  const isShutDown = waiting.shutdown()
  call.kill()
  await isShutDown
  t.equal(await trySpawn({ resources: { cpu: 0.2 } }, add, 1, 2), 3)
  running.kill('SIGKILL')
  await running.join().catch(() => {})
  await isFree('a call that was given up')
})

t.test('idle processes of a pool give way to who waits for room', async (t) => {
  const { count, nap } = await load<'count' | 'nap'>('pool-tasks.mjs')
  await using pool = new Pool({ size: 4, min: 1, resources: { cpu: 0.2 } })
  const fill = () => Promise.all([1, 2, 3, 4].map((value) => pool.run(nap, 50, value)))
  await fill()
  t.equal(pool.size, 4)
  t.equal(await spawnWith({ resources: { cpu: 0.5 }, timeout: 20_000 }, add, 1, 2), 3)
  t.equal(pool.size, 2, 'no more of them than it takes')
  await fill()
  const working = fill()
  t.equal(await spawnWith({ resources: { cpu: 0.8 }, timeout: 20_000 }, add, 1, 2), 3, 'as soon as they are idle')
  await working
  await pool.run(count)
  t.ok(pool.size >= 1, 'those of `min` do not')
  await t.rejects(spawnWith({ ...everything, timeout: 500 }, add, 1, 2).join(), { code: 'ERR_BROOD_TIMEOUT' })
  t.ok(pool.size >= 1)
})

t.test('so do those of a pool in a child, and in a child of that', async (t) => {
  const { keepIdlePool, call } = await load<'keepIdlePool' | 'call'>('idle-pool-tasks.mjs')
  for (const [name, task, args] of [
    ['a child', keepIdlePool, []],
    ['its child', call, [{ resources: { cpu: 0.1 } }, keepIdlePool]],
  ] as const) {
    const { handle } = await started(task, { resources: { cpu: 0.1 } }, ...args)
    t.equal(await spawnWith({ resources: { cpu: 0.5 }, timeout: 20_000 }, add, 1, 2), 3, name)
    await handle[Symbol.asyncDispose]()
  }
})

t.test('who waits for room keeps the program running', async (t) => {
  for (const who of ['spawn', 'pool']) t.match(await run('waits-for-room.mjs', [who]), { code: 0, stdout: 'waits\nanswered 3\n' }, who)
  t.match(await run('waits-for-room.mjs', ['nobody']), { code: 0, stdout: 'waits\n' }, 'but no process that nobody has a call for')
})

t.test('it is given back however a process ends', async (t) => {
  const { abort, die, exit, never, throwLater } = await load<'abort' | 'die' | 'exit' | 'never' | 'throwLater'>('ends.mjs')
  const ends: readonly (readonly [end: string, run: () => Promise<unknown>])[] = [
    ['an answer', () => spawnWith(everything, add, 1, 2).join()],
    ['process.exit()', () => spawnWith(everything, exit, 3).join()],
    ['nothing to wait for', () => spawnWith(everything, never).join()],
    ['SIGKILL', () => spawnWith(everything, die, 'SIGKILL').join()],
    ['abort()', () => spawnWith({ ...everything, stdio: 'ignore' }, abort).join()],
    ['an exception', () => spawnWith({ ...everything, stdio: 'ignore' }, throwLater).join()],
    ['no start', () => spawnWith({ ...everything, cwd: `${temporaryDirectory(t)}/none` }, add, 1, 2).join()],
    ['arguments that cannot be sent', () => spawnWith(everything, add, () => {}, 2).join()],
    ['a timeout', () => spawnWith({ ...everything, timeout: 50 }, forever).join()],
    ['a signal', () => spawnWith({ ...everything, signal: AbortSignal.timeout(50) }, forever).join()],
    ['a signal that was aborted before', () => spawnWith({ ...everything, signal: AbortSignal.abort() }, forever).join()],
  ]
  for (const [end, run] of ends) {
    await run().catch(() => {})
    t.equal(await spawnWith({ ...everything, timeout: 20_000 }, add, 1, 2), 3, end)
  }
})

t.test("who gives up waiting stands in nobody's way", async (t) => {
  const { handle: running } = await started(forever, { resources: { cpu: 0.8 } })
  const ends: readonly (readonly [end: string, code: string, give: () => PromiseLike<unknown>])[] = [
    ['a timeout', 'ERR_BROOD_TIMEOUT', () => spawnWith({ ...everything, timeout: 10 }, add, 1, 2)],
    ['a signal', 'ERR_BROOD_CANCELLED', () => spawnWith({ ...everything, signal: AbortSignal.timeout(10) }, add, 1, 2)],
    [
      'a kill',
      'ERR_BROOD_CANCELLED',
      () => {
        const handle = spawnWith(everything, add, 1, 2)
        handle.kill()
        return handle
      },
    ],
  ]
  for (const [end, code, give] of ends) {
    const waiting = give()
    const small = spawnWith({ resources: { cpu: 0.2 } }, add, 3, 4)
    await t.rejects(Promise.resolve(waiting), { code }, end)
    t.equal(await small, 7, 'the next one is served')
  }
  const handle = spawnWith(everything, add, 1, 2)
  t.same([handle.pid, handle.osPid], [undefined, undefined], 'it has not begun')
  await handle[Symbol.asyncDispose]()
  await running[Symbol.asyncDispose]()
})

t.test('all processes of the tree share it', async (t) => {
  const half = { resources: { cpu: 0.5 } }
  t.equal(await spawnWith(half, callWith, half, add, 1, 2), 3, 'a child starts a child of its own')
  await t.rejects(spawnWith(half, callWith, { resources: { cpu: 2 } }, add, 1, 2).join(), { code: 'ERR_BROOD_IMPOSSIBLE' })
  const { handle: running } = await started(forever, half)
  const isRefused = { resources: { cpu: 0.5 }, isWaiting: false }
  await t.rejects(spawnWith({ resources: { cpu: 0.4 } }, callWith, isRefused, add, 1, 2).join(), {
    code: 'ERR_BROOD_NO_CAPACITY',
    resources: isRefused.resources,
  })
  // It waits until its child may run.
  const nested = spawnWith({ resources: { cpu: 0.4 } }, callWith, half, add, 1, 2)
  running.kill('SIGKILL')
  await running.join().catch(() => {})
  t.equal(await nested, 3)
  await t.rejects(
    spawnWith({ resources: { cpu: 0.1 } }, callWith, { ...everything, timeout: 100 }, add, 1, 2).join(),
    { code: 'ERR_BROOD_TIMEOUT' },
    'what has a part waits for all in vain',
  )
  t.equal(await spawnWith(everything, add, 1, 2), 3)
  const { handle: parent } = await started(callWith, { resources: { cpu: 0.1 } }, { resources: { cpu: 0.9 } }, forever)
  parent.kill('SIGKILL')
  t.equal(await spawnWith(everything, add, 1, 2), 3, 'and what a child had taken is free when the child is gone')
})

t.test('a heap that is full', async (t) => {
  const { fillHeap } = await load<'fillHeap'>('ends.mjs')
  const error = await spawnWith({ resources: { mem: '32 MiB' } }, fillHeap)
    .join()
    .catch((caught: unknown) => caught)
  t.match(error, { code: 'ERR_BROOD_OUT_OF_MEMORY', name: 'OutOfMemoryError', task: 'fillHeap', signal: 'SIGABRT', exitCode: null })
  t.match((error as Error).message, /ran out of memory.*SIGABRT/)
  t.equal(await spawnWith(everything, add, 1, 2), 3)
  t.notOk(
    (await spawnWith({ resources: { mem: '500 MiB' } }, call, about)).execArgv.some((each: string) => each.includes('old-space')),
    'a limit is not inherited',
  )
})
