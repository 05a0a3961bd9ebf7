import type { Readable, Writable } from 'node:stream'
import { type OpenCall, readReturned, reasonOf, toThrown } from './call.js'
import { type CompiledCode, findCompiledCode } from './compiled-code.js'
import { type DeathFacts, explainDeath } from './death.js'
import type { Ending, Engine, Launched } from './engine.js'
import type { ThrownRecord } from './error-record.js'
import type { Frame } from './frame.js'
import { throwLater } from './frame-socket.js'
import { identity } from './identity.js'
import { lookupOnce } from './library-lookup.js'
import { Link } from './link.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import { fileOf } from './module-file.js'
import { Numbered } from './numbered.js'
import { showOutput } from './output.js'
import { Pid } from './pid.js'
import { makePipe, type OfferedPipe } from './pipe.js'
import type { ProcessPlan } from './process-options.js'
import { forget, watch } from './reaper.js'
import { answerRequests, type RequestsOfChild } from './requests-of-child.js'
import { getState } from './state.js'
import { type Failure, message, type Start, type TaskReference, type ToldTask } from './wire.js'
import { WorkerOutput } from './worker-output.js'

/** How a worker is to be: it ends with its first call, or waits for more. */
export interface WorkerKind {
  readonly entry: string
  readonly engine: Engine
  readonly isPooled: boolean
  /** Modules that it loads before its first call. */
  readonly modules: readonly string[]
  /** Does it tell with each answer how much memory it takes? */
  readonly reportsMemory?: boolean
}

/** A process that runs calls, seen from the one that started it. */
export class Worker {
  readonly pid: Pid = Pid.make()
  readonly stdin: Writable | null
  /** Resolved when it has ended, or could not be started: how, and with whom of its calls unanswered. It never rejects. */
  readonly ended: Promise<Death>
  /** Resolved when it has loaded its modules. */
  readonly ready: Promise<void>
  readonly #launched: Launched
  readonly #link: Link | undefined
  readonly #output: WorkerOutput
  readonly #calls = new Numbered<OpenCall>()
  /** Of calls with signals among their arguments: they are listened to no more. */
  readonly #stopFollowing = new Map<number, () => void>()
  readonly #tasks = new Map<TaskReference, number>()
  readonly #requests: RequestsOfChild
  readonly #plan: ProcessPlan
  readonly #entry: string
  /** Does what a task has written come before what it returns? In a pool each call would pay for it. */
  #catchesUp: boolean
  readonly #isShown: boolean
  /** That it was offered, and has not taken yet. */
  #pipe: OfferedPipe | undefined
  #memory = 0
  #uncaught: ThrownRecord | undefined
  /** Why it was killed: nothing more can be told to it, or understood of it. */
  #broken: Error | undefined
  #setReady: () => void = () => {}
  /** It has said that it ends with exit code 0. */
  #hasLeft = false
  readonly #code: CompiledCode

