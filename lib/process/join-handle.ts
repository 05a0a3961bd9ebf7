import type { Readable, Writable } from 'node:stream'
import { checkOptions, readSignal, readTime } from './argument.js'
import { CancelledError, TimeoutError } from './errors.js'
import { readKillSignal } from './kill-signal.js'
import type { Pid } from './pid.js'
import { startTimer } from './timer.js'
import { forgetFailure, noteFailure, type UnjoinedFailure } from './unjoined.js'

/** How long to wait, and until when. */
export interface JoinOptions {
  /** Milliseconds. @default for ever */
  readonly timeout?: number
  /** Ends the wait when it is aborted. @default none */
  readonly signal?: AbortSignal
}

/**
 * A call in another process. `await` it for what the task returns. From procspawn, whose handles can be joined once.
 *
 * It may be joined at any time, also long after it has failed. Where nobody does, a failure is a warning, `BROOD_UNJOINED`, and brings nothing down. It
 * comes when it is certain that nobody will, since the program has dropped the handle or is about to end, and after a minute at the latest.
 */
export interface JoinHandle<R> extends PromiseLike<R>, AsyncDisposable {
  /** The process; of a call that waits in a pool, the one that it is given to is not known yet: `undefined`. */
  readonly pid: Pid | undefined
  /** What the system calls it; `undefined` while it waits, and where it could not be started. */
  readonly osPid: number | undefined
  /** The ends of its streams where `stdio` asks for them. */
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Resolved when its process is gone, however it ended; of a call in a pool, when that is settled. It never rejects. */
  readonly gone: Promise<void>
  /**
   * Waits for the result. A wait that ends before leaves a process of its own alive, and it can be joined again; a call in a pool ends with its
   * process.
   *
   * @throws what the task threw; BroodError `ERR_BROOD_TIMEOUT`, `ERR_BROOD_CANCELLED`, `ERR_BROOD_EXITED`, `ERR_BROOD_OUT_OF_MEMORY` and those of
   *   `spawn`
   */
  join(options?: JoinOptions): Promise<R>
  /**
   * Gives up: the process is sent the signal, and the call fails with `ERR_BROOD_CANCELLED`. Where it has not ended 1 s later it keeps this process
   * running no more, unless somebody waits for `gone`.
   *
   * A signal that does not mean an end, such as SIGSTOP, SIGCONT or SIGUSR2, is sent, and the call goes on.
   *
   * @param signal SIGTERM where it is left out
   * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`: nothing was done
   */
  kill(signal?: NodeJS.Signals): void
}

/** What a handle is a handle of. */
export interface Joinable {
  readonly task: string
  readonly pid: Pid | undefined
  readonly osPid: number | undefined
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  kill(signal: NodeJS.Signals): void
  /** Somebody waits for it: it keeps this process running. @returns they do not any more */
  hold?(): () => void
  /** Does it keep this process running, whoever waits? */
  setHolding?(isHolding: boolean): void
  /** Somebody waits until nothing of it is left. */
  awaitEnd?(): void
  /** A wait has ended before the call. */
  giveUp?(error: Error): void
  /** Resolved when nothing of it is left. */
  readonly gone: Promise<void>
  /** @param listener is told that it has failed, also where it has by now: nobody else need hear of it */
  tellOfFailure(listener: FailureListener): void
}

export interface FailureListener {
  failed(error: unknown): void
}

const noOptions: JoinOptions = {}

export class Handle<R> implements JoinHandle<R>, FailureListener {
  readonly #of: Joinable
  readonly #result: Promise<R>
  #isJoined = false
  #failure: UnjoinedFailure | undefined

  constructor(of: Joinable, result: Promise<R>) {
    this.#of = of
    this.#result = result
    of.tellOfFailure(this)
  }

  get pid(): Pid | undefined {
    return this.#of.pid
  }

  get osPid(): number | undefined {
    return this.#of.osPid
  }

  get stdin(): Writable | null {
    return this.#of.stdin
  }

  get stdout(): Readable | null {
    return this.#of.stdout
  }

  get stderr(): Readable | null {
    return this.#of.stderr
  }

  get gone(): Promise<void> {
    this.#of.awaitEnd?.()
    return this.#of.gone
  }

  // oxlint-disable-next-line unicorn/no-thenable
  then<A = R, B = never>(
    onResult?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#noteJoined()
    this.#of.hold?.()
    return this.#result.then(onResult, onError)
  }

  async join(options: JoinOptions = noOptions): Promise<R> {
    if (options !== noOptions) checkOptions(options, ['timeout', 'signal'])
    const timeout = readTime('timeout', options.timeout)
    const signal = readSignal(options.signal)
    this.#noteJoined()
    const letGo = this.#of.hold?.()
    if (timeout === undefined && signal === undefined) return this.#result
    try {
      return await this.#joinUntil(timeout, signal)
    } finally {
      letGo?.()
    }
  }

  #joinUntil(timeout: number | undefined, signal: AbortSignal | undefined): Promise<R> {
    const { task } = this.#of
    return new Promise((resolve, reject) => {
      const stop = (error: Error) => {
        clear()
        this.#of.giveUp?.(error)
        reject(error)
      }
      const abort = () => stop(cancelledBy(signal as AbortSignal, task))
      const expire = () => stop(timedOut(task, timeout as number, this.pid))
      const timer = timeout === undefined ? undefined : startTimer(expire, timeout)
      const clear = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
      this.#result.finally(clear).then(resolve, reject)
    })
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#of.kill(readKillSignal(signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#noteJoined()
    this.kill('SIGKILL')
    await this.gone
  }

  /** @internal For brood/module, whose processes wait for calls. */
  setHolding(isHolding: boolean): void {
    this.#of.setHolding?.(isHolding)
  }

  /** @internal Most who fail have been joined by then, and cost nothing here. */
  failed(error: unknown): void {
    if (!this.#isJoined) this.#failure = noteFailure(this, this.#of.task, error)
  }

  #noteJoined(): void {
    this.#isJoined = true
    if (this.#failure !== undefined) forgetFailure(this.#failure)
  }
}

/** A handle of a call that never came to be. */
export function neverBegun<R>(reason: unknown): JoinHandle<R> {
  const streams = { stdin: null, stdout: null, stderr: null }
  const failure = rejected(reason)
  const gone = failure.catch<void>(() => {})
  const tellOfFailure = (listener: FailureListener) => listener.failed(reason)
  return new Handle<R>({ task: '', pid: undefined, osPid: undefined, ...streams, kill() {}, gone, tellOfFailure }, failure)
}

async function rejected(reason: unknown): Promise<never> {
  throw reason
}

/** A signal has ended it. */
export function cancelledBy(signal: AbortSignal, task: string): CancelledError {
  return new CancelledError(`Task "${task}" was aborted.`, { bySignal: true, cause: signal.reason as unknown, task })
}

export function timedOut(task: string, timeout: number, pid: Pid | undefined): Error {
  return new TimeoutError(`Task "${task}" has not been answered within ${timeout} ms.`, { task, timeout, pid })
}
