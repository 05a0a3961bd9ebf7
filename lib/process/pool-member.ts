import type { Call, OpenCall } from './call.js'
import { Chain } from './chain.js'
import { localEngine } from './engine-local.js'
import { childEntry } from './entry.js'
import type { PoolCall } from './pool-call.js'
import type { PoolPlan } from './pool-options.js'
import { startTimer } from './timer.js'
import { type Death, Worker } from './worker.js'

/** What a member tells its pool. */
export interface MemberEvents {
  /** It has answered a call, or dropped one. */
  onAnswer(member: Member): void
  /** It has ended. */
  onEnd(member: Member, death: Death): void
}

/** One process of a pool, with the calls that it was given, in the order in which it works on them. */
export class Member {
  readonly worker: Worker
  /** The first is the one that it works on. */
  readonly calls = new Chain<PoolCall>()
  /** It takes no more calls, and ends when it has answered those that it has. */
  isRetiring = false
  readonly #plan: PoolPlan
  readonly #events: MemberEvents
  #answered = 0
  #idleTimer: NodeJS.Timeout | undefined

  constructor(plan: PoolPlan, events: MemberEvents) {
    this.#plan = plan
    this.#events = events
    this.worker = new Worker(plan.process, {
      entry: childEntry,
      engine: localEngine,
      isPooled: true,
      modules: [],
      reportsMemory: plan.memoryLimit !== undefined,
    })
    this.worker.setHolding(false)
    // One answer at a time has the system to itself.
    if (plan.prefetch > 1) void this.worker.offerPipe()
    if (plan.setup !== undefined) this.#setUp(plan.setup)
    void this.#waitForEnd()
  }

  get hasRoom(): boolean {
    return !this.isRetiring && this.calls.length < this.#plan.prefetch
  }

  /**
   * Is it about to run out of calls? It is given more only then: many at once take one write and one read, and which process they wait in is the
   * same to them.
   */
  get isLow(): boolean {
    return !this.isRetiring && this.calls.length <= this.#plan.prefetch / 2
  }

  /** Has it run something that its modules may remember? */
  get mayRemember(): boolean {
    return this.#answered > 0 || this.#plan.setup !== undefined
  }

  isWorkingOn(call: PoolCall): boolean {
    return this.calls.first === call
  }

  give(call: PoolCall): void {
    // Before anything is noted: what cannot be sent was not given.
    call.number = this.worker.call(new Given(this, call))
    clearTimeout(this.#idleTimer)
    if (this.calls.length === 0) this.worker.setHolding(true)
    this.calls.push(call)
    call.isGiven = true
    call.member = this
    // There is nothing that could go with it.
    if (this.#plan.prefetch === 1) this.worker.flush()
    if (this.calls.length === 1) call.begin()
  }

  /** Nobody waits for a call any more. What it has not begun with it drops; else it is killed, since there is no other way to end a call. */
  abandon(call: PoolCall, signal: NodeJS.Signals): void {
    if (!call.isGiven) return
    if (!this.isWorkingOn(call)) {
      this.worker.drop(call.number)
      return
    }
    // It may answer before it ends, and must not be given another call then.
    this.isRetiring = true
    this.worker.kill(signal)
  }

  /** Lets it end when it has nothing more to do. */
  retire(): void {
    if (this.isRetiring) return
    this.isRetiring = true
    this.worker.end()
  }

  /** After so long without a call it is too many. */
  idle(onTooLong: () => void): void {
    if (this.#plan.idleTimeout === undefined) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = startTimer(onTooLong, this.#plan.idleTimeout)
    this.#idleTimer.unref()
  }

  async #waitForEnd(): Promise<void> {
    const death = await this.worker.ended
    clearTimeout(this.#idleTimer)
    this.#events.onEnd(this, death)
  }

  #setUp(call: Call): void {
    this.worker.call({
      call,
      onProgress: undefined,
      resolve: () => {},
      reject: (error) => {
        this.isRetiring = true
        // It goes on with them until it is gone.
        for (const waiting of this.calls) waiting.reject(error)
        this.worker.kill('SIGKILL')
      },
    })
  }

  /** A call is not its business any more. */
  take(call: PoolCall): void {
    // Others were dropped.
    if (this.isWorkingOn(call)) this.#answered++
    this.calls.remove(call)
    call.isGiven = false
    call.leave()
  }

  /** It has ended. @returns those that it has not answered */
  takeAll(): PoolCall[] {
    const calls = [...this.calls]
    for (const call of calls) this.take(call)
    return calls
  }

  /** It has answered a call, which was taken from it. */
  goOn(): void {
    this.calls.first?.begin()
    if (this.calls.length === 0) this.worker.setHolding(false)
    const { maxTasksPerWorker, memoryLimit } = this.#plan
    if (this.#answered >= maxTasksPerWorker || (memoryLimit !== undefined && this.worker.memory > memoryLimit)) this.retire()
    this.#events.onAnswer(this)
  }
}

/** A call that a member was given. */
class Given implements OpenCall {
  readonly call: Call
  readonly onProgress: OpenCall['onProgress']
  readonly #member: Member
  readonly #of: PoolCall

  constructor(member: Member, of: PoolCall) {
    this.call = of.call
    this.onProgress = of.limits.onProgress
    this.#member = member
    this.#of = of
  }

  resolve(value: unknown): void {
    this.#member.take(this.#of)
    this.#of.resolve(value)
    this.#member.goOn()
  }

  reject(error: unknown): void {
    this.#member.take(this.#of)
    this.#of.reject(error)
    this.#member.goOn()
  }
}
