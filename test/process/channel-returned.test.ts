// Ends of channels in messages that nobody reads: they are their sender's again.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  configure,
  fromModule,
  type Pid,
  Pool,
  pid,
  Receiver,
  recvSync,
  Sender,
  sendSync,
  spawn,
  spawnWith,
  type Task,
  trySpawn,
} from 'brood/process'
import { temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { tasks } from './channel-tasks.js'
import { caught, started } from './programs.js'

t.setTimeout(60_000)

type Ends = readonly [Sender<number>, Receiver<number>]
type Takes = Task<(ends: Ends) => unknown>

const { takeEnds, idle, nothing } = tasks
configure({ capacity: { mem: '64 GiB', cpu: 8 } })
const directory = temporaryDirectory(t)
const put = (name: string, text: string) => {
  writeFileSync(join(directory, name), text)
  return pathToFileURL(join(directory, name))
}
const { task: broken } = fromModule<{ task(ends: Ends): void }>(put('broken.mjs', 'export const task = (ends) => ends\nthrow new Error()'))
const { task: absent } = fromModule<{ task(ends: Ends): void }>(put('absent.mjs', ''))
const dying = put('dying.mjs', 'process.kill(process.pid, "SIGKILL")').href

/** Ways in which a call comes to nothing before anybody has read its arguments. */
const unread: Readonly<Record<string, (ends: Ends) => Promise<unknown>>> = {
  'a queue that is full': async (ends) => {
    const pool = new Pool({ size: 1, maxQueue: 0 })
    const busy = caught(pool.run(idle))
    const refused = await caught(pool.run(takeEnds, ends))
    pool.kill()
    await busy
    return refused
  },
  'a pool that was shut down': async (ends) => {
    const pool = new Pool({ size: 1 })
    await pool.shutdown()
    return await caught(pool.run(takeEnds, ends))
  },
  'a pool that is killed': async (ends) => {
    const pool = new Pool({ size: 1 })
    const [busy, waiting] = [caught(pool.run(idle)), caught(pool.run(takeEnds, ends))]
    pool.kill()
    await busy
    return await waiting
  },
  'a call that waits and is given up': async (ends) => {
    const pool = new Pool({ size: 1 })
    const busy = caught(pool.run(idle))
    const waiting = pool.run(takeEnds, ends)
    waiting.kill()
    const error = await caught(waiting)
    pool.kill()
    await busy
    return error
  },
  'a call behind one that kills its process': async (ends) => {
    const pool = new Pool({ size: 1, prefetch: 4 })
    const busy = pool.run(idle)
    const behind = pool.run(takeEnds, ends)
    behind.kill()
    busy.kill('SIGKILL')
    const error = await caught(behind)
    await caught(busy)
    await pool.shutdown()
    return error
  },
  'a setup that fails': async (ends) => {
    const pool = new Pool({ size: 1, setup: tasks.die })
    const error = await caught(pool.run(takeEnds, ends))
    pool.kill()
    return error
  },
  'room that is taken': async (ends) => {
    const { handle } = await started(tasks.sayAndIdle, { resources: { cpu: 7 } })
    const error = await caught(trySpawn({ resources: { cpu: 1 } }, takeEnds, ends))
    handle.kill()
    await caught(handle)
    return error
  },
  'a wait for room that is given up': async (ends) => {
    const { handle } = await started(tasks.sayAndIdle, { resources: { cpu: 7 } })
    const waiting = spawnWith({ resources: { cpu: 1 } }, takeEnds, ends)
    waiting.kill()
    const error = await caught(waiting)
    handle.kill()
    await caught(handle)
    return error
  },
  'more than there is': (ends) => caught(spawnWith({ resources: { cpu: 9 } }, takeEnds, ends)),
  'a signal that was aborted before': (ends) => caught(spawnWith({ signal: AbortSignal.abort() }, takeEnds, ends)),
  'a process that cannot be started': (ends) => caught(spawnWith({ cwd: join(directory, 'nowhere') }, takeEnds, ends)),
  'a task that is not there': (ends) => caught(spawn(absent as Takes, ends)),
  'a module that cannot be loaded': (ends) => caught(spawn(broken as Takes, ends)),
  'a process that ends before it has loaded it': (ends) => caught(spawnWith({ execArgv: ['--import', dying] }, takeEnds, ends)),
  'a channel whose other side has gone': async (ends) => {
    const child = spawn(idle)
    const carrier = new Sender<Ends>(child.pid as Pid)
    await carrier.send(ends)
    child.kill('SIGKILL')
    await caught(child)
    const error = await caught(carrier.close())
    return error
  },
  'a channel whose other side is closed': async (ends) => {
    const child = spawn(tasks.takeOneAndClose, pid())
    const carrier = new Sender<Ends | number>(child.pid as Pid)
    await carrier.send(1)
    await carrier.send(ends)
    await child
    // The news of that comes by another way than the end of the child.
    for (;;) {
      const said = await caught(carrier.send(2))
      if (said?.code !== undefined) return said
      await new Promise(setImmediate)
    }
  },
}

for (const [name, way] of Object.entries(unread)) {
  t.test(`ends in what nobody reads are still here: ${name}`, async (t) => {
    const child = spawn(tasks.double, pid())
    const ends: Ends = [new Sender(child.pid as Pid), new Receiver(child.pid as Pid)]
    const error = (await way(ends)) as { code?: string }
    t.match(error, { code: /^ERR_BROOD_/ })
    const [sender, receiver] = ends
    await sender.send(21)
    t.equal(await receiver.recv(), 42, `${error.code}`)
    await Promise.all([sender.close(), receiver.close(), child])
  })
}

t.test('ends in what somebody has read are not, however it has ended', async (t) => {
  const child = spawn(tasks.double, pid())
  const ends: Ends = [new Sender(child.pid as Pid), new Receiver(child.pid as Pid)]
  await caught(spawn(tasks.dieWith, ends))
  for (const call of [ends[0].send(1), ends[1].recv()] as readonly Promise<unknown>[]) {
    await t.rejects(call, { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'closed' })
  }
  // Its holder has died, and another one may be made.
  await new Receiver(child.pid as Pid).close()
  child.kill()
  await caught(child)
})

t.test('an end that somebody has closed is not had again in place of the next one, which is on its way', async (t) => {
  const child = spawn(idle)
  const first = new Receiver<number>(child.pid as Pid)
  const { handle } = await started(tasks.closeAndIdle, {}, first)
  const pool = new Pool({ size: 1 })
  const busy = caught(pool.run(idle))
  const second = new Receiver<number>(child.pid as Pid)
  const waiting = caught(pool.run(tasks.closeAndIdle, second))
  handle.kill('SIGKILL')
  await handle.gone
  t.throws(() => first.tryRecv(), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'closed' })
  pool.kill()
  await Promise.all([busy, waiting])
  t.equal(second.tryRecv(), undefined, 'which is here again')
  child.kill()
  await caught(child)
})

