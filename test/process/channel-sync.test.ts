// Channels without the event loop.
import '../posix-only.js'
import { type Pid, pid, Receiver, recvSync, Sender, sendSync, spawn } from 'brood/process'
import t from '../tap.js'
import { tasks } from './channel-tasks.js'

t.setTimeout(60_000)

t.test('a child that does nothing but wait', async (t) => {
  const child = spawn(tasks.sumSync, pid())
  const sender = new Sender(child.pid as Pid)
  for (let value = 0; value < 1000; value++) await sender.send(value)
  await sender.send(new Uint8Array(3_000_000))
  await sender.close()
  t.equal(await child, 499_500 + 3_000_000)
})

t.test('a child that does nothing but send', async (t) => {
  const child = spawn(tasks.countSync, pid(), 2000)
  let expected = 0
  const receiver = new Receiver<number>(child.pid as Pid)
  for await (const value of receiver) if (value !== expected++) t.fail(`${value}`)
  t.equal(expected, 2000)
  await child
  await receiver.close()
})

t.test('it waits for room', async (t) => {
  const child = spawn(tasks.sendBytesSync, pid(), 100, 200_000)
  let isDone = false
  const done = child.join().then(() => {
    isDone = true
    return isDone
  })
  const receiver = new Receiver<Uint8Array>(child.pid as Pid)
  await receiver.recv()
  const deadline = performance.now() + 500
  while (performance.now() < deadline) await new Promise(setImmediate)
  t.notOk(isDone, '20 MB are nowhere')
  let at = 1
  for await (const bytes of receiver) {
    if (bytes.length !== 200_000 || bytes.some((byte) => byte !== at)) t.fail(`message ${at}`)
    at++
  }
  t.equal(at, 100)
  await done
})

t.test('two children that both block', async (t) => {
  for (let round = 0; round < 3; round++) {
    // Neither knows the other one before both are there: a third one hands the ends on.
    const target = spawn(tasks.sumEndSync)
    const source = spawn(tasks.countSync, target.pid as Pid, 100)
    const toTarget = new Sender(target.pid as Pid)
    await toTarget.send(source.pid)
    t.equal(await target, 4950)
    await source
    await toTarget.close()
  }
})

for (const name of ['mixed', 'mixedLater'] as const) {
  t.test(`with promises and without, ${name}`, async (t) => {
    const child = spawn(tasks[name], pid())
    const [sender, receiver] = [new Sender<number>(child.pid as Pid), new Receiver<number>(child.pid as Pid)]
    for (const value of [1, 10, 100]) {
      await sender.send(value)
      t.equal(await receiver.recv(), value + 1)
    }
    await sender.send(5)
    await sender.send(6)
    await sender.close()
    t.equal(await receiver.recv(), 11)
    await child
    await t.rejects(receiver.recv(), { code: 'ERR_BROOD_CHANNEL_CLOSED' })
  })
}

t.test('a large buffer that has begun to come by the event loop', async (t) => {
  const lengths = Array.from({ length: 60 }, (_, index) => [64, 1_000_000, 70_000, 300_000][index % 4] as number)
  const child = spawn(tasks.takeLarge, pid(), lengths.length)
  const sender = new Sender<Uint8Array>(child.pid as Pid)
  await Promise.all(lengths.map((length, index) => sender.send(new Uint8Array(length).fill(index))))
  t.same(
    await child,
    lengths.map((length, index) => [length, index]),
  )
})

t.test('the end of the other process', async (t) => {
  const dead = spawn(tasks.die)
  await t.rejects(dead.join())
  await t.rejects(spawn(tasks.sumSync, dead.pid as Pid).join(), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'died' })
  await t.rejects(spawn(tasks.sendBytesSync, dead.pid as Pid, 20, 200_000).join(), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'died' })
  const gone = spawn(tasks.nothing)
  await gone
  t.equal(await spawn(tasks.sumSync, gone.pid as Pid), 0)
})

t.test('the first process, with promises and without', async (t) => {
  const child = spawn(tasks.double, pid())
  const [sender, receiver] = [new Sender<number>(child.pid as Pid), new Receiver<number>(child.pid as Pid)]
  sendSync(sender, 1)
  t.equal(recvSync(receiver), 2, 'it is opened without the event loop')
  await sender.send(2)
  t.equal(await receiver.recv(), 4)
  sendSync(sender, 3)
  t.equal(recvSync(receiver), 6)
  await Promise.all([sender.close(), receiver.close(), child])

  const other = spawn(tasks.double, pid())
  const [toOther, fromOther] = [new Sender<number>(other.pid as Pid), new Receiver<number>(other.pid as Pid)]
  await toOther.send(4)
  t.equal(await fromOther.recv(), 8, 'and with it')
  sendSync(toOther, 5)
  t.equal(recvSync(fromOther), 10)
  await Promise.all([toOther.close(), fromOther.close(), other])
})
