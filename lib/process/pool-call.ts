import type { Call } from './call.js'
import type { Queued } from './call-queue.js'
import { CancelledError } from './errors.js'
import { cancelledBy, type FailureListener, type Joinable, timedOut } from './join-handle.js'
import { meansEnd } from './kill-signal.js'
import { takeBack } from './message-value.js'
import type { Member } from './pool-member.js'
import { startTimer } from './timer.js'

/** What ends a call of a pool, and what it tells meanwhile. */
export interface CallLimits {
  readonly timeout: number | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((value: unknown) => void) | undefined
  readonly priority: number
  /** How often it may be begun again where its process ended. */
  readonly retry: number
}

/** What a call needs of its pool. */
export interface CallOwner {
  /** It is given up before it was given to a process. */
  withdraw(call: PoolCall): void
}

const ignore = () => {}

/** Milliseconds in which a task that was told to stop may stop by itself. */
const grace = 1000

/** One call of a pool: it waits, is given to a process, and is answered, or not. */
export class PoolCall implements Joinable, Queued<PoolCall> {
  readonly call: Call
  readonly limits: CallLimits
  readonly result: Promise<unknown>
  before: PoolCall | undefined
  after: PoolCall | undefined
  isWaiting = false
  /** Does its process have it, and has not answered it? */
  isGiven = false
  /** The process that it was given to, and its number there. */
  member: Member | undefined
  number = 0
  retriesLeft: number
  /** How many processes have ended in the middle of it. */
  runs = 0
  isSettled = false
  readonly #owner: CallOwner
  #resolve: (value: unknown) => void = ignore
  #reject: (error: unknown) => void = ignore
  #failure: { readonly error: unknown } | undefined
  #listener: FailureListener | undefined
  #timer: NodeJS.Timeout | undefined
  #grace: NodeJS.Timeout | undefined
  #stopListening: (() => void) | undefined

  constructor(call: Call, limits: CallLimits, owner: CallOwner) {
    this.call = call
    this.limits = limits
    this.retriesLeft = limits.retry
    this.#owner = owner
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (limits.signal !== undefined) this.#follow(limits.signal)
  }

  get task(): string {
    return this.call.task.name
  }

  get priority(): number {
    return this.limits.priority
  }

  /** They are its pool's. */
  get stdin(): null {
    return null
  }

  get stdout(): null {
    return null
  }

  get stderr(): null {
    return null
  }

  get pid(): Joinable['pid'] {
    return this.member?.worker.pid
  }

  get osPid(): number | undefined {
    return this.member?.worker.osPid
  }

  /** When it is settled there is nothing left of it: its process is the pool's. */
  get gone(): Promise<void> {
    return this.#waitForResult()
  }

  kill(signal: NodeJS.Signals): void {
    if (!meansEnd(signal)) {
      if (this.member?.isWorkingOn(this)) this.member.worker.kill(signal)
      return
    }
    this.#giveUp(new CancelledError(`Task "${this.task}" was killed by ${signal}.`, { task: this.task, pid: this.pid, signal }), signal)
  }

  /** Somebody has waited for it long enough: its process is killed, since nobody waits for it any more. */
  giveUp(error: Error): void {
    this.#giveUp(error, 'SIGKILL')
  }

  /** Its process begins with it now, or has done so before. */
  begin(): void {
    const { timeout } = this.limits
    if (timeout === undefined || this.isSettled || this.#timer !== undefined) return
    this.#timer = startTimer(() => this.#giveUp(timedOut(this.task, timeout, this.pid), 'SIGKILL'), timeout)
  }

  resolve(value: unknown): void {
    if (this.#settle()) this.#resolve(value)
  }

  reject(error: unknown): void {
    if (!this.#settle()) return
    if (!this.isGiven) takeBack(this.call.args)
    // Whoever joins it hears of it, and else its handle.
    void this.#waitForResult()
    this.#reject(error)
    this.#failure = { error }
    this.#listener?.failed(error)
    // It is the handle, which is to be collected when the program has dropped it: its pool may keep the call for longer.
    this.#listener = undefined
  }

  /** Not by the promise: most calls do not fail, and to wait for that would make another promise for each. */
  tellOfFailure(listener: FailureListener): void {
    if (this.#failure === undefined) this.#listener = listener
    else listener.failed(this.#failure.error)
  }

  /** It goes back to the queue. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    clearTimeout(this.#grace)
    this.member = undefined
  }

  /** Its process has answered it, or is gone: it need not be killed for it any more. */
  leave(): void {
    clearTimeout(this.#grace)
    // It was given up before.
    if (this.isSettled) takeBack(this.call.args)
  }

  #giveUp(error: Error, signal: NodeJS.Signals): void {
    if (this.isSettled) return
    const { member } = this
    this.reject(error)
    if (member === undefined) this.#owner.withdraw(this)
    else {
      member.abandon(this, signal)
      this.#killLater(member)
    }
  }

  /** Where it does not heed what it was told: others wait for its place. */
  #killLater(member: Member): void {
    if (!member.isWorkingOn(this)) return
    this.#grace = setTimeout(() => member.abandon(this, 'SIGKILL'), grace)
    this.#grace.unref()
  }

  #follow(signal: AbortSignal): void {
    const abort = () => {
      const { member } = this
      this.reject(cancelledBy(signal, this.task))
      if (member === undefined) this.#owner.withdraw(this)
      else if (!member.isWorkingOn(this)) member.abandon(this, 'SIGKILL')
      else {
        member.worker.abort(this.number, signal)
        this.#killLater(member)
      }
    }
    if (signal.aborted) {
      this.reject(cancelledBy(signal, this.task))
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    this.#stopListening = () => signal.removeEventListener('abort', abort)
  }

  async #waitForResult(): Promise<void> {
    try {
      await this.result
    } catch {
      // It is told where it is joined.
    }
  }

  #settle(): boolean {
    if (this.isSettled) return false
    this.isSettled = true
    clearTimeout(this.#timer)
    this.#stopListening?.()
    return true
  }
}
