import { type Call, noteCaller } from './call.js'
import { localEngine } from './engine-local.js'
import { childEntry } from './entry.js'
import { CancelledError } from './errors.js'
import { Holder } from './hold.js'
import { cancelledBy, type FailureListener, type Joinable, timedOut } from './join-handle.js'
import { meansEnd } from './kill-signal.js'
import { takeBack } from './message-value.js'
import type { ProcessPlan } from './process-options.js'
import { takeSpare } from './spares.js'
import type { AnyFunction } from './task.js'
import { startTimer } from './timer.js'
import { takeResources } from './tree-ledger.js'
import { Worker } from './worker.js'

/** What ends a call in a process of its own, and what it tells meanwhile. */
export interface RunLimits {
  readonly timeout: number | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((value: unknown) => void) | undefined
}

/** Milliseconds in which a task that was told to stop may stop by itself. */
const grace = 1000

/** One call in a process of its own, from the wait for resources to the end of the process. */
export class Run<R> implements Joinable {
  readonly result: Promise<R>
  readonly gone: Promise<void>
  readonly #plan: ProcessPlan
  readonly #limits: RunLimits
  #resolve: (value: R) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #setGone: () => void = () => {}
  #worker: Worker | undefined
  #call: Call | undefined
  /** Aborted when nobody waits for room any more. */
  readonly #waiting = new AbortController()
  /** Why it is given up. */
  #stopped: Error | undefined
  #isSettled = false
  /** How many wait for it. */
  #held = 0
  /** Does it keep this process running? `undefined` where nobody has said so: as a child does. */
  #isHolding: boolean | undefined
  #isWaiting = false
  readonly #place = new Holder()
  /** It was killed, and has not heeded that. */
  #isLetGo = false
  /** Does somebody wait until it is gone? */
  #isEndAwaited = false
  #cleanUp: () => void = () => {}

  constructor(plan: ProcessPlan, limits: RunLimits) {
    this.#plan = plan
    this.#limits = limits
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.gone = new Promise<void>((resolve) => {
      this.#setGone = resolve
    })
  }

  get task(): string {
    return this.#call?.task.name ?? ''
  }

  get pid(): Worker['pid'] | undefined {
    return this.#worker?.pid
  }

  get osPid(): number | undefined {
    return this.#worker?.osPid
  }

  get stdin(): Worker['stdin'] {
    return this.#worker?.stdin ?? null
  }

  get stdout(): Worker['stdout'] {
    return this.#worker?.stdout ?? null
  }

  get stderr(): Worker['stderr'] {
    return this.#worker?.stderr ?? null
  }

