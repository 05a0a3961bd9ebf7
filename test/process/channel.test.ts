import { finished } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { byteSender, type ClosedReason, Pid, Pool, pid, Receiver, Sender, spawn } from 'brood/process'
import t from '../tap.js'
import { tasks } from './channel-tasks.js'

t.setTimeout(120_000)

const numbers = (length: number) => Array.from({ length }, (_, index) => index)
const failure = async (promise: Promise<unknown>): Promise<{ code?: string; reason?: ClosedReason }> => {
  try {
    await promise
  } catch (error) {
    return error as { code?: string; reason?: ClosedReason }
  }
  return {}
}

t.test('a child sends, whichever end is made first', async (t) => {
  for (const isLate of [false, true]) {
    const child = spawn(tasks.count, pid(), 1000)
    // It has ended by then.
    if (isLate) await child
    const receiver = new Receiver<number>(child.pid as Pid)
    const values: number[] = []
    for await (const value of receiver) values.push(value)
    t.same(values, numbers(1000), isLate ? 'after its end' : 'at once')
    await child
    t.match(await failure(receiver.recv()), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'exited' })
    await receiver.close()
  }
})

t.test('the parent sends, whichever end is made first', async (t) => {
  for (const pause of [0, 300]) {
    const child = spawn(tasks.collect, pid())
    await wait(pause)
    const sender = new Sender(child.pid as Pid)
    for (const value of numbers(1000)) await sender.send(value)
    await sender.send(new Map([[1, { a: new Date(0) }]]))
    await sender.close()
    t.same(await child, [...numbers(1000), new Map([[1, { a: new Date(0) }]])])
  }
})

t.test('siblings', async (t) => {
  const [first, second] = [spawn(tasks.greetSibling), spawn(tasks.greetSibling)]
  const senders = [new Sender(first.pid as Pid), new Sender(second.pid as Pid)] as const
  await senders[0].send(second.pid)
  await senders[1].send(first.pid)
  t.same(await Promise.all([first, second]), [`from ${String(second.pid)}`, `from ${String(first.pid)}`])
  await Promise.all(senders.map((sender) => sender.close()))
})

t.test('a grandchild and its grandparent', async (t) => {
  const between = spawn(tasks.collect, pid())
  const child = spawn(tasks.grandparent, between.pid as Pid, 10)
  await child
  // It reads from the root, which sends nothing and closes.
  const sender = new Sender(between.pid as Pid)
  await sender.send('end')
  await sender.close()
  t.same(await between, ['end'])
})

t.test('both ways at once', async (t) => {
  const child = spawn(tasks.double, pid())
  const other = child.pid as Pid
  const [sender, receiver] = [new Sender<number>(other), new Receiver<number>(other)]
  const sending = (async () => {
    for (const value of numbers(20_000)) await sender.send(value)
    await sender.close()
  })()
  let at = 0
  for await (const value of receiver) {
    if (value !== 2 * at) t.fail(`${value} instead of ${2 * at}`)
    at++
  }
  t.equal(at, 20_000)
  await sending
  await child
  await receiver.close()
})

t.test('itself, and twice', async (t) => {
  t.throws(() => new Sender(pid()), { code: 'ERR_BROOD_CHANNEL_SELF', name: 'ChannelSelfError' })
  t.throws(() => new Receiver(pid()), { code: 'ERR_BROOD_CHANNEL_SELF' })
  const child = spawn(tasks.idle)
  const other = child.pid as Pid
  const sender = new Sender(other)
  const receiver = new Receiver(other)
  t.throws(() => new Sender(other), { code: 'ERR_BROOD_CHANNEL_DUPLICATE', name: 'ChannelDuplicateError', pid: other })
  t.throws(() => new Receiver(other), { code: 'ERR_BROOD_CHANNEL_DUPLICATE' })
  await sender.close()
  await receiver.close()
  await new Sender(other).close()
  await new Receiver(other).close()
  await child[Symbol.asyncDispose]()
})

t.test('closed here', async (t) => {
  const child = spawn(tasks.idle)
  const sender = new Sender(child.pid as Pid)
  const receiver = new Receiver(child.pid as Pid)
  const pending = receiver.recv()
  await Promise.all([sender.close(), receiver.close()])
  const closed = { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'closed', name: 'ChannelClosedError' }
  t.match(await failure(pending), closed)
  t.match(await failure(receiver.recv()), closed)
  t.match(await failure(sender.send(1)), closed)
  t.throws(() => sender.trySend(1), closed)
  t.throws(() => receiver.tryRecv(), closed)
  await child[Symbol.asyncDispose]()
})

