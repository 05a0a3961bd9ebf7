// The side of the host: one module that is loaded, as far as everybody may hold on to it.

import { reviveThrown } from '../../process/error-record.js'
import { startTimer } from '../../process/timer.js'
import { LoadError, ModuleGoneError, NoSyncError, TimeoutError, UnloadError } from './errors.js'
import { ImportServer } from './import-server.js'
import { type Isolation, type IsolationEvents, startIsolation } from './isolation.js'
import type { LoadPlan } from './load-options.js'
import type { LoadedModule, Outcome, UnloadReport } from './loaded-module.js'
import { argumentsNotCloneable } from './not-cloneable.js'
import { type OpenCall, OpenCalls } from './open-calls.js'
import { killProcesses } from './processes.js'
import { describeThrown, toLoadError } from './tell.js'
import { type UnloadPlan, unloadModule } from './unload.js'
import type { FromModule, Open, ToModule } from './wire.js'

/** What is asked of a module that is to be unloaded. */
interface Question {
  readonly id: number
  readonly heard: () => void
  readonly resolve: (open: Open) => void
  readonly reject: (error: unknown) => void
}

/** What the module has said to that. */
export interface Asked {
  /** Resolved when it has heard the question. */
  readonly heard: Promise<void>
  /** Rejects with an UnloadError where `beforeUnload` has thrown, and with the reason where the module ends meanwhile. */
  readonly open: Promise<Open>
}

export class ModuleHost implements IsolationEvents {
  readonly name: string
  readonly url: string
  readonly plan: LoadPlan
  readonly isolation: Isolation
  /** Rejects with a LoadError. */
  readonly loaded: Promise<void>
  /** Resolved when nothing of it runs any more. */
  readonly gone: Promise<void>
  /** Of this process, in bytes, before it was loaded. */
  readonly memoryBefore: number = process.memoryUsage.rss()
  state: LoadedModule['state'] = 'loaded'
  reason: Error | undefined
  exports: readonly string[] = []
  hasMain = false
  hasEnded = false
  readonly #calls = new OpenCalls()
  readonly #imports: ImportServer
  readonly #release: () => void
  #count = 0
  #holders = 0
  #isInSync = false
  #question: Question | undefined
  /** What nobody in the module has caught, and has ended it most likely. */
  #uncaught: unknown
  #unloading: Promise<UnloadReport> | undefined
  #setLoaded: (error?: Error) => void = () => {}
  #setGone: () => void = () => {}

