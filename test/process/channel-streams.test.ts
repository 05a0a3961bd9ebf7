import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { byteReceiver, byteSender, type Pid, pid, spawn } from 'brood/process'
import t from '../tap.js'
import { tasks } from './channel-tasks.js'

t.setTimeout(60_000)

t.test('bytes there and back: one way ends, and the other one goes on', async (t) => {
  const child = spawn(tasks.passOn, pid())
  const bytes = randomBytes(5_000_000)
  const chunks: Buffer[] = []
  const reading = (async () => {
    for await (const chunk of byteReceiver(child.pid as Pid)) chunks.push(chunk as Buffer)
  })()
  function* parts(): Iterable<Buffer> {
    for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001)
  }
  await pipeline(Readable.from(parts()), byteSender(child.pid as Pid))
  await reading
  await child
  const hash = (data: Buffer) => createHash('sha256').update(data).digest('hex')
  t.equal(hash(Buffer.concat(chunks)), hash(bytes))
})

t.test('who does not read lets the writer wait', async (t) => {
  const child = spawn(tasks.idle)
  const stream = byteSender(child.pid as Pid)
  const chunk = Buffer.alloc(64 * 1024)
  let written = 0
  stream.on('error', () => {})
  const write = () => {
    while (stream.write(chunk) && written < 100_000_000) written += chunk.length
  }
  stream.on('drain', write)
  write()
  const deadline = performance.now() + 500
  while (performance.now() < deadline) await new Promise(setImmediate)
  t.ok(written < 4_000_000, `${written} bytes`)
  await child[Symbol.asyncDispose]()
  stream.destroy()
})

t.test('a process that dies destroys the streams', async (t) => {
  const child = spawn(tasks.die)
  child.join().catch(() => {})
  const stream = byteReceiver(child.pid as Pid)
  await t.rejects(stream.toArray(), { code: 'ERR_BROOD_CHANNEL_CLOSED', reason: 'died' })
})
