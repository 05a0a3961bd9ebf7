// Ends of channels inside arguments, results and messages.
import { type Pid, pid, Receiver, Sender, spawn } from 'brood/process'
import t from '../tap.js'
import { tasks } from './channel-tasks.js'

t.setTimeout(60_000)

const numbers = (length: number) => Array.from({ length }, (_, index) => index)

t.test('a Receiver in an argument is the process that is called, from then on', async (t) => {
  const source = spawn(tasks.count, pid(), 100)
  const receiver = new Receiver<number>(source.pid as Pid)
  const child = spawn(tasks.takeFrom, receiver, 100)
  t.throws(() => receiver.tryRecv(), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'closed' })
  t.same(await child, numbers(100))
  await source
  // This process may have another one, with its own end of another channel.
  await new Receiver(source.pid as Pid).close()
})

t.test('a Receiver whose sender is at work already', async (t) => {
  const source = spawn(tasks.count, pid(), 1_000_000)
  const receiver = new Receiver<number>(source.pid as Pid)
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.same(await spawn(tasks.handOn, receiver, 1000), numbers(1000), 'handed on twice')
  await t.rejects(source.join(), { code: 'ERR_BROOD_CHANNEL_CLOSED' })
})

t.test('a Sender in an argument', async (t) => {
  const target = spawn(tasks.collect, pid())
  await spawn(tasks.sendThrough, new Sender(target.pid as Pid), ['a', 'b'])
  t.same(await target, ['a', 'b'])
})

t.test('a Sender in a message', async (t) => {
  const target = spawn(tasks.collect, pid())
  const child = spawn(tasks.takeEnd, pid(), ['c'])
  const sender = new Sender<Sender>(child.pid as Pid)
  await sender.send(new Sender(target.pid as Pid))
  t.same(await target, ['c'])
  await child
  await sender.close()
})

t.test('who has made an end may end before somebody uses it', async (t) => {
  const maker = spawn(tasks.giveSender, pid())
  const receiver = new Receiver(maker.pid as Pid)
  const first = receiver.recv()
  const sender = await maker
  await maker.gone
  const user = spawn(tasks.sendThrough, sender, ['a', 'b'])
  t.same([await first, await receiver.recv()], ['a', 'b'])
  await user
  await receiver.close()

  const other = spawn(tasks.giveReceiver, pid())
  const own = new Sender(other.pid as Pid)
  await own.send('c')
  const handed = await other
  await other.gone
  await own.send('d')
  t.same(await spawn(tasks.takeFrom, handed, 2), ['c', 'd'])
  await own.close()
})

t.test('an end is made again where who had it has ended', async (t) => {
  const source = spawn(tasks.double, pid())
  const peek = spawn(tasks.peek, new Receiver(source.pid as Pid))
  await peek
  await peek.gone
  const [sender, receiver] = [new Sender<number>(source.pid as Pid), new Receiver<number>(source.pid as Pid)]
  const answer = receiver.recv()
  await sender.send(4)
  t.equal(await answer, 8)
  await Promise.all([sender.close(), receiver.close(), source])
})

t.test('an end that was used stays, and says so', async (t) => {
  const child = spawn(tasks.double, pid())
  const [sender, receiver] = [new Sender<number>(child.pid as Pid), new Receiver<number>(child.pid as Pid)]
  await sender.send(1)
  t.equal(await receiver.recv(), 2)
  for (const end of [sender, receiver]) {
    const wrong = spawn(tasks.sendThrough, end as Sender, [])
    await t.rejects(wrong.join(), { code: 'ERR_BROOD_NOT_CLONEABLE', message: /can be handed over before it is used/ })
  }
  await sender.send(2)
  t.equal(await receiver.recv(), 4)
  await Promise.all([sender.close(), receiver.close(), child])
})

t.test('an end in a message that cannot be sent stays', async (t) => {
  const child = spawn(tasks.collect, pid())
  const sender = new Sender(child.pid as Pid)
  const wrong = spawn(tasks.takeFrom, [sender, () => {}] as never, 1)
  await t.rejects(wrong.join(), { code: 'ERR_BROOD_NOT_CLONEABLE' })
  await sender.send('still here')
  await sender.close()
  t.same(await child, ['still here'])
})
