import { BroodError } from '../errors.js'
import { noteCaller, prepareCall } from './call.js'
import { CallQueue } from './call-queue.js'
import { CancelledError, QueueFullError } from './errors.js'
import { Holder } from './hold.js'
import { Handle, type JoinHandle, neverBegun } from './join-handle.js'
import { LostState } from './lost-state.js'
import { type MapOptions, mapInOrder, readMap } from './map-in-order.js'
import { type CallLimits, PoolCall } from './pool-call.js'
import { Member } from './pool-member.js'
import { type PoolOptions, type PoolPlan, planPool } from './pool-options.js'
import { PoolRoom } from './pool-room.js'
import { plainLimits, type RunOptions, readLimits } from './run-options.js'
import { refuseWhileLoading } from './spawn.js'
import type { AnyFunction, ElementResult, OverloadArguments, OverloadResult, Task, TaskResult } from './task.js'
import { lend, makeRoom } from './tree-ledger.js'
import type { Death } from './worker.js'

/**
 * Processes that wait for calls. Each works on one call at a time, and keeps what its modules remember from one to the next. From procspawn.
 *
 * Nothing is lost when a process ends: the call that it worked on fails with what is known of that, those behind it go to other processes, and
 * another process takes its place. An idle pool does not keep the program running.
 */
export class Pool implements AsyncDisposable {
  readonly #plan: PoolPlan
  readonly #queue = new CallQueue<PoolCall>()
  readonly #members = new Set<Member>()
  readonly #room: PoolRoom
  readonly #lost = new LostState()
  readonly #holder = new Holder()
  #isClosed = false
  /** Processes that could not be started are tried again after a while. */
  #isTryingLater = false
  #idleWaiters: (() => void)[] = []
  #endWaiters: (() => void)[] = []

