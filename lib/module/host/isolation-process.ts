import { createRequire } from 'node:module'
import { inheritedExecArgv } from '../../process/exec-argv.js'
import type * as Process from '../../process/index.js'
import { ExitedError, OutOfMemoryError } from './errors.js'
import type * as Guest from './guest/process.js'
import type { Isolation, IsolationEvents, IsolationPlan } from './isolation.js'
import { findProcesses, isThere, type OwnProcess, processorTime, readBelow } from './processes.js'
import type { FromModule, ToModule } from './wire.js'

/** Milliseconds in which a process that was told to end may do so: its exit listeners run. */
const grace = 500

/** The same as users have it. */
interface Handle extends Process.JoinHandle<void> {
  setHolding(isHolding: boolean): void
}

/** A module in a process of its own, which brood/process starts: its messages come as the progress of a task, and go by a channel. */
export class ProcessIsolation implements Isolation {
  readonly kind = 'process'
  readonly #name: string
  readonly #url: string
  readonly #process: typeof Process
  readonly #events: IsolationEvents
  readonly #handle: Handle
  #sender: Process.Sender<ToModule | 'up'> | undefined
  #itself: OwnProcess | undefined
  #error: unknown
  #hasEnded = false

  constructor({ name, limits, request }: IsolationPlan, events: IsolationEvents) {
    this.#name = name
    this.#url = request.url
    this.#events = events
    // Not a copy of it: there is one link to each child, and one root.
    this.#process = createRequire(import.meta.url)('./process.cjs') as typeof Process
    const { fromModule, spawnWith } = this.#process
    const { runModule } = fromModule<typeof Guest>(new URL('./module-process.cjs', import.meta.url))
    const { memory, stack } = limits
    const options: Process.SpawnOptions = {
      onProgress: (message) => this.#receive(message as FromModule | 'up'),
      ...(memory !== undefined && { resources: { mem: `${memory} MiB` } }),
      // V8 counts in KiB.
      ...(stack !== undefined && {
        execArgv: [...inheritedExecArgv(process.execArgv, process.env.NODE_OPTIONS), `--stack-size=${Math.floor(stack * 1024)}`],
      }),
    }
    this.#handle = spawnWith(options, runModule, request) as Handle
    this.#handle.then(undefined, (error: unknown) => {
      this.#error = error
    })
    void this.#handle.gone.then(() => this.#end())
  }

  get osPid(): number | undefined {
    return this.#handle.osPid
  }

  get osId(): number | undefined {
    return this.#handle.osPid
  }

  post(message: ToModule): Promise<void> | undefined {
    return this.#sender?.send(message)
  }

  setHolding(isHolding: boolean): void {
    this.#handle.setHolding(isHolding)
  }

  busyTime(): number | undefined {
    return this.osPid === undefined ? undefined : processorTime(this.osPid)
  }

  processes(): OwnProcess[] | undefined {
    return this.osPid === undefined ? [] : readBelow(this.osPid)
  }

  terminate(isForced: boolean): void {
    if (this.#hasEnded) return
    const kill = () => this.#handle.kill('SIGKILL')
    if (isForced || this.#sender === undefined) {
      kill()
      return
    }
    const late = setTimeout(kill, grace)
    void this.#handle.gone.then(() => clearTimeout(late))
    this.#sender.send({ type: 'end' }).catch(kill)
  }

  isSeen(): boolean | undefined {
    return this.#itself === undefined ? undefined : isThere(this.#itself)
  }

  #receive(message: FromModule | 'up'): void {
    if (message === 'up') this.#connect()
    else this.#events.receive(message)
  }

  #connect(): void {
    this.#itself = findProcesses([this.osPid as number])[0]
    this.#sender = new this.#process.Sender(this.#handle.pid as Process.Pid)
    // Where it ends before that, its end is what is said.
    this.#sender.send('up').catch(() => {})
  }

  #end(): void {
    this.#hasEnded = true
    void this.#sender?.close()
    this.#events.ended(this.#explain())
  }

  #explain(): Error {
    const error = this.#error as Partial<Process.ExitedError> | undefined
    // Where nothing has failed, its task has ended: the module was told to.
    const { code, exitCode = null, signal = null, stderr = '' } = error ?? { exitCode: 0 }
    const facts = { url: this.#url, exitCode, signal, stderr, ...(error?.cause !== undefined && { cause: error.cause }) }
    if (code === 'ERR_BROOD_OUT_OF_MEMORY')
      return new OutOfMemoryError(`Module "${this.#name}" ran out of memory. Load it with a higher limits.memory, in MiB.`, facts)
    if (code !== undefined && code !== 'ERR_BROOD_EXITED' && code !== 'ERR_BROOD_CANCELLED')
      return new ExitedError(`Module "${this.#name}" has no process: ${(error as Error).message}`, { ...facts, cause: error })
    const how =
      error?.cause === undefined
        ? `its process ended ${signal === null ? `with exit code ${exitCode}` : `by ${signal}`}`
        : 'an exception that nobody caught'
    return new ExitedError(`Module "${this.#name}" has ended: ${how}.`, facts)
  }
}
