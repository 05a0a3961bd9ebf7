// The main module of a module's Worker.
import { readlinkSync } from 'node:fs'
import { type MessagePort, workerData } from 'node:worker_threads'
import type { FromModule, LoadRequest, ToModule } from '../wire.js'
import { Guest } from './guest.js'
import { ownThread } from './own-thread.js'

const { port, signal, request } = workerData as {
  readonly port: MessagePort
  /** Counts what was sent: a host that waits without its event loop waits for the next number. Then Linux's number of the thread, where there is one. */
  readonly signal: Int32Array
  readonly request: LoadRequest
}

signal[1] = readThread()
const guest = new Guest(ownThread(send, false), request)
port.on('message', (message: ToModule) => guest.receive(message))
process.once('exit', wake)
void guest.load()

function send(message: FromModule): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  port.postMessage(message)
  wake()
}

function wake(): void {
  Atomics.add(signal, 0, 1)
  Atomics.notify(signal, 0)
}

/** Where there is Linux's /proc. */
function readThread(): number {
  if (process.platform !== 'linux') return 0
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').pop())
  } catch {
    return 0
  }
}
