import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { now } from './clock.js'
import { notBeside } from './errors.js'
import type { Frame } from './frame.js'
import { identity } from './identity.js'
import { announceLife, fateOf, watchLife } from './lives.js'
import { isNeededMeanwhile, seeToAll, seeToAnswers } from './meanwhile.js'
import { Pid } from './pid.js'
import type { Bequest, Fate, Relayed, RelayRequest, RelayThread as RelayThreadInterface } from './state.js'
import type { FromRelay, RelayAnswer, RelayThreadData, ToRelay } from './thread/thread-wire.js'

const entry = fileURLToPath(new URL('./process-relay.cjs', import.meta.url))

/** Milliseconds in which it is there, on a machine that has much to do. */
const longestStart = 30_000

/** Milliseconds between two looks at what else is to be seen to: at first as often as an answer takes. */
const quickPause = 0.05
const quickTries = 40
const slowPause = 1

/** A message without a number, which is given one. */
type Question<Message = ToRelay> = Message extends { readonly number: number } ? Omit<Message, 'number'> : never

/**
 * A thread beside this one, which has an event loop when this one has none: it opens channels in its place. It is started by who needs it first, and keeps
 * nothing running.
 *
 * Where a process has a parent, that does the same.
 */
export class RelayThread implements RelayThreadInterface {
  readonly #port: MessagePort
  /** How much it has said. */
  readonly #count = new Int32Array(new SharedArrayBuffer(4))
  readonly #answers = new Map<number, (answer: RelayAnswer) => void>()
  readonly #watches = new Map<number, () => void>()
  #number = 0
  #isReady = false
  #failure: Error | undefined

  /** @throws Error where it cannot be started */
  constructor() {
    // A thread would say so by its event loop, which waits for it.
    if (!existsSync(entry)) throw notBeside('process-relay.cjs', {})
    const { port1, port2 } = new MessageChannel()
    const { directory, token } = identity()
    const pid = Pid.make()
    const workerData: RelayThreadData = { port: port2, count: this.#count, pid: pid.id, directory, token }
    const worker = new Worker(entry, { workerData, transferList: [port2], execArgv: [], name: 'brood relay' })
    worker.on('error', (error) => this.#fail(error))
    worker.unref()
    this.#port = port1.on('message', (message: FromRelay) => this.#receive(message))
    port1.unref()
    // Others ask how it ends when it has an end of a channel: not before this process.
    announceLife(pid.id)
    const deadline = now() + longestStart
    // Nothing is seen to meanwhile: it would be passed on to this one, which nobody knows yet.
    this.#waitFor(
      () => this.#isReady || now() > deadline,
      () => false,
    )
    if (!this.#isReady) throw this.#failure ?? notBeside('process-relay.cjs', {})
    // This thread may wait for somebody else, while it answers what a child has asked for by way of this one.
    seeToAnswers(() => this.#receiveAll())
  }

  relay(request: RelayRequest, onAnswer: (answer: Relayed) => void): void {
    this.#ask({ kind: 'relay', request }, onAnswer)
  }

  bequeath(bequest: Bequest): void {
    this.#post({ kind: 'bequest', bequest })
  }

  settle(of: string, then: (isAllSent: boolean) => void): void {
    this.#ask({ kind: 'settle', of }, ({ isAllSent = true }) => then(isAllSent))
  }

  waitForAny(): void {
    const before = this.#number
    const open = this.#answers.size
    this.#waitFor(() => this.#answers.size !== open || this.#number !== before)
  }

  end(exitCode: number, deadline: number): void {
    let isOver = false
    this.#ask({ kind: 'end', exitCode, milliseconds: deadline - now() }, () => {
      isOver = true
    })
    this.#waitFor(() => isOver || now() > deadline)
  }

  #ask(question: Question, onAnswer: (answer: RelayAnswer) => void): void {
    const number = ++this.#number
    this.#answers.set(number, onAnswer)
    if (this.#failure !== undefined) this.#fail(this.#failure)
    else this.#post({ ...question, number })
  }

  #post(message: ToRelay): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window's
    this.#port.postMessage(message)
  }

  #waitFor(isDone: () => boolean, see: () => boolean = seeToAll): void {
    for (let tries = 0; ; tries++) {
      const count = Atomics.load(this.#count, 0)
      const hasSeen = see()
      const isAny = this.#receiveAll() || hasSeen
      if (isDone() || this.#failure !== undefined) return
      if (isAny) tries = 0
      else Atomics.wait(this.#count, 0, count, isNeededMeanwhile() && tries < quickTries ? quickPause : slowPause)
    }
  }

  /** @returns was there anything? */
  #receiveAll(): boolean {
    let isAny = false
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      this.#receive(next.message as FromRelay)
      isAny = true
    }
    return isAny
  }

  #receive(message: FromRelay): void {
    if (message.kind === 'ready') this.#isReady = true
    else if (message.kind === 'watch') this.#watch(message.number, message.id)
    else if (message.kind === 'failed') this.#fail(message.error)
    else if (message.kind === 'unwatch') {
      this.#watches.get(message.number)?.()
      this.#watches.delete(message.number)
    } else {
      const onAnswer = this.#answers.get(message.number)
      this.#answers.delete(message.number)
      onAnswer?.(withBuffers(message.answer))
    }
  }

  #watch(number: number, id: string): void {
    const tell = (fate: Fate) => {
      this.#watches.delete(number)
      this.#post({ kind: 'fate', number, id, fate })
    }
    const known = fateOf(id)
    if (known === undefined) this.#watches.set(number, watchLife(id, tell))
    else tell(known)
  }

  /** All that it had open is lost. */
  #fail(error: Error): void {
    this.#failure = error
    const answers = [...this.#answers.values()]
    this.#answers.clear()
    for (const onAnswer of answers) onAnswer({ closed: 'died', isAllSent: false })
  }
}

/** Buffers have come as plain bytes. */
function withBuffers(answer: RelayAnswer): RelayAnswer {
  const value = answer.frame?.value
  if (answer.frame === undefined || value?.format !== 'clone') return answer
  const frame: Frame = { ...answer.frame, value: { ...value, body: asBuffer(value.body), buffers: value.buffers.map(asBuffer) } }
  return { ...answer, frame }
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
