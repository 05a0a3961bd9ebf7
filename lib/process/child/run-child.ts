// What a child does from its first frame to its last.
import { now } from '../clock.js'
import { recordThrown, type ThrownRecord } from '../error-record.js'
import type { Frame } from '../frame.js'
import { throwLater } from '../frame-socket.js'
import { become } from '../identity.js'
import { isWithoutLoop } from '../meanwhile.js'
import { decodeMessage, encodeMessage, isSendable } from '../message-value.js'
import { getState, type RunningCall } from '../state.js'
import type { EncodedValue } from '../value-codec.js'
import { type Failure, message, type Start, type ToldTask } from '../wire.js'
import { AbortSignals, type SignalRecord } from './abort-signals.js'
import { blockOutput } from './blocking-output.js'
import { findTask, isLoaded, type Loaded, loadAhead, loadTask } from './load-task.js'
import { ParentLink } from './parent-link.js'
import { RequestsToParent } from './parent-requests.js'
import { TaskContext } from './task-context.js'

/** Runs the calls that the parent sends. The entry of a child calls it, and nobody else. */
export function runChild(): void {
  let child: Child | undefined
  const link = new ParentLink(() => child?.endWithParent())
  const first = link.readNext()
  if (first === undefined) process.exit(1)
  const start = decodeMessage(first.value) as Start
  become(start)
  child = new Child(link, start)
  child.run()
}

/** What a task has of the call that it answers. */
class Running implements RunningCall {
  readonly #call: Call
  readonly #link: ParentLink

  constructor(call: Call, link: ParentLink) {
    this.#call = call
    this.#link = link
  }

  get signal(): AbortSignal {
    return this.#call.signals.get(0)
  }

  progress(value: unknown): void {
    this.#link.send({ type: message.progress, id: this.#call.id, value: encodeMessage(value, (path) => `The progress${path}`) })
  }
}

/** A call that waits, or is worked on. */
interface Call {
  readonly id: number
  readonly task: ToldTask
  readonly args: Frame['value']
  readonly signals: AbortSignals
}

/** What the parent says to what this process has asked for, perhaps for a child of its own. */
const answers: ReadonlySet<number> = new Set([message.granted, message.refused, message.wanted, message.fate, message.relayed])

class Child {
  readonly #link: ParentLink
  readonly #start: Start
  readonly #requests: RequestsToParent
  readonly #tasks = new Map<number, ToldTask>()
  readonly #queue: Call[] = []
  /** What has come without the event loop, and can wait for it. */
  readonly #deferred: Frame[] = []
  #running: Call | undefined
  #isLoadingAhead = false
  #isEnding = false
  #isInLoop = false
  #uncaught: { readonly error: unknown } | undefined
  readonly #context = new TaskContext()

  constructor(link: ParentLink, start: Start) {
    this.#link = link
    this.#start = start
    this.#requests = new RequestsToParent(link, () => this.#listen())
  }

