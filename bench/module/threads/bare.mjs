// A module in a Worker, as one writes it by hand who needs nothing else.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

// oxlint-disable unicorn/require-post-message-target-origin -- it is the one of worker_threads
const main = new URL('bare-worker.mjs', import.meta.url)

export async function open() {
  const { port1, port2 } = new MessageChannel()
  const sent = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(main, { workerData: { port: port2, sent }, transferList: [port2] })
  let answer
  port1.on('message', (message) => answer(message))
  await new Promise((resolve) => {
    answer = resolve
  })
  return {
    call: (name, ...args) =>
      new Promise((resolve) => {
        answer = resolve
        port1.postMessage({ name, args })
      }),
    callSync(name, ...args) {
      const before = Atomics.load(sent, 0)
      port1.postMessage({ name, args })
      for (;;) {
        const received = receiveMessageOnPort(port1)
        if (received !== undefined) return received.message
        Atomics.wait(sent, 0, before)
      }
    },
    start: (name) => port1.postMessage({ name, args: [] }),
    async close() {
      await worker.terminate()
      port1.close()
    },
    async kill() {
      await worker.terminate()
      port1.close()
    },
  }
}
