import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { ExitedError, OutOfMemoryError } from './errors.js'
import type { Isolation, IsolationEvents, IsolationPlan } from './isolation.js'
import { type OwnProcess, readBelowThread } from './processes.js'
import type { FromModule, ToModule } from './wire.js'

const main = fileURLToPath(new URL('./module-thread.cjs', import.meta.url))

/** Milliseconds after which a host that waits looks whether the thread is still there: one that has run out of memory tells nobody. */
const lookEvery = 20

/** A module in a thread of its own. */
export class WorkerIsolation implements Isolation {
  readonly kind = 'thread'
  readonly osPid: number = process.pid
  readonly #name: string
  readonly #url: string
  readonly #events: IsolationEvents
  readonly #worker: Worker
  readonly #port: MessagePort
  /** How many messages the module has sent; Linux's number of its thread. */
  readonly #signal = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  #error: unknown
  #hasEnded = false

  constructor({ name, limits, request }: IsolationPlan, events: IsolationEvents) {
    this.#name = name
    this.#url = request.url
    this.#events = events
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(main, {
      name,
      workerData: { port: port2, signal: this.#signal, request },
      transferList: [port2],
      resourceLimits: {
        ...(limits.memory !== undefined && { maxOldGenerationSizeMb: limits.memory }),
        ...(limits.stack !== undefined && { stackSizeMb: limits.stack }),
      },
    })
    port1.on('message', (message: FromModule) => events.receive(message))
    // It could be sent, and cannot be read: whose answer it was is not known.
    port1.on('messageerror', (error) => {
      this.#error = error
      this.terminate()
    })
    this.#worker.on('error', (error) => {
      this.#error = error
    })
    this.#worker.on('exit', (exitCode) => this.#end(exitCode))
  }

  get osId(): number | undefined {
    return this.#signal[1] === 0 ? undefined : this.#signal[1]
  }

  post(message: ToModule): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#port.postMessage(message)
  }

  wait(longest: number): FromModule | 'gone' | undefined {
    const sent = Atomics.load(this.#signal, 0)
    // Asked before the messages: what comes after the answer was sent before.
    const isGone = this.#isGone()
    const first = this.#take()
    if (first !== undefined) return first
    if (isGone) return 'gone'
    Atomics.wait(this.#signal, 0, sent, Math.min(longest, lookEvery))
    return this.#take()
  }

  setHolding(isHolding: boolean): void {
    // A worker that holds hears of its end; a port alone would close before.
    if (isHolding) this.#worker.ref()
    else this.#worker.unref()
    if (this.#hasEnded) return
    if (isHolding) this.#port.ref()
    else this.#port.unref()
  }

  busyTime(): number {
    return this.#worker.performance.eventLoopUtilization().active
  }

  processes(): OwnProcess[] | undefined {
    return this.osId === undefined ? undefined : readBelowThread(this.osId)
  }

  terminate(): void {
    void this.#worker.terminate()
  }

  isSeen(): boolean | undefined {
    return this.osId === undefined ? undefined : existsSync(`/proc/self/task/${this.osId}`)
  }

  #take(): FromModule | undefined {
    return receiveMessageOnPort(this.#port)?.message as FromModule | undefined
  }

  /** No event comes to who does not let them. Node has -1 for the time that a thread was idle which is not there: test/module/host-calls.test.ts holds it to that. */
  #isGone(): boolean {
    return this.#hasEnded || this.#worker.performance.eventLoopUtilization().idle === -1
  }

  #end(exitCode: number): void {
    // What it has answered before it ended.
    for (let message = this.#take(); message !== undefined; message = this.#take()) this.#events.receive(message)
    this.#hasEnded = true
    this.#port.close()
    this.#events.ended(this.#explain(exitCode))
  }

  #explain(exitCode: number): Error {
    const url = this.#url
    const cause = this.#error
    if ((cause as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
      return new OutOfMemoryError(`Module "${this.#name}" ran out of memory. Load it with a higher limits.memory, in MiB.`, {
        url,
        exitCode,
        cause,
      })
    if (cause !== undefined)
      return new ExitedError(`Module "${this.#name}" has ended: an exception that nobody caught.`, { url, exitCode, cause })
    return new ExitedError(`Module "${this.#name}" has ended: it called process.exit(${exitCode}).`, { url, exitCode })
  }
}
