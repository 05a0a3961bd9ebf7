// Processes that are kept ready for the next spawn.
import { setTimeout as wait } from 'node:timers/promises'
import { configure, spawn, spawnWith, type Task } from 'brood/process'
import { fixture } from '../support.js'
import t from '../tap.js'

interface Told {
  readonly osPid: number
  readonly calls: number
  readonly loadedAt: number
  readonly args: string[]
}
const { tell, die } = (await import(fixture('process/spare-tasks.mjs'))) as { tell: Task<() => Told>; die: Task<() => never> }

const now = () => performance.timeOrigin + performance.now()

/** Until a call is answered by a process that was there before it. */
async function untilReady(): Promise<Told> {
  const end = now() + 20_000
  for (;;) {
    const before = now()
    const handle = spawn(tell)
    const told = await handle
    await handle.gone
    if (told.loadedAt < before) return told
    if (now() > end) throw new Error('no spare was ever ready')
    // Nobody says when it is: it is made when this one is gone.
    await wait(100)
  }
}

t.teardown(() => configure({ spares: 0 }))

t.test('a spare has its module loaded, and answers one call', async (t) => {
  configure({ spares: 1 })
  const first = await untilReady()
  const second = await untilReady()
  t.not(first.osPid, second.osPid)
  t.same([first.calls, second.calls], [1, 1], 'each is a process of its own')
})

t.test('a spare is as the process that was asked for', async (t) => {
  const told = await spawnWith({ args: ['other'] }, tell)
  t.same(told.args, ['other'])
  t.not((await spawn(tell)).args[0], 'other')
})

t.test('a spare that ends without an answer fails as any other', async (t) => {
  await untilReady()
  await t.rejects(Promise.resolve(spawn(die)), { code: 'ERR_BROOD_EXITED', exitCode: 3 })
  t.equal((await spawn(tell)).calls, 1)
})

t.test('two calls at once do not meet in one spare', async (t) => {
  await untilReady()
  const told = await Promise.all([spawn(tell), spawn(tell), spawn(tell)])
  t.equal(new Set(told.map(({ osPid }) => osPid)).size, 3)
})

t.throws(() => configure({ spares: -1 }), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