t.test('how a process has ended', async (t) => {
  const rows: [name: string, end: () => Pid, reason: ClosedReason][] = [
    ['it has done nothing', () => spawn(tasks.nothing).pid as Pid, 'exited'],
    ['it was killed before it did anything', () => started(spawn(tasks.die)), 'died'],
    ['it never was', () => Reflect.construct<[string], Pid>(Pid, ['0123456789abcdef'.repeat(2)]), 'died'],
  ]
  for (const [name, end, reason] of rows) {
    const receiver = new Receiver(end())
    t.match(await failure(receiver.recv()), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason }, name)
    t.throws(() => receiver.tryRecv(), { code: 'ERR_BROOD_CHANNEL_CLOSED' })
    await receiver.close()
  }
  for (const [name, end, reason] of rows) {
    const sender = new Sender(end())
    const large = 'x'.repeat(3_000_000)
    t.match(await failure(sender.send(large)), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason }, name)
    t.throws(() => sender.trySend(1), { code: 'ERR_BROOD_CHANNEL_CLOSED' })
    await sender.close()
  }
  const child = spawn(tasks.sendAndDie, pid())
  const [receiver, sender] = [new Receiver(child.pid as Pid), new Sender(child.pid as Pid)]
  const iterator = receiver[Symbol.asyncIterator]()
  t.same(await iterator.next(), { value: 'last words', done: false })
  await sender.send('ok')
  t.match(await failure(iterator.next()), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'died' }, 'the iterator throws')
  t.match(await failure(untilClosed(sender)), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'died' })
  await failure(Promise.resolve(child))
  await Promise.all([receiver.close(), sender.close()])
})

function started(handle: PromiseLike<unknown> & { readonly pid: Pid | undefined }): Pid {
  // It is joined: its failure is expected.
  handle.then(undefined, () => {})
  return handle.pid as Pid
}

async function untilClosed(sender: Sender): Promise<never> {
  while (true) {
    await sender.send(1)
    await wait(1)
  }
}

t.test('closed and opened again, with another type', async (t) => {
  const rounds = 20
  const child = spawn(tasks.reopen, pid(), rounds)
  for (const round of numbers(rounds)) {
    const receiver = new Receiver(child.pid as Pid)
    t.same(await receiver.recv(), round % 2 === 0 ? round : { round })
    t.match(await failure(receiver.recv()), { code: 'ERR_BROOD_CHANNEL_CLOSED' })
    await receiver.close()
  }
  await child
})

t.test('closed without a value', async (t) => {
  await using pool = new Pool({ size: 1 })
  const who = await pool.run(tasks.who)
  for (const howMany of [2, 0, 0, 1, 0]) {
    const receiver = new Receiver<number>(who)
    const values = []
    const sending = pool.run(tasks.countAndClose, pid(), howMany)
    for await (const value of receiver) values.push(value)
    t.same(values, numbers(howMany))
    await sending
    await receiver.close()
  }
  // One that was made and not used is no channel of its own.
  await pool.run(tasks.countAndClose, pid(), 0)
  await pool.run(tasks.countAndClose, pid(), 3)
  const receiver = new Receiver<number>(who)
  t.equal(await receiver.recv(), 0)
  await receiver.close()
})

t.test('closed, and ended before that is said', async (t) => {
  const child = spawn(tasks.closeAndExit, pid())
  const ended = child.join().catch((error: unknown) => error)
  const [sender, receiver] = [new Sender(child.pid as Pid), new Receiver<number | Uint8Array>(child.pid as Pid)]
  await sender.send('go')
  const values = []
  for await (const value of receiver) values.push(typeof value === 'number' ? value : value.length)
  t.same(values, [1, 900_000])
  t.match(await ended, { code: 'ERR_BROOD_EXITED', exitCode: 0 })
  await receiver.close()
})

t.test('what is sent to a process that is gone', async (t) => {
  for (const [task, reason] of [
    [tasks.nothing, 'exited'],
    [tasks.die, 'died'],
  ] as const) {
    const child = spawn(task)
    await child.join().catch(() => {})
    await child.gone
    const sender = new Sender(child.pid as Pid)
    await sender.send('lost')
    t.match(await failure(sender.close()), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason })
    const stream = byteSender(child.pid as Pid)
    stream.end('lost')
    t.match(await failure(finished(stream)), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason })
    const unused = new Sender(child.pid as Pid)
    await unused.close()
  }
})