  run(): void {
    getState().toParent = this.#requests
    blockOutput()
    this.#deliverAtExit()
    // Who waits for a signal waits for the parent.
    process.on('beforeExit', () => this.#link.hold('signals', this.#running?.signals.isAwaited() === true))
    process.on('uncaughtExceptionMonitor', (error: unknown) => this.#reportUncaught(error))
    if (this.#start.worker) {
      this.#isLoadingAhead = true
      this.#listen()
      this.#link.hold('calls', true)
      void this.#loadAhead()
      return
    }
    while (this.#running === undefined) {
      const frame = this.#link.readNext()
      if (frame === undefined) process.exit(1)
      this.#receive(frame)
    }
  }

  async #loadAhead(): Promise<void> {
    this.#context.beforeLoading()
    for (const url of this.#start.modules) await loadAhead(url)
    this.#context.afterLoading()
    this.#isLoadingAhead = false
    this.#link.send({ type: message.ready, id: 0, value: undefined })
    this.#runNext()
  }

  /** Whoever waits for something from the parent lets its frames come. */
  #listen(): void {
    this.#link.listen((frame) => this.#receive(frame))
  }

  /** The parent is gone, or cannot be told anything any more. Nothing is to survive its root; who is detached goes on. */
  endWithParent(): void {
    this.#requests.fail()
    if (!this.#start.detached) process.exit(process.exitCode === undefined || process.exitCode === 0 ? 1 : process.exitCode)
  }

  #receive(frame: Frame): void {
    if (answers.has(frame.type)) this.#requests.answer(frame)
    else if (isWithoutLoop() || this.#deferred.length > 0) this.#defer(frame)
    else this.#take(frame)
  }

  /** The task is in the middle of something else: it waits, and answers are passed on to its own children meanwhile. */
  #defer(frame: Frame): void {
    if (this.#deferred.push(frame) === 1) setImmediate(() => this.#takeDeferred())
  }

  #takeDeferred(): void {
    for (let next = this.#deferred.shift(); next !== undefined; next = this.#deferred.shift()) {
      try {
        this.#take(next)
      } catch (error) {
        throwLater(error)
      }
    }
  }

  #take({ type, id, about = 0, value }: Frame): void {
    switch (type) {
      case message.task:
        this.#tasks.set(id, decodeMessage(value) as ToldTask)
        break
      case message.call:
        this.#queue.push({ id, task: this.#tasks.get(about) as ToldTask, args: value, signals: new AbortSignals() })
        this.#runNext()
        break
      case message.knock:
        break
      case message.pipe:
        this.#link.sendBy(decodeMessage(value) as string)
        break
      case message.abort:
        this.#link.hold('signals', false)
        this.#findCall(id)?.signals.abort(about, decodeMessage(value) as ThrownRecord)
        break
      case message.drop:
        this.#drop(id)
        break
      default:
        this.#isEnding = true
        this.#runNext()
    }
  }