  constructor(plan: ProcessPlan, { entry, engine, isPooled, modules, reportsMemory = false }: WorkerKind) {
    const { pid: own, directory, token } = identity()
    this.#plan = plan
    this.#code = findCompiledCode(plan)
    this.#entry = entry
    this.#catchesUp = !isPooled
    this.ready = new Promise((resolve) => {
      this.#setReady = resolve
    })
    this.#launched = engine.launch({ ...plan, entry })
    const { osPid, link, stdin } = this.#launched
    this.stdin = stdin
    this.#output = new WorkerOutput(this.#launched, plan.captures, this.pid.id)
    this.#requests = answerRequests(this.pid.id, (frame) => this.#link?.send(frame))
    if (osPid !== undefined && !plan.detached) watch(osPid)
    const { isMetered, output, capturesErrors } = getState()
    this.#isShown = output !== 'inherit' && osPid !== undefined
    if (this.#isShown) showOutput({ type: 'spawn', pid: this.pid.id, parent: own.id, osPid: osPid as number })
    let setClosed: () => void = () => {}
    const closed = new Promise<void>((resolve) => {
      setClosed = resolve
    })
    if (link === undefined) setClosed()
    else {
      const stop = (error: Error) => {
        this.#broken = error
        this.kill('SIGKILL')
      }
      this.#link = new Link(link, this.#code, {
        onFrame: (frame) => this.#receive(frame),
        onUrgent: (frame) => this.#receiveUrgent(frame),
        onSee: () => this.#output.read(),
        onEnd: () => this.#requests.endWithoutLoop(this.#hasLeft ? 'exited' : 'died'),
        onBroken: stop,
        onClose: setClosed,
      })
      const start: Start = {
        pid: this.pid.id,
        parent: own.id,
        resources: plan.resources,
        isMetered,
        output,
        // Left out where it is undefined, which JSON cannot say: to load a serializer takes a child 3 ms.
        ...(capturesErrors !== undefined && { capturesErrors }),
        directory,
        token,
        detached: plan.detached,
        worker: isPooled,
        modules,
        reportsMemory,
        flushTimeout: plan.flushTimeout,
      }
      this.#link.send({ type: message.start, id: 0, value: encodeMessage(start, () => 'A start') })
    }
    this.ended = this.#waitForEnd(closed)
  }

  get stdout(): Readable | null {
    return this.#output.stdout
  }

  get stderr(): Readable | null {
    return this.#output.stderr
  }

  /** What the system calls it; `undefined` where it could not be started. */
  get osPid(): number | undefined {
    return this.#launched.osPid
  }

  /** How much memory it took after its last answer, in bytes, where it tells that. */
  get memory(): number {
    return this.#memory
  }

  /** @returns a number for {@link abort} */
  call(open: OpenCall): number {
    const { call } = open
    const id = this.#calls.add(open)
    try {
      this.#link?.send({ type: message.call, id, about: this.#numberOf(call.task), value: call.args })
    } catch (error) {
      // Nobody has it.
      this.#calls.take(id)
      throw error
    }
    this.#follow(id, call.signals)
    return id
  }

  /** A call is about to come. */
  knock(): void {
    this.#link?.send({ type: message.knock, id: 0, value: undefined })
    this.#link?.flush()
  }

  /** Lets it answer by a pipe: what many small answers cost is their way through the system. */
  async offerPipe(): Promise<void> {
    const pipe = await makePipe(identity().directory, this.pid.id)
    if (pipe === undefined) return
    this.#pipe = pipe
    this.#link?.send({ type: message.pipe, id: 0, value: encodeMessage(pipe.path, () => 'A path') })
    await this.ended
    pipe.withdraw()
  }

  /** Sends now what would go out at the end of this turn, with what else is sent by then. */
  flush(): void {
    this.#link?.flush()
  }

  /** Tells the task of a call that its caller has given up. */
  abort(id: number, signal: AbortSignal): void {
    this.#sendAbort(id, 0, signal)
  }

  /** Takes back a call that it may not have begun. It is not answered then. */
  drop(id: number): void {
    this.#link?.send({ type: message.drop, id, value: undefined })
  }

  /** No more calls come: it ends when it has answered those that it has. */
  end(): void {
    this.#catchesUp = true
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
      this.#link?.send({ type: message.task, id: number, value: encodeMessage(describeTask(task), () => 'A task') })
    }
    return number
  }

  #follow(id: number, signals: readonly AbortSignal[]): void {
    if (signals.length === 0) return
    const undos = signals.map((signal, index) => {
      const abort = () => this.#sendAbort(id, index + 1, signal)
      // While the call waited: it says itself only what was so when it was made ready.
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      return () => signal.removeEventListener('abort', abort)
    })
    this.#stopFollowing.set(id, () => {
      this.#stopFollowing.delete(id)
      for (const undo of undos) undo()
    })
  }

  #sendAbort(id: number, number: number, signal: AbortSignal): void {
    const value = encodeMessage(reasonOf(signal), () => 'The reason of the signal')
    this.#link?.send({ type: message.abort, id, about: number, value })
  }

  #receive(frame: Frame): void {
    const { type, id, about = 0, value } = frame
    // What a task has written comes before what it returns. In a pool that would be paid for by each call.
    const isAnswer = type === message.returned || type === message.thrown
    if (isAnswer && this.#catchesUp) this.#output.catchUp()
    switch (type) {
      case message.returned:
        this.#memory = about * 1024
        this.#settle(id, value, true)
        break
      case message.thrown:
        this.#memory = about * 1024
        this.#settle(id, value, false)
        break
      case message.progress:
        this.#tellProgress(id, value)
        break
      case message.switched:
        this.#readFromPipe()
        break
      case message.ready:
        this.#setReady()
        break
      case message.compiled:
        this.#code.keep(value?.body as Uint8Array)
        break
      case message.uncaught:
        this.#uncaught = decodeMessage(value) as ThrownRecord
        break
      case message.goodbye:
        this.#hasLeft = about === 0
        break
      default:
        this.#requests.receive(frame)
    }
  }

  /** This process waits without its event loop: what is for the program comes later, and what others may be waiting for cannot. */
  #receiveUrgent(frame: Frame): boolean {
    switch (frame.type) {
      case message.returned:
      case message.thrown:
      case message.progress:
      case message.ready:
      case message.compiled:
      case message.uncaught:
        return false
      case message.goodbye:
      case message.switched:
        this.#receive(frame)
        return true
      default:
        return this.#requests.receiveUrgent(frame)
    }
  }

  #readFromPipe(): void {
    const descriptor = this.#pipe?.take()
    if (descriptor !== undefined) this.#link?.readFrom(descriptor)
  }

  #settle(id: number, value: Frame['value'], hasReturned: boolean): void {
    const open = this.#calls.take(id)
    if (open === undefined) return
    this.#stopFollowing.get(id)?.()
    let answer: unknown
    try {
      answer = hasReturned ? readReturned(value) : toThrown(decodeMessage(value) as Failure, open.call)
    } catch (error) {
      // It could not be read.
      open.reject(error)
      return
    }
    if (hasReturned) open.resolve(answer)
    else open.reject(answer)
  }

  #tellProgress(id: number, value: Frame['value']): void {
    try {
      this.#calls.get(id)?.onProgress?.(decodeMessage(value))
    } catch (error) {
      // It is the program's, and what was read along with it is still to be heard of.
      throwLater(error)
    }
  }

  async #waitForEnd(closed: Promise<void>): Promise<Death> {
    const ending = await this.#launched.ended
    const { osPid } = this.#launched
    if (osPid !== undefined) forget(osPid)
    // What it had sent before is still to be read.
    await closed
    if (!('error' in ending)) await this.#output.drain()
    if (this.#isShown && !('error' in ending)) showOutput({ type: 'exit', pid: this.pid.id, ...ending })
    this.#requests.close('exitCode' in ending && ending.exitCode === 0 ? 'exited' : 'died')
    this.#setReady()
    const unanswered = this.#calls.takeAll()
    for (const stop of this.#stopFollowing.values()) stop()
    return {
      ending,
      unanswered,
      toError: (task, loss, runs) => explainDeath(task, this.#describeDeath(ending), loss, runs),
      wasUncaught: this.#uncaught !== undefined,
    }
  }

  #describeDeath(ending: Ending | { readonly error: Error }): DeathFacts {
    return {
      pid: this.pid,
      osPid: this.osPid,
      cwd: this.#plan.cwd,
      entry: this.#entry,
      ending,
      stderr: this.#output.tail,
      broken: this.#broken,
      uncaught: this.#uncaught,
    }
  }
}

/** With what it would take the child longer to find out. */
function describeTask(task: TaskReference): ToldTask {
  const file = fileOf(task.url)
  if (file === undefined) return task
  const lookup = task.isCommonJS ? lookupOnce(file) : undefined
  return lookup === undefined ? { ...task, file } : { ...task, file, lookup }
}

/** How a worker has ended. */
export interface Death {
  readonly ending: Ending | { readonly error: Error }
  /** In the order in which they were given. */
  readonly unanswered: readonly OpenCall[]
  readonly wasUncaught: boolean
  /**
   * The error for a call that it had not answered.
   *
   * @param loss what else was lost with it, as a sentence
   * @param runs how often the task was run until then: once, where it is left out
   */
  toError(task: string, loss?: string, runs?: number): Error
}
