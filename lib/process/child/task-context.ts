import type { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { getState } from '../state.js'

/**
 * Tells what a task does from what its module goes on with by itself: an unguarded main function that awaits something before it starts processes
 * would start them in each child anew.
 *
 * To keep the two apart costs time at each await. It is paid where a module, once loaded, still waits for something.
 */
export class TaskContext {
  #before = 0
  #storage: AsyncLocalStorage<true> | undefined

  beforeLoading(): void {
    this.#before = countResources()
  }

  afterLoading(): void {
    if (this.#storage !== undefined || countResources() <= this.#before) return
    const { AsyncLocalStorage: Storage } = createRequire(import.meta.url)('node:async_hooks') as typeof import('node:async_hooks')
    const storage = new Storage<true>()
    this.#storage = storage
    getState().isOutsideTask = () => storage.getStore() === undefined
  }

  run<Result>(call: () => Result): Result {
    return this.#storage === undefined ? call() : this.#storage.run(true, call)
  }
}

/** What the event loop waits for, but for the link to the parent, the standard streams, and the file of a module that is being closed. */
function countResources(): number {
  return process.getActiveResourcesInfo().filter((name) => !/^(?:Pipe|TTY|CloseReq)/.test(name)).length
}
