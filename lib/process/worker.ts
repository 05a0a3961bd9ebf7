import type { Readable, Writable } from 'node:stream'
import { PassThrough } from 'node:stream'
import { type Call, type Outcome, readReturned, reasonOf, toThrown } from './call.js'
import type { Ending, Engine, Launched } from './engine.js'
import { reviveThrown, type ThrownRecord } from './error-record.js'
import { ExitedError, NotStartedError, OutOfMemoryError, type ProcessFacts } from './errors.js'
import type { Frame } from './frame.js'
import { identity } from './identity.js'
import { Link } from './link.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import { Pid } from './pid.js'
import type { ProcessPlan } from './process-options.js'
import { forget, watch } from './reaper.js'
import { answerRequests, type RequestsOfChild } from './requests-of-child.js'
import { StderrTail } from './stderr-tail.js'
import { type Failure, message, type Start, type TaskReference } from './wire.js'

/** A call that a worker was given. */
interface OpenCall {
  readonly call: Call
  readonly outcome: Outcome
  readonly onProgress: ((value: unknown) => void) | undefined
  readonly stopFollowing: () => void
}

/** How a worker is to be: it ends with its first call, or waits for more. */
export interface WorkerKind {
  readonly entry: string
  readonly engine: Engine
  readonly isPooled: boolean
  /** Modules that it loads before its first call. */
  readonly modules: readonly string[]
}

/** A process that runs calls, seen from the one that started it. */
export class Worker {
  readonly pid: Pid = Pid.make()
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Resolved when it has ended, or could not be started: how, and with whom of its calls unanswered. It never rejects. */
  readonly ended: Promise<Death>
  /** Resolved when it has loaded its modules. */
  readonly ready: Promise<void>
  readonly #launched: Launched
  readonly #link: Link | undefined
  readonly #tail = new StderrTail()
  readonly #calls = new Map<number, OpenCall>()
  readonly #tasks = new Map<TaskReference, number>()
  readonly #requests: RequestsOfChild
  #count = 0
  #uncaught: ThrownRecord | undefined
  #setReady: () => void = () => {}

  constructor(plan: ProcessPlan, { entry, engine, isPooled, modules }: WorkerKind) {
    const { pid: own, directory, token } = identity()
    this.ready = new Promise((resolve) => {
      this.#setReady = resolve
    })
    this.#launched = engine.launch({ ...plan, entry })
    const { osPid, link, stderr } = this.#launched
    this.stdin = this.#launched.stdin
    this.stdout = this.#launched.stdout
    this.stderr = this.#openStderr(stderr, plan.relaysStderr)
    this.#requests = answerRequests(this.pid.id, (frame) => this.#link?.send(frame))
    if (osPid !== undefined && !plan.detached) watch(osPid)
    let setClosed: () => void = () => {}
    const closed = new Promise<void>((resolve) => {
      setClosed = resolve
    })
    if (link === undefined) setClosed()
    else {
      this.#link = new Link(link, (frame) => this.#receive(frame), setClosed)
      const start: Start = {
        pid: this.pid.id,
        parent: own.id,
        resources: plan.resources,
        directory,
        token,
        detached: plan.detached,
        worker: isPooled,
        modules,
        flushTimeout: plan.flushTimeout,
      }
      this.#link.send({ type: message.start, id: 0, value: encodeMessage(start, () => 'A start') })
    }
    this.ended = this.#waitForEnd(closed)
  }

  /** What the system calls it; `undefined` where it could not be started. */
  get osPid(): number | undefined {
    return this.#launched.osPid
  }

  /** How many calls it has not answered. */
  get openCalls(): number {
    return this.#calls.size
  }

  /** @returns a number for {@link abort} */
  call(call: Call, outcome: Outcome, onProgress?: (value: unknown) => void): number {
    const id = ++this.#count
    this.#calls.set(id, { call, outcome, onProgress, stopFollowing: this.#follow(id, call.signals) })
    this.#link?.send({ type: message.call, id, about: this.#numberOf(call.task), value: call.args })
    return id
  }

  /** Tells the task of a call that its caller has given up. */
  abort(id: number, signal: AbortSignal): void {
    this.#sendAbort(id, 0, signal)
  }

  /** No more calls come: it ends when it has answered those that it has. */
  end(): void {
    this.#link?.send({ type: message.end, id: 0, value: undefined })
  }

  kill(signal: NodeJS.Signals): void {
    this.#launched.kill(signal)
  }

  setHolding(isHolding: boolean): void {
    this.#launched.setHolding(isHolding)
    this.#link?.setHolding(isHolding)
  }