  /** @param release another one may be loaded from that file */
  constructor(name: string, url: string, plan: LoadPlan, release: () => void) {
    this.name = name
    this.url = url
    this.plan = plan
    this.#release = release
    this.gone = new Promise((resolve) => {
      this.#setGone = resolve
    })
    this.#imports = new ImportServer({
      name,
      url,
      plan,
      post: (message, onFailure) => this.#post(message, onFailure),
      kill: (error) => this.kill(error),
      isInSync: () => this.#isInSync,
      isGone: () => this.hasEnded || this.state === 'ended',
    })
    const { stamp, required, isTracked, limits } = plan
    const request = { url, imports: Object.keys(plan.imports), required, stamp, isTracked }
    try {
      this.isolation = startIsolation(plan.isolation, { name, limits, request }, this)
    } catch (error) {
      release()
      throw error
    }
    this.loaded = this.#load()
  }

  /** Somebody waits. @returns does not any more */
  hold(): () => void {
    if (this.#holders++ === 0) this.isolation.setHolding(true)
    let isHeld = true
    return () => {
      if (isHeld && --this.#holders === 0) this.isolation.setHolding(false)
      isHeld = false
    }
  }

  async #load(): Promise<void> {
    const letGo = this.hold()
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        this.#setLoaded = (error) => (error === undefined ? resolve() : reject(error))
        const { timeout } = this.plan
        const late = `Module "${this.name}" was not loaded within ${timeout} ms. Where it takes longer, say so by \`timeout\`.`
        timer = startTimer(() => reject(new LoadError('ERR_BROOD_LOAD_TIMEOUT', late, { url: this.url, timeout })), timeout)
      })
    } catch (error) {
      // Nobody can ask it to close what it has opened.
      const processes = this.isolation.processes() ?? []
      this.kill(error as Error)
      await this.gone
      await killProcesses(processes, 1000)
      throw error
    } finally {
      clearTimeout(timer)
      letGo()
    }
  }

  /** @param name of an export; `null` for the main function */
  call(name: string | null, args: readonly unknown[]): Promise<Outcome<unknown>> {
    return new Promise((resolve, reject) => {
      const letGo = this.hold()
      const settle = (outcome: Outcome<unknown>) => {
        letGo()
        resolve(outcome)
      }
      const fail = (reason: Error) => {
        letGo()
        reject(reason)
      }
      this.#begin(name, args, settle, fail)
    })
  }

  callSync(name: string | null, args: readonly unknown[]): Outcome<unknown> {
    const { isolation } = this
    if (isolation.wait === undefined)
      throw new NoSyncError(
        `Module "${this.name}" runs in a ${isolation.kind}, which cannot be waited for: await exports.${name}() instead.`,
        { url: this.url },
      )
    if (this.#isInSync)
      throw new NoSyncError(
        `Module "${this.name}" is in a synchronous call already, which waits for this import: make one of the two asynchronous.`,
        { url: this.url },
      )
    const { callTime } = this.plan.limits
    const deadline = performance.now() + (callTime ?? Number.POSITIVE_INFINITY)
    const answers: ({ readonly outcome: Outcome<unknown> } | { readonly reason: Error })[] = []
    this.#begin(
      name,
      args,
      (outcome) => void answers.push({ outcome }),
      (reason) => void answers.push({ reason }),
    )
    this.#isInSync = true
    try {
      while (answers.length === 0) this.#waitSync(isolation, name, deadline)
    } finally {
      this.#isInSync = false
    }
    const [answer] = answers
    if (answer === undefined || 'reason' in answer) throw answer?.reason ?? this.#endedInSync()
    return answer.outcome
  }

  #waitSync(isolation: Isolation, name: string | null, deadline: number): void {
    const left = deadline - performance.now()
    if (left <= 0) {
      this.kill(this.#tooLong(name))
      return
    }
    const message = isolation.wait?.(left)
    if (message === 'gone') {
      void this.gone.then(this.hold())
      this.#calls.failAll(this.#endedInSync())
    } else if (message !== undefined) this.receive(message)
  }

  receive(message: FromModule): void {
    switch (message.type) {
      case 'returned':
        this.#calls.take(message.id)?.settle({ ok: true, value: message.value })
        break
      case 'thrown':
        this.#settleThrown(message)
        break
      case 'import':
        this.#imports.serve(message)
        break
      case 'loaded':
        this.exports = message.exports
        this.hasMain = message.hasMain
        this.#setLoaded()
        break
      case 'not-loaded':
        this.#setLoaded(toLoadError(this.name, this.url, message.fault))
        break
      case 'uncaught':
        this.#uncaught = reviveThrown(message.record)
        break
      default:
        this.#answer(message)
    }
  }

  ended(reason: Error): void {
    this.hasEnded = true
    if (this.#uncaught !== undefined && reason.cause !== undefined)
      Object.defineProperty(reason, 'cause', { value: this.#uncaught, configurable: true, writable: true })
    if (this.state === 'loaded' || this.state === 'unloading') this.state = 'ended'
    this.#fail(this.reason ?? reason)
    this.#release()
    this.#setGone()
  }

  /** Ends it, whatever it does. */
  kill(reason: Error): void {
    if (this.state !== 'unloaded') this.state = 'ended'
    this.#fail(reason)
    if (this.hasEnded) return
    // Until it is gone: who waits for that waits for nothing else.
    void this.gone.then(this.hold())
    this.isolation.terminate(true)
  }

  /** How many calls have no answer. */
  get running(): number {
    return this.#calls.size
  }

  /** @returns when no call runs, `false` when one still does after `longest` milliseconds */
  drained(longest: number): Promise<boolean> {
    return this.#calls.drained(longest)
  }

  /** Has `beforeUnload` run, and asks what is open. */
  ask(): Asked {
    const id = ++this.#count
    let heard: () => void = () => {}
    const isHeard = new Promise<void>((resolve) => {
      heard = resolve
    })
    const open = new Promise<Open>((resolve, reject) => {
      this.#question = { id, heard, resolve, reject }
      if (this.hasEnded) reject(this.reason)
    })
    this.#post({ type: 'unload', id }, () => {})
    return { heard: isHeard, open }
  }

  unload(plan: UnloadPlan): Promise<UnloadReport> {
    this.#unloading ??= unloadModule(this, plan).catch((error: unknown) => {
      this.#unloading = undefined
      throw error
    })
    return this.#unloading
  }

  #begin(name: string | null, args: readonly unknown[], settle: OpenCall['settle'], fail: OpenCall['fail']): void {
    const refusal = this.#refuse(name)
    if (refusal !== undefined) {
      fail(refusal)
      return
    }
    const id = ++this.#count
    const { callTime } = this.plan.limits
    this.#calls.add(id, { name, settle, fail }, callTime, () => this.kill(this.#tooLong(name)))
    this.#post({ type: 'call', id, name, args }, (cause) => {
      this.#calls.take(id)?.fail(argumentsNotCloneable(`${name ?? 'main'}()`, args, cause))
    })
  }

  #refuse(name: string | null): Error | undefined {
    const { url, reason } = this
    if (this.state === 'loaded') {
      if (name !== null || this.hasMain) return undefined
      return new LoadError('ERR_BROOD_EXPORT_MISSING', `Module "${this.name}" has no main function.`, { url, exportName: 'main' })
    }
    if (this.state === 'unloading') return new ModuleGoneError(`Module "${this.name}" is being unloaded, and takes no calls.`, { url })
    if (this.state === 'unloaded') return new ModuleGoneError(`Module "${this.name}" is unloaded. Load it again to call it.`, { url })
    return new ModuleGoneError(`Module "${this.name}" is gone. ${reason?.message ?? ''} Load it again to call it.`, { cause: reason, url })
  }

  #post(message: ToModule, onFailure: (cause: unknown) => void): void {
    try {
      this.isolation.post(message)?.catch((cause: unknown) => {
        // Where it has ended, that is said by its end.
        if ((cause as { code?: unknown }).code !== 'ERR_BROOD_CHANNEL_CLOSED') onFailure(cause)
      })
    } catch (cause) {
      onFailure(cause)
    }
  }

  #settleThrown({ id, record }: FromModule & { readonly type: 'thrown' }): void {
    const call = this.#calls.take(id)
    if (call === undefined) return
    const error = reviveThrown(record)
    if (!this.plan.isQuiet) process.stderr.write(`${this.name}: ${call.name ?? 'main'}() threw ${describeThrown(error)}\n`)
    call.settle({ ok: false, error })
  }

  #answer(message: FromModule): void {
    const question = this.#question
    if (question === undefined || !('id' in message) || question.id !== message.id) return
    if (message.type === 'unloading') question.heard()
    else if (message.type === 'open') question.resolve(message.open)
    else if (message.type === 'not-unloaded') {
      const cause = reviveThrown(message.record)
      const text = `Module "${this.name}" was not unloaded: its beforeUnload threw ${describeThrown(cause)}.`
      question.reject(new UnloadError('ERR_BROOD_BEFORE_UNLOAD', text, { cause, url: this.url }))
    }
  }

  /** Nobody will answer any more. */
  #fail(reason: Error): void {
    if (this.state !== 'unloaded') this.reason ??= reason
    const failure = toLoadError(this.name, this.url, { ended: reason })
    this.#setLoaded(reason instanceof LoadError ? reason : failure)
    this.#calls.failAll(reason)
    this.#question?.reject(reason)
  }

  #tooLong(name: string | null): Error {
    const { callTime } = this.plan.limits
    const exportName = name ?? 'main'
    const text = `Module "${this.name}" was ended: ${exportName}() took longer than limits.callTime, ${callTime} ms.`
    return new TimeoutError(text, { url: this.url, exportName, callTime })
  }

  /** How it has ended is told by an event, which cannot come now. */
  #endedInSync(): Error {
    const text = `Module "${this.name}" has ended while it was called. \`reason\` of the module says why, once this thread is back at its event loop.`
    return new ModuleGoneError(text, { url: this.url })
  }
}
