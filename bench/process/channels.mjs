// How fast values go one way through a channel, beside the ways that Node.js has: node bench/process/channels.mjs [rounds]
// Each round starts new processes, and each way takes its turn in it. Written are medians: messages or gigabytes a second.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { isChild, pid, Receiver, Sender, spawn, task } from 'brood/process'
import { median } from '../statistics.mjs'

// oxlint-disable unicorn/require-post-message-target-origin -- it is the one of worker_threads
const self = fileURLToPath(import.meta.url)
const small = { count: 400_000, make: (index) => ({ id: index, name: 'message', ok: true }), size: 0 }
const large = { count: 600, make: () => Buffer.alloc(1024 * 1024, 1), size: 1024 * 1024 }
const kinds = { small, large }

const drain = task('drain', async (from, count) => {
  const receiver = new Receiver(from)
  await new Sender(from).send('ready')
  for (let index = 0; index < count; index++) await receiver.recv()
  return true
})

/** Seconds from the first value that is sent to the answer that the last one has come. */
const ways = {
  async brood({ count, make }) {
    const child = spawn(drain, pid(), count)
    const sender = new Sender(child.pid)
    await new Receiver(child.pid).recv()
    const value = make(0)
    const start = performance.now()
    for (let index = 0; index < count; index++) await sender.send(value)
    await child
    return (performance.now() - start) / 1000
  },
  async messagePort({ count, make }) {
    const worker = new Worker(self, { workerData: count })
    await once(worker, 'message')
    const value = make(0)
    const start = performance.now()
    worker.postMessage(count)
    for (let index = 0; index < count; index++) worker.postMessage(value)
    await once(worker, 'message')
    await worker.terminate()
    return (performance.now() - start) / 1000
  },
  async advancedIpc({ count, make }) {
    const child = fork(self, { serialization: 'advanced', env: { ...process.env, BENCH_IPC: '1' } })
    await once(child, 'message')
    const value = make(0)
    const start = performance.now()
    child.send(count)
    for (let index = 0; index < count; index++) {
      // It buffers without bound: to wait for each hundredth costs it nothing.
      if (index % 100 < 99) child.send(value)
      else await new Promise((resolve) => child.send(value, resolve))
    }
    await once(child, 'message')
    child.disconnect()
    return (performance.now() - start) / 1000
  },
}

const once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve))

/** The other end of a MessagePort, or of IPC. */
function count(port, send) {
  let left
  port.on('message', (value) => {
    if (left === undefined) left = value
    else if (--left === 0) send('done')
  })
  send('ready')
}

async function run() {
  const rounds = Number(process.argv[2] ?? 5)
  for (const [name, kind] of Object.entries(kinds)) {
    const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
    for (let round = 0; round < rounds; round++) {
      for (const [way, measure] of Object.entries(ways)) times[way].push(await measure(kind))
    }
    for (const [way, values] of Object.entries(times)) {
      const rate = kind.count / median(values)
      const shown = kind.size === 0 ? `${(rate / 1e6).toFixed(2)} M/s` : `${((rate * kind.size) / 1e9).toFixed(2)} GB/s`
      console.log(`${name.padEnd(8)}${way.padEnd(14)}${shown}`)
    }
  }
}

if (!isMainThread) count(parentPort, (value) => parentPort.postMessage(value))
else if (process.env.BENCH_IPC === '1') count(process, (value) => process.send(value))
else if (!isChild) await run()