t.test('the sender is told that nobody takes anything any more', async (t) => {
  const child = spawn(tasks.double, pid())
  const [sender, receiver] = [new Sender(child.pid as Pid), new Receiver(child.pid as Pid)]
  await sender.send(1)
  t.equal(await receiver.recv(), 2)
  await receiver.close()
  const [here, there] = await Promise.all([failure(untilClosed(sender)), failure(Promise.resolve(child))])
  t.match(there, { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'closed' })
  t.match(here, { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'exited' })
  await sender.close()
})

t.test('what was sent arrives, also before process.exit()', async (t) => {
  const rows = [
    { messages: 10, length: 1_000_000, code: 0, afterReply: false },
    { messages: 10, length: 1_000_000, code: 0, afterReply: true },
    { messages: 10_000, length: 1000, code: 0, afterReply: false },
    { messages: 10_000, length: 1000, code: 3, afterReply: true },
  ]
  for (const row of rows) {
    const child = spawn(tasks.sendAndExit, pid(), row)
    const ended = Promise.resolve(child).catch((error: unknown) => error as { exitCode?: number })
    const receiver = new Receiver<{ index: number; bytes: Buffer }>(child.pid as Pid)
    const sender = new Sender(child.pid as Pid)
    if (row.afterReply) {
      t.equal(await receiver.recv(), 'ready')
      await sender.send('go')
    }
    let at = 0
    const error = await failure(
      (async () => {
        while (true) {
          const { index, bytes } = await receiver.recv()
          if (index !== at || bytes.length !== row.length || bytes.at(-1) !== at % 256) throw new Error(`${index} is not ${at}`)
          at++
        }
      })(),
    )
    t.match(error, { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: row.code === 0 ? 'exited' : 'died' }, JSON.stringify(row))
    t.equal(at, row.messages)
    t.match(await ended, { exitCode: row.code })
    await Promise.all([receiver.close(), sender.close()])
  }
})

t.test('what exit listeners send arrives, and comes last', async (t) => {
  const child = spawn(tasks.sendAtExit, pid())
  await child
  const receiver = new Receiver<string>(child.pid as Pid)
  const values: string[] = []
  for await (const value of receiver) values.push(value)
  t.same(values, ['first', 'last'])
  await receiver.close()
})

t.test('a receiver that sees to nothing for a while loses nothing, and the sender waits', async (t) => {
  const child = spawn(tasks.stall, pid(), 3000)
  const sender = new Sender(child.pid as Pid)
  await sender.send(7)
  const text = 'x'.repeat(99_998)
  const before = process.memoryUsage().rss
  let most = 0
  for (let index = 0; index < 500; index++) {
    await sender.send(text)
    most = Math.max(most, process.memoryUsage().rss - before)
  }
  await sender.close()
  t.equal(await child, 7 + 500 * text.length)
  t.ok(most < 40_000_000, `${most} bytes for 50 MB`)
})

t.test('trySend says when there is no room, and what it took arrives', async (t) => {
  const child = spawn(tasks.stall, pid(), 500)
  const sender = new Sender(child.pid as Pid)
  await sender.send(0)
  const bytes = Buffer.alloc(10_000, 1)
  let taken = 0
  while (sender.trySend(bytes)) taken++
  t.ok(taken > 10 && taken < 1000, String(taken))
  bytes.fill(2)
  await sender.close()
  t.equal(await child, taken * bytes.length)
})

t.test('tryRecv takes what is there', async (t) => {
  const child = spawn(tasks.count, pid(), 3)
  const receiver = new Receiver<number>(child.pid as Pid)
  t.equal(receiver.tryRecv(), undefined)
  t.equal(await receiver.recv(), 0)
  t.equal(receiver.tryRecv(), 1)
  t.equal(receiver.tryRecv(), 2)
  await child
  await failure(receiver.recv())
  t.throws(() => receiver.tryRecv(), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'exited' })
  await receiver.close()
})

t.test('what cannot be sent says what it is, and the channel goes on', async (t) => {
  const child = spawn(tasks.collect, pid())
  const sender = new Sender(child.pid as Pid)
  await sender.send(1)
  t.match(await failure(sender.send({ a: [() => {}] })), { code: 'ERR_BROOD_NOT_CLONEABLE', path: '.a[0]' })
  await sender.send(2)
  await sender.close()
  t.same(await child, [1, 2])
})
