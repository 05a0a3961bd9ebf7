import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { makeHelper } from '../../wrap/registry.js'
import { FileWatcher } from './watch-files.js'
import type { WatchRequest } from './watch-request.js'

/** Says, by a number that grows, that files have changed. */
export class Watching {
  /** The number is at its first place. */
  readonly flags: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  #thread: Worker | undefined
  #here: FileWatcher | undefined
  #paths: readonly string[] = []
  readonly #waiting: (() => void)[] = []

  constructor() {
    try {
      this.#thread = this.#startThread()
    } catch {
      // Threads may be forbidden. Changes are then seen between the turns of this one.
      this.#watchHere()
    }
  }

  /** Watches these files, and no others. @returns when they are watched */
  watch(paths: readonly string[]): Promise<void> {
    this.#paths = paths
    if (this.#thread === undefined) {
      this.#here?.watch(paths)
      return Promise.resolve()
    }
    this.#send({ kind: 'watch', paths })
    return new Promise((resolve) => {
      // The program waits for it, and may have nothing else that keeps it running.
      this.#thread?.ref()
      this.#waiting.push(resolve)
    })
  }

  /** The same where they may have become others. */
  keepWatching(paths: readonly string[]): void {
    if (paths.length !== this.#paths.length || paths.some((path, index) => path !== this.#paths[index])) void this.watch(paths)
  }

  /** Has the number grow now. */
  readonly tell = (): void => {
    Atomics.add(this.flags, 0, 1)
  }

  /** Has it grow after some milliseconds, also while the program is busy. */
  tellLater(milliseconds: number): void {
    if (this.#thread === undefined) setTimeout(this.tell, milliseconds).unref()
    else this.#send({ kind: 'remind', milliseconds })
  }

  #send(request: WatchRequest): void {
    this.#thread?.postMessage(request)
  }

  #startThread(): Worker {
    const main = fileURLToPath(new URL('./module-watch.cjs', import.meta.url))
    // Nothing of the program's is to run in it: no preloads, no variables.
    const options = { name: 'brood: watches files', workerData: { flags: this.flags }, env: {}, execArgv: [] }
    const thread = makeHelper(() => new Worker(main, options))
    thread.unref()
    thread.on('message', () => this.#release())
    thread.on('error', () => this.#watchHere())
    thread.on('exit', () => this.#watchHere())
    return thread
  }

  #watchHere(): void {
    this.#thread = undefined
    this.#here ??= new FileWatcher(this.tell)
    this.#here.watch(this.#paths)
    this.tell()
    this.#release()
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.#thread?.unref()
  }
}