t.test('an end is closed here while it is elsewhere', async (t) => {
  const child = spawn(tasks.double, pid())
  let user: Promise<unknown>
  {
    await using sender = new Sender<number>(child.pid as Pid)
    await using receiver = new Receiver<number>(child.pid as Pid)
    user = spawn(tasks.useEnds, [sender, receiver] as Ends, [1, 2, 3]).join()
  }
  t.same(await user, [2, 4, 6])
  await child
})

t.test('an end is closed here while it is on its way, and comes back', async (t) => {
  const source = spawn(tasks.collect, pid())
  const pool = new Pool({ size: 1 })
  const busy = caught(pool.run(idle))
  const sender = new Sender<number>(source.pid as Pid)
  const waiting = caught(pool.run(takeEnds, [sender] as unknown as Ends))
  await sender.close()
  pool.kill()
  await Promise.all([busy, waiting])
  t.same(await source, [], 'the other side has heard of it')
})

t.test('an end stands in a message more than once, also deep in an error', async (t) => {
  const child = spawn(tasks.double, pid())
  const [sender, receiver] = [new Sender<number>(child.pid as Pid), new Receiver<number>(child.pid as Pid)]
  const error = Object.assign(new Error('with ends'), { ends: [sender, receiver], again: { sender } })
  t.same(await spawn(tasks.useInError, { error, sender, list: [sender, receiver] }, 5), [true, 10])
  await child
})

t.test('without the event loop', async (t) => {
  const child = spawn(tasks.double, pid())
  const carrierEnd = spawn(tasks.takeOneAndClose, pid())
  const carrier = new Sender(carrierEnd.pid as Pid)
  await carrier.send(1)
  await carrierEnd
  const sender = new Sender<number>(child.pid as Pid)
  const receiver = new Receiver<number>(child.pid as Pid)
  await sender.send(1)
  t.equal(await receiver.recv(), 2)
  sendSync(sender, 2)
  t.equal(recvSync(receiver), 4)
  const other = new Sender(spawn(nothing).pid as Pid)
  t.throws(() => sendSync(carrier, other), { code: 'ERR_BROOD_CHANNEL_CLOSED' })
  await other.close()
  await Promise.all([sender.close(), receiver.close(), child])
})