  /** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_UNGUARDED`; `ERR_BROOD_NOT_A_TASK`, `ERR_BROOD_NOT_CLONEABLE` of `setup` */
  constructor(options: PoolOptions = {}) {
    refuseWhileLoading()
    this.#plan = planPool(options)
    this.#room = new PoolRoom(this.#plan.process.resources, {
      grant: (release) => this.#add(release),
      refuse: (error) => this.#refuse(error),
    })
    this.#fill()
  }

  /** How many processes there are now, without those that are about to end. */
  get size(): number {
    let size = 0
    for (const { isRetiring } of this.#members) if (!isRetiring) size++
    return size
  }

  /** How many calls processes have been given. */
  get active(): number {
    let active = 0
    for (const { calls } of this.#members) active += calls.length
    return active
  }

  /** How many calls wait. */
  get queued(): number {
    return this.#queue.length
  }

  /**
   * Calls a task in one of the processes.
   *
   * @returns a handle, at once: also what refuses the call is said where it is joined
   * @throws BroodError `ERR_BROOD_NOT_A_TASK`
   */
  run<F extends AnyFunction>(task: Task<F>, ...args: Parameters<F>): JoinHandle<TaskResult<F>>
  run<F extends AnyFunction, A extends OverloadArguments<F>>(task: Task<F>, ...args: A): JoinHandle<OverloadResult<F, A>>
  run(task: Task, ...args: unknown[]): JoinHandle<unknown> {
    // oxlint-disable-next-line typescript/unbound-method -- it is only looked for on the stack
    return this.#run(plainLimits, task, args, Pool.prototype.run)
  }

  /**
   * The same, with options for this call.
   *
   * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_NOT_A_TASK`
   */
  runWith<F extends AnyFunction>(options: RunOptions, task: Task<F>, ...args: Parameters<F>): JoinHandle<TaskResult<F>>
  runWith<F extends AnyFunction, A extends OverloadArguments<F>>(
    options: RunOptions,
    task: Task<F>,
    ...args: A
  ): JoinHandle<OverloadResult<F, A>>
  runWith(options: RunOptions, task: Task, ...args: unknown[]): JoinHandle<unknown> {
    // oxlint-disable-next-line typescript/unbound-method -- it is only looked for on the stack
    return this.#run(readLimits(options), task, args, Pool.prototype.runWith)
  }

  /**
   * Calls a task for each element, and gives the results in the order of the elements.
   *
   * No more elements are taken than are worked on, with the results that nobody has asked for yet. The first failure ends it, as does a `break`: what
   * waits then is not begun, and what runs is aborted as by a signal.
   *
   * @param options `concurrency`: how many at once, at most. @default as many as the pool takes: `size` times `prefetch`
   * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`; while it is read, what a call of {@link run} fails with
   */
  map<Element, F extends (element: Element) => unknown>(
    task: Task<F>,
    elements: Iterable<Element> | AsyncIterable<Element>,
    options: MapOptions = {},
  ): AsyncIterableIterator<ElementResult<F, Element>> {
    const concurrency = readMap(elements, options)
    const { size, prefetch } = this.#plan
    const controller = new AbortController()
    const limits = { ...plainLimits, signal: controller.signal }
    const start = (element: Element) => this.#run<ElementResult<F, Element>>(limits, task, [element], undefined)
    const stop = () => controller.abort()
    return mapInOrder(elements, { start, stop, concurrency: concurrency ?? size * prefetch })
  }

  /** Waits until nothing waits and nothing runs. Calls may be made meanwhile, and after it. */
  join(): Promise<void> {
    return this.#isIdle ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Takes no more calls, waits for those that there are, and ends the processes. */
  async shutdown(): Promise<void> {
    this.#isClosed = true
    await this.join()
    this.#trim()
    for (const member of this.#members) member.retire()
    if (this.#members.size > 0) {
      // They have been told, and are gone in a moment: the program waits for that.
      for (const { worker } of this.#members) worker.setHolding(true)
      await new Promise<void>((resolve) => this.#endWaiters.push(resolve))
    }
  }

  /** Ends the processes at once. All calls fail with `ERR_BROOD_CANCELLED`. */
  kill(): void {
    this.#isClosed = true
    this.#rejectWaiting(killed)
    for (const { calls, worker } of this.#members) {
      for (const call of calls) call.reject(killed(call))
      worker.kill('SIGKILL')
    }
    this.#notify()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  get #isIdle(): boolean {
    return this.#queue.length === 0 && this.active === 0
  }

  #run<R>(limits: CallLimits, task: unknown, args: readonly unknown[], caller: AnyFunction | undefined): JoinHandle<R> {
    refuseWhileLoading()
    let call: PoolCall
    try {
      call = new PoolCall(prepareCall(task, args), limits, this.#owner)
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (code !== 'ERR_BROOD_NOT_CLONEABLE') throw error
      return neverBegun(error)
    }
    if (this.#isClosed)
      call.reject(new BroodError('ERR_BROOD_DISPOSED', `The pool takes no more calls: it was shut down before task "${call.task}".`))
    else if (!call.isSettled) this.#accept(call)
    if (this.#plan.callerFrames && caller !== undefined) noteCaller(call.call, caller)
    return new Handle(call, call.result as Promise<R>)
  }

  #accept(call: PoolCall): void {
    const member = this.#queue.length === 0 ? this.#findRoom() : undefined
    if (member !== undefined) {
      member.give(call)
      return
    }
    if (this.#queue.length >= this.#plan.maxQueue && !this.#canGrow) {
      const advice = 'Await some calls before you make more, as pool.map() does, or raise maxQueue.'
      const text = `Task "${call.task}" is refused: ${this.#queue.length} calls wait already, and maxQueue allows no more. ${advice}`
      call.reject(new QueueFullError(text, { task: call.task }))
      return
    }
    this.#queue.push(call)
    this.#fill()
  }

  readonly #owner = {
    withdraw: (call: PoolCall) => {
      this.#queue.remove(call)
      this.#notify()
    },
  }

  /** An idle process first; then a new one is better than one that is busy. */
  #findRoom(): Member | undefined {
    let best: Member | undefined
    for (const member of this.#members) {
      if (!member.hasRoom) continue
      if (member.calls.length === 0) return member
      if (best === undefined || member.calls.length < best.calls.length) best = member
    }
    return this.#canGrow ? undefined : best
  }

  get #canGrow(): boolean {
    return this.size + this.#room.waiting < this.#plan.size
  }

  /** Starts the processes that are wanted. */
  #fill(): void {
    while (this.size + this.#room.waiting < this.#wanted && this.#room.ask());
    this.#setHolding()
  }

  /** As many processes as there is work for, and as are to be there anyway. */
  get #wanted(): number {
    if (this.#isDone) return 0
    return Math.min(this.#plan.size, Math.max(this.#plan.min, this.#busyMembers + this.#queue.length))
  }

  #trim(): void {
    if (this.#room.waiting > 0) this.#room.giveUp(this.size + this.#room.waiting - this.#wanted)
  }

  /** Calls that wait for room keep this process running: there may be nothing else that does. */
  #setHolding(): void {
    this.#holder.set(this.#room.waiting > 0 && this.#queue.length > 0)
  }

  #fillLater(): void {
    if (this.#isTryingLater) return
    this.#isTryingLater = true
    setTimeout(() => {
      this.#isTryingLater = false
      this.#fill()
    }, pauseBetweenTries).unref()
  }

  /** Is there no process, and none to come? */
  get #isAlone(): boolean {
    return this.#members.size + this.#room.waiting === 0
  }

  get #isDone(): boolean {
    return this.#isClosed && this.#queue.length === 0
  }

  get #busyMembers(): number {
    let busy = 0
    for (const { calls } of this.#members) if (calls.length > 0) busy++
    return busy
  }

  /** There is room for one more process. */
  #add(release: () => void): void {
    const member = new Member(this.#plan, this.#events)
    this.#members.add(member)
    const { resources } = this.#plan.process
    const takeBack = lend({ resources, isEnding: () => member.isRetiring, giveWay: () => this.#dismiss(member) })
    void member.worker.ended.then(takeBack).then(release)
    this.#dispatch(member)
    this.#notify()
  }

  /** There is never room for one. Where there is not even one yet, nobody will ever work on what waits. */
  #refuse(error: Error): void {
    if (this.size === 0) this.#rejectWaiting(() => error)
    this.#notify()
  }

  /** Gives a process as much as it takes, once it is about to run out of it. */
  #dispatch(member: Member): void {
    if (member.isLow) this.#giveMore(member)
    if (member.calls.length === 0) member.idle(() => this.#dismiss(member))
  }

  #giveMore(member: Member): void {
    while (member.hasRoom) {
      const call = this.#queue.shift()
      if (call === undefined) break
      member.give(call)
    }
  }

  #dismiss(member: Member): void {
    if (member.calls.length === 0 && this.size > this.#plan.min) member.retire()
  }

  readonly #events = {
    onAnswer: (member: Member) => {
      this.#dispatch(member)
      this.#notify()
    },
    onEnd: (member: Member, death: Death) => {
      this.#members.delete(member)
      if (member.calls.length > 0) this.#bury(member, death)
      else if (!this.#isClosed) this.#lost.tell(member, death)
      for (const other of this.#members) this.#dispatch(other)
      // What cannot be started now can be no sooner than something else has happened.
      if (wasStarted(death) || (this.#isAlone && this.#queue.length > 0)) this.#fill()
      else this.#fillLater()
      this.#notify()
    },
  }

  /**
   * The call that a process worked on ends with it; those behind it have not been begun. Nor has any where it could not be started: its calls are for the
   * other processes, and where there is none, nobody will ever work on what waits.
   */
  #bury(member: Member, death: Death): void {
    const loss = this.#lost.describe(member)
    const calls = member.takeAll()
    const failing = wasStarted(death) || this.#isAlone ? 1 : 0
    for (const call of calls.slice(failing).toReversed()) if (!call.isSettled) this.#requeue(call)
    const [victim] = calls.slice(0, failing)
    if (victim === undefined) return
    if (wasStarted(death)) victim.runs++
    if (!victim.isSettled && victim.retriesLeft > 0) {
      victim.retriesLeft--
      this.#requeue(victim)
    } else victim.reject(death.toError(victim.task, loss, victim.runs))
  }

  #rejectWaiting(explain: (call: PoolCall) => unknown): void {
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) call.reject(explain(call))
  }

  #requeue(call: PoolCall): void {
    call.reset()
    this.#queue.unshift(call)
  }

  #notify(): void {
    this.#trim()
    this.#setHolding()
    makeRoom()
    if (this.#idleWaiters.length > 0 && this.#isIdle) for (const resolve of this.#idleWaiters.splice(0)) resolve()
    if (this.#members.size === 0) for (const resolve of this.#endWaiters.splice(0)) resolve()
  }
}

const wasStarted = ({ ending }: Death) => !('error' in ending)

/** Milliseconds until a process that could not be started is tried again, where others go on with the calls. */
const pauseBetweenTries = 1000

const killed = ({ task, pid }: PoolCall) => new CancelledError(`Task "${task}" was not answered: its pool was killed.`, { task, pid })
