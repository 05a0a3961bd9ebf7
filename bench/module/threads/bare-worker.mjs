import { workerData } from 'node:worker_threads'
import { add, hold, spin } from './functions.mjs'

// oxlint-disable unicorn/require-post-message-target-origin -- it is the one of worker_threads
const { port, sent } = workerData
const functions = { add, hold, spin }
port.on('message', ({ name, args }) => {
  port.postMessage(functions[name](...args))
  Atomics.add(sent, 0, 1)
  Atomics.notify(sent, 0)
})
port.postMessage('ready')
