import { PassThrough, type Readable } from 'node:stream'
import { CapturedStream } from './captured-stream.js'
import type { Launched } from './engine.js'
import type { ProcessPlan } from './process-options.js'
import { StderrTail } from './stderr-tail.js'

/** Milliseconds. */
const longestDrain = 200

/** stdout and stderr of a worker: passed on by this process, or for its program to read. */
export class WorkerOutput {
  /** What the program reads; `null` where that is not its. */
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  readonly #sources: readonly (Readable | null)[]
  readonly #tail = new StderrTail()
  readonly #captured: CapturedStream[] = []

  /** @param pid of the worker */
  constructor({ stdout, stderr }: Launched, captures: ProcessPlan['captures'], pid: string) {
    this.stdout = captures.stdout ? this.#capture(stdout, 'stdout', pid) : stdout
    this.stderr = captures.stderr ? this.#capture(stderr, 'stderr', pid) : this.#overhear(stderr)
    this.#sources = [captures.stdout ? stdout : null, stderr]
  }

  /** What was written to stderr last. */
  get tail(): string {
    return this.#tail.toString()
  }

  /** Passes on what was written by now, as far as lines go. */
  read(): void {
    for (const stream of this.#captured) stream.read()
  }

  /** Passes on what was written by now. */
  catchUp(): void {
    for (const stream of this.#captured) stream.catchUp()
  }

  /** The worker has ended. Another process may have its output as well, and live on: then what is there by now is enough. */
  async drain(): Promise<void> {
    const open = this.#sources.filter((stream) => stream !== null && !stream.closed) as Readable[]
    if (open.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, longestDrain)
    })
    await Promise.race([late, Promise.all(open.map(untilClosed))])
    clearTimeout(timer)
    for (const stream of this.#captured) stream.letGo()
  }

  #capture(stream: Readable | null, name: 'stdout' | 'stderr', pid: string): null {
    const keep = name === 'stderr' ? (chunk: Buffer) => this.#tail.push(chunk) : () => {}
    if (stream !== null) this.#captured.push(new CapturedStream(stream, name, pid, keep))
    return null
  }

  /** Somebody else reads it as well. */
  #overhear(stream: Readable | null): Readable | null {
    stream?.on('data', (chunk: Buffer) => this.#tail.push(chunk))
    return stream?.pipe(new PassThrough()) ?? null
  }
}

const untilClosed = (stream: Readable) => new Promise((resolve) => stream.once('close', resolve))
