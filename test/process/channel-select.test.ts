import { type Pid, pid, Receiver, Sender, select, spawn } from 'brood/process'
import t from '../tap.js'
import { tasks } from './channel-tasks.js'

t.setTimeout(60_000)

t.test('takes from one at a time, and loses nothing of the others', async (t) => {
  const children = [spawn(tasks.count, pid(), 3000), spawn(tasks.count, pid(), 3000), spawn(tasks.count, pid(), 3000)]
  const receivers = new Map(children.map((child) => [new Receiver<number>(child.pid as Pid), 0]))
  while (receivers.size > 0) {
    try {
      const { receiver, value } = await select(...receivers.keys())
      const expected = receivers.get(receiver) as number
      if (value !== expected) t.fail(`${value} instead of ${expected}`)
      receivers.set(receiver, expected + 1)
    } catch (error) {
      const { receiver, reason } = error as { receiver: Receiver<number>; reason: string }
      t.equal(reason, 'exited')
      t.equal(receivers.get(receiver), 3000)
      receivers.delete(receiver)
      await receiver.close()
    }
  }
  await Promise.all(children)
})

t.test('those that have something take turns', async (t) => {
  const children = [spawn(tasks.count, pid(), 1000), spawn(tasks.count, pid(), 1000)]
  const receivers = children.map((child) => new Receiver<number>(child.pid as Pid))
  await Promise.all(children)
  // Both have come, as far as their first values tell.
  for (const receiver of receivers) t.equal(await receiver.recv(), 0)
  const counts = [0, 0]
  for (let round = 0; round < 1000; round++) {
    const { index } = await select(...receivers)
    counts[index] = (counts[index] as number) + 1
  }
  t.same(counts, [500, 500])
  await Promise.all(receivers.map((receiver) => receiver.close()))
})

t.test('says which one it was', async (t) => {
  const child = spawn(tasks.double, pid())
  const silent = spawn(tasks.idle)
  const [sender, receiver] = [new Sender<number>(child.pid as Pid), new Receiver<number>(child.pid as Pid)]
  const other = new Receiver<string>(silent.pid as Pid)
  await sender.send(4)
  const found = await select(other, receiver)
  t.match(found, { index: 1, value: 8 })
  t.equal(found.receiver, receiver)
  // `undefined` is a value like any other.
  const late = select(other, receiver)
  await sender.send(undefined as never)
  t.match(await late, { index: 1, value: Number.NaN })
  await t.rejects(select(), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
  await Promise.all([sender.close(), receiver.close(), other.close(), child, silent[Symbol.asyncDispose]()])
})

t.test('in a child', async (t) => {
  const children = [spawn(tasks.idle), spawn(tasks.idle)]
  const all = spawn(tasks.selectAll, pid(), children[0]?.pid as Pid)
  const sender = new Sender<number>(all.pid as Pid)
  for (const value of [1, 2, 3]) await sender.send(value)
  await sender.close()
  await Promise.all(children.map((child) => child[Symbol.asyncDispose]()))
  t.equal(await all, 6)
})
