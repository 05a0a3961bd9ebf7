import { InlineIsolation } from './isolation-inline.js'
import { ProcessIsolation } from './isolation-process.js'
import { WorkerIsolation } from './isolation-worker.js'
import type { LoadPlan } from './load-options.js'
import type { OwnProcess } from './processes.js'
import type { FromModule, LoadRequest, ToModule } from './wire.js'

/** What is told of a module by where it runs. */
export interface IsolationEvents {
  receive(message: FromModule): void
  /** Nothing of it runs any more, and nothing more comes. @param reason how it has ended, for who has not asked it to */
  ended(reason: Error): void
}

/** What an isolation starts with. */
export interface IsolationPlan {
  readonly name: string
  readonly limits: LoadPlan['limits']
  readonly request: LoadRequest
}

/** Where a module runs, apart from its host. All that is above it is the same for every kind. */
export interface Isolation {
  /** What has to be gone when the module is. */
  readonly kind: 'thread' | 'process' | 'inline'
  /** What the system calls the process that it runs in, once that is there. */
  readonly osPid: number | undefined
  /** What the system calls what {@link kind} says; `undefined` where it has no name for it. */
  readonly osId: number | undefined
  /** @throws Error where a part of the message cannot be cloned; a promise rejects with it */
  post(message: ToModule): void | Promise<void>
  /**
   * Waits for a message, and lets nothing else of this thread run meanwhile. An isolation without it has no synchronous calls.
   *
   * @param longest milliseconds
   * @returns `gone` where none can come any more; `undefined` where none has come in that time
   * @throws NoSyncError where the module cannot run meanwhile
   */
  wait?(longest: number): FromModule | 'gone' | undefined
  /** Does it keep this process running? At first it does. */
  setHolding(isHolding: boolean): void
  /** The processes below it, as the system says; `undefined` where it does not. */
  processes(): OwnProcess[] | undefined
  /** Ends it. What is said of that is {@link IsolationEvents.ended}. @param isForced whatever it does, and at once */
  terminate(isForced: boolean): void
  /** Milliseconds that it has worked until now; `undefined` where nobody counts them. */
  busyTime(): number | undefined
  /** Of a module that has no thread to itself: is nothing of it left in memory? It has been ended. */
  isCollected?(): Promise<boolean>
  /** Does the system still know of it? `undefined` where it cannot be asked. */
  isSeen(): boolean | undefined
}

/** Starts what a module runs in, and has it loaded there. No event is told before this has returned. */
export function startIsolation(kind: LoadPlan['isolation'], plan: IsolationPlan, events: IsolationEvents): Isolation {
  switch (kind) {
    case 'worker':
      return new WorkerIsolation(plan, events)
    case 'process':
      return new ProcessIsolation(plan, events)
    default:
      return new InlineIsolation(plan, events)
  }
}