  /** @throws BroodError `ERR_BROOD_NOT_A_TASK`: what else goes wrong is the result's */
  begin(prepare: () => Call, isWaiting: boolean): void {
    try {
      this.#call = prepare()
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_BROOD_NOT_A_TASK') throw error
      this.#settle(() => this.#reject(error))
      this.#setGone()
      return
    }
    this.#watchLimits()
    if (this.#isSettled) return
    try {
      const taken = takeResources(this.#plan.resources, isWaiting, this.#waiting.signal)
      if (taken instanceof Promise) void this.#waitForRoom(taken)
      else this.#launch(taken)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** It keeps this process running meanwhile, as its own process does then: there may be nothing else that does. */
  async #waitForRoom(taken: Promise<() => void>): Promise<void> {
    this.#isWaiting = true
    this.#setHolding()
    try {
      const release = await taken
      this.#isWaiting = false
      this.#launch(release)
    } catch (error) {
      this.#isWaiting = false
      this.#fail(error)
    }
    this.#setHolding()
  }

  noteCaller(caller: AnyFunction): void {
    if (this.#call !== undefined) noteCaller(this.#call, caller)
  }

  hold(): () => void {
    this.#held++
    this.#setHolding()
    return () => {
      this.#held--
      this.#setHolding()
    }
  }

  setHolding(isHolding: boolean): void {
    this.#isHolding = isHolding
    this.#setHolding()
  }

  awaitEnd(): void {
    this.#isEndAwaited = true
    this.#setHolding()
  }

  /** It may not heed the signal, and this process may be finished but for that. */
  #letGoLater(): void {
    const late = setTimeout(() => {
      this.#isLetGo = true
      this.#setHolding()
    }, grace)
    late.unref()
    void this.gone.then(() => clearTimeout(late))
  }

  /** What may outlive this process keeps it running only while somebody waits. */
  #setHolding(): void {
    // What has not been started yet cannot outlive it.
    this.#place.set(this.#isWaiting && this.#isHolding !== false)
    const asked = this.#plan.detached ? this.#held > 0 : this.#isHolding
    const isHolding = this.#isLetGo ? this.#isEndAwaited && asked !== false : asked
    if (isHolding !== undefined) this.#worker?.setHolding(isHolding)
  }

  tellOfFailure(listener: FailureListener): void {
    this.result.catch((error: unknown) => listener.failed(error))
  }

  kill(signal: NodeJS.Signals): void {
    if (meansEnd(signal)) {
      this.#stop(new CancelledError(`Task "${this.task}" was killed by ${signal}.`, { task: this.task, pid: this.pid, signal }))
      this.#letGoLater()
    }
    this.#worker?.kill(signal)
  }

  /** It was stopped while it waited, or could not be given resources. */
  #fail(error: unknown): void {
    takeBack(this.#call?.args)
    this.#settle(() => this.#reject(this.#stopped ?? error))
    this.#setGone()
  }

  #launch(release: () => void): void {
    if (this.#stopped !== undefined) {
      release()
      this.#fail(this.#stopped)
      return
    }
    const call = this.#call as Call
    const spare = takeSpare(this.#plan, call.task.url)
    const worker = spare ?? new Worker(this.#plan, { entry: childEntry, engine: localEngine, isPooled: false, modules: [] })
    this.#worker = worker
    const id = worker.call({
      call,
      onProgress: this.#limits.onProgress,
      resolve: (value) => this.#settle(() => this.#resolve(value as R)),
      reject: (error) => {
        takeBack(call.args)
        this.#settle(() => this.#reject(error))
      },
    })
    // It ends with this call, as one that was started for it.
    spare?.end()
    worker.flush()
    const { signal } = this.#limits
    const passOn = () => worker.abort(id, signal as AbortSignal)
    signal?.addEventListener('abort', passOn, { once: true })
    this.#setHolding()
    void this.#waitForEnd(worker, () => {
      signal?.removeEventListener('abort', passOn)
      release()
    })
  }

  async #waitForEnd(worker: Worker, cleanUp: () => void): Promise<void> {
    const death = await worker.ended
    cleanUp()
    if (death.unanswered.length > 0) {
      takeBack(this.#call?.args)
      this.#settle(() => this.#reject(this.#stopped ?? death.toError(this.task)))
    }
    this.#setGone()
  }

  #watchLimits(): void {
    const { timeout, signal } = this.#limits
    const expire = () => {
      this.#stop(timedOut(this.task, timeout as number, this.pid))
      this.#worker?.kill('SIGKILL')
    }
    let late: NodeJS.Timeout | undefined
    const abort = () => {
      this.#stop(cancelledBy(signal as AbortSignal, this.task))
      late = setTimeout(() => this.#worker?.kill('SIGKILL'), grace)
      late.unref()
      void this.gone.then(() => clearTimeout(late))
    }
    const timer = timeout === undefined ? undefined : startTimer(expire, timeout)
    this.#cleanUp = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    if (signal?.aborted === true) {
      this.#stop(cancelledBy(signal, this.task))
      this.#fail(this.#stopped)
    } else signal?.addEventListener('abort', abort, { once: true })
  }

  /** The call fails now, whatever its process does until it is gone. */
  #stop(error: Error): void {
    this.#stopped ??= error
    if (this.#worker === undefined) takeBack(this.#call?.args)
    this.#settle(() => this.#reject(this.#stopped))
    this.#waiting.abort()
  }

  #settle(settle: () => void): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#cleanUp()
    settle()
  }
}