  #numberOf(task: TaskReference): number {
    let number = this.#tasks.get(task)
    if (number === undefined) {
      number = this.#tasks.size + 1
      this.#tasks.set(task, number)
      this.#link?.send({ type: message.task, id: number, value: encodeMessage(task, () => 'A task') })
    }
    return number
  }

  #follow(id: number, signals: readonly AbortSignal[]): () => void {
    if (signals.length === 0) return () => {}
    const undos = signals.map((signal, index) => {
      const abort = () => this.#sendAbort(id, index + 1, signal)
      signal.addEventListener('abort', abort, { once: true })
      return () => signal.removeEventListener('abort', abort)
    })
    return () => {
      for (const undo of undos) undo()
    }
  }

  #sendAbort(id: number, number: number, signal: AbortSignal): void {
    const value = encodeMessage(reasonOf(signal), () => 'The reason of the signal')
    this.#link?.send({ type: message.abort, id, about: number, value })
  }

  #receive(frame: Frame): void {
    const { type, id, value } = frame
    switch (type) {
      case message.returned:
        this.#settle(id, ({ outcome }) => outcome.resolve(readReturned(value)))
        break
      case message.thrown:
        this.#settle(id, ({ outcome, call }) => outcome.reject(toThrown(decodeMessage(value) as Failure, call)))
        break
      case message.progress:
        this.#calls.get(id)?.onProgress?.(decodeMessage(value))
        break
      case message.ready:
        this.#setReady()
        break
      case message.uncaught:
        this.#uncaught = decodeMessage(value) as ThrownRecord
        break
      default:
        this.#requests.receive(frame)
    }
  }

  #settle(id: number, answer: (call: OpenCall) => void): void {
    const open = this.#calls.get(id)
    if (open === undefined) return
    this.#calls.delete(id)
    open.stopFollowing()
    try {
      answer(open)
    } catch (error) {
      // It could not be read.
      open.outcome.reject(error)
    }
  }

  #openStderr(stream: Readable | null, isRelayed: boolean): Readable | null {
    if (stream === null) return null
    this.#tail.listen(stream)
    if (!isRelayed) return stream.pipe(new PassThrough())
    stream.pipe(process.stderr, { end: false })
    return null
  }

  async #waitForEnd(closed: Promise<void>): Promise<Death> {
    const ending = await this.#launched.ended
    const { osPid } = this.#launched
    if (osPid !== undefined) forget(osPid)
    // What it had sent before is still to be read.
    await closed
    if (!('error' in ending)) await this.#drainStderr()
    this.#requests.close('exitCode' in ending && ending.exitCode === 0 ? 'exited' : 'died')
    this.#setReady()
    const unanswered = [...this.#calls.values()]
    this.#calls.clear()
    for (const { stopFollowing } of unanswered) stopFollowing()
    return {
      ending,
      unanswered,
      toError: (task) => this.#toError(task, ending),
      wasUncaught: this.#uncaught !== undefined,
    }
  }

  /** Another process may have its stderr as well, and live on: then what is there by now is enough. */
  #drainStderr(): Promise<void> {
    const { stderr } = this.#launched
    if (stderr === null || stderr.closed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longestDrain)
      stderr.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #toError(task: string, ending: Ending | { readonly error: Error }): Error {
    if ('error' in ending) {
      const { message: why } = ending.error
      return new NotStartedError(`The process for task "${task}" could not be started: ${why}.`, {
        cause: ending.error,
        task,
        pid: this.pid,
      })
    }
    const stderr = this.#tail.toString()
    const facts: ProcessFacts = { task, pid: this.pid, osPid: this.osPid, ...ending, stderr }
    const { exitCode, signal } = ending
    const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`
    const told = stderr === '' ? '' : `\nIts stderr ends with:\n${stderr.trimEnd()}`
    if (isOutOfMemory(stderr)) return new OutOfMemoryError(`Task "${task}" ran out of memory: its process ended ${how}.${told}`, facts)
    if (this.#uncaught !== undefined) {
      const text = `Task "${task}" was not answered: an exception that nobody caught has ended its process.${told}`
      return new ExitedError(text, { ...facts, cause: reviveThrown(this.#uncaught) })
    }
    const hint = exitCode === 0 ? ' It called process.exit(), or had nothing more to wait for.' : ''
    return new ExitedError(`Task "${task}" was not answered: its process ended ${how}.${hint}${told}`, facts)
  }
}

/** How a worker has ended. */
export interface Death {
  readonly ending: Ending | { readonly error: Error }
  /** In the order in which they were given. */
  readonly unanswered: readonly OpenCall[]
  readonly wasUncaught: boolean
  /** The error for a call that it had not answered. */
  toError(task: string): Error
}

/** Milliseconds. */
const longestDrain = 200

/** V8's own words: there is no other sign of it. */
const isOutOfMemory = (stderr: string) =>
  /JavaScript heap out of memory|Array buffer allocation failed|FATAL ERROR: .*out of memory/i.test(stderr)