  #drop(id: number): void {
    const index = this.#queue.findIndex((call) => call.id === id)
    if (index < 0) return
    this.#queue.splice(index, 1)
    this.#link.send({ type: message.thrown, id, value: encodeMessage({ kind: 'dropped' } satisfies Failure, () => 'A failure') })
  }

  #findCall(id: number): Call | undefined {
    return this.#running?.id === id ? this.#running : this.#queue.find((call) => call.id === id)
  }

  #runNext(): void {
    // A call that is answered at once comes back here, and there may be thousands of them.
    if (this.#isInLoop) return
    this.#isInLoop = true
    while (this.#running === undefined && !this.#isLoadingAhead) {
      // The parent takes what is not answered for not begun, but for the first: an answer that is not out yet would have its task run twice.
      if (this.#link.hasUnwritten) {
        this.#link.onceWritten(() => this.#runNext())
        break
      }
      const next = this.#queue.shift()
      if (next !== undefined) this.#begin(next)
      else if (this.#isEnding) process.exit()
      else break
    }
    this.#isInLoop = false
  }

  #begin(call: Call): void {
    this.#running = call
    if (isLoaded(call.task)) {
      this.#call(call, findTask(call.task))
      return
    }
    this.#context.beforeLoading()
    const loaded = loadTask(call.task)
    const goOn = (found: Loaded) => {
      this.#context.afterLoading()
      this.#call(call, found)
    }
    if (loaded instanceof Promise) void loaded.then(goOn)
    else goOn(loaded)
  }

  #call(call: Call, loaded: Loaded): void {
    if ('failure' in loaded) {
      this.#fail(call, loaded.failure)
      return
    }
    getState().call = new Running(call, this.#link)
    let result: unknown
    try {
      const args = decodeMessage(call.args, (record) => reviveSignal(record, call.signals)) as unknown[]
      // Not as a method: `this` is nothing, and no frame of a stack says that it is one.
      result = this.#context.run(() => Reflect.apply(loaded.call, undefined, args) as unknown)
    } catch (error) {
      this.#throw(call, error)
      return
    }
    if (!isThenable(result)) {
      this.#return(call, result)
      return
    }
    this.#listen()
    // A task that waits for nothing at all lets its process end, as it would elsewhere.
    this.#link.hold('calls', false)
    Promise.resolve(result).then(
      (value) => this.#return(call, value),
      (error: unknown) => this.#throw(call, error),
    )
  }

  #return(call: Call, result: unknown): void {
    let value: EncodedValue | undefined
    try {
      // To say nothing takes no serializer.
      value = result === undefined ? undefined : encodeMessage(result, (path) => `The result${path}`)
    } catch (error) {
      const { path, message: text } = error as Error & { readonly path: string }
      this.#fail(call, { kind: 'not-cloneable', path, text })
      return
    }
    this.#finish({ type: message.returned, id: call.id, value })
  }

  #throw(call: Call, error: unknown): void {
    try {
      this.#fail(call, { kind: 'thrown', record: recordThrown(error, isSendable) })
    } catch {
      // A property of it is another one each time that it is read.
      this.#fail(call, { kind: 'thrown', record: recordThrown(error, () => false) })
    }
  }

  #fail({ id }: Call, failure: Failure): void {
    this.#finish({ type: message.thrown, id, value: encodeMessage(failure, () => 'An error') })
  }

  #finish(answer: Frame): void {
    getState().call = undefined
    this.#running = undefined
    this.#link.send(this.#start.reportsMemory ? { ...answer, about: Math.round(process.memoryUsage.rss() / 1024) } : answer)
    this.#sendCode()
    if (!this.#start.worker) process.exit()
    this.#link.hold('signals', false)
    this.#link.hold('calls', true)
    this.#runNext()
  }

  /** Once, when all that a call takes has run. */
  #sendCode(): void {
    const state = getState()
    const { compile } = state
    if (compile === undefined) return
    state.compile = undefined
    try {
      this.#link.send({ type: message.compiled, id: 0, value: { format: 'clone', body: compile(), buffers: [] } })
    } catch {
      // There is too little memory for it. The answer is out.
    }
  }

  #reportUncaught(error: unknown): void {
    this.#uncaught = { error }
    const value = encodeMessage(recordThrown(error, isSendable), () => 'An error')
    this.#link.send({ type: message.uncaught, id: this.#running?.id ?? 0, value })
  }

  /** The process ends while it waits for its task's module. */
  #reportUnloaded(): void {
    if (getState().loading === undefined || this.#running === undefined) return
    const text = 'The process has ended while the module was evaluated: it calls process.exit(), or awaits what never comes.'
    const { error } = this.#uncaught ?? { error: new Error(text) }
    this.#link.send({
      type: message.thrown,
      id: this.#running.id,
      value: encodeMessage({ kind: 'not-loaded', record: recordThrown(error, isSendable) } satisfies Failure, () => 'An error'),
    })
  }

  /** Once, behind the last listener: what a listener of the program sends at the end is to arrive, too. */
  #deliverAtExit(): void {
    let isDelivered = false
    const deliver = (exitCode: number) => {
      if (isDelivered) return
      isDelivered = true
      this.#reportUnloaded()
      const deadline = now() + this.#start.flushTimeout
      getState().endChannels?.(exitCode, deadline)
      this.#link.send({ type: message.goodbye, id: 0, about: exitCode >>> 0, value: undefined })
      this.#link.flush(deadline)
    }
    // A listener would not be the last one.
    const emit = process.emit.bind(process) as (event: string | symbol, ...args: unknown[]) => boolean
    // A listener may call process.exit() again, and then emit() does not return.
    const { reallyExit } = process as unknown as { readonly reallyExit: (code: unknown) => never }
    Object.assign(process, {
      emit(event: string | symbol, ...args: unknown[]): boolean {
        const isHeard = emit(event, ...args)
        if (event === 'exit') deliver(Number(process.exitCode ?? args[0] ?? 0))
        return isHeard
      },
      reallyExit(this: unknown, code: unknown): never {
        deliver(Number(code ?? 0))
        return Reflect.apply(reallyExit, this, [code])
      },
    })
  }
}

function reviveSignal(record: unknown, signals: AbortSignals): AbortSignal | undefined {
  return (record as SignalRecord).handle === 'signal' ? signals.revive(record as SignalRecord) : undefined
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { then?: unknown }).then === 'function'
