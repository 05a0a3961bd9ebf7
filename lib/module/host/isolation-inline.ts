// A module in the host's own thread: what it has of its own are its values, which are cloned, and its code, which V8 can forget.
import { AsyncLocalStorage } from 'node:async_hooks'
import type * as Hot from '../hot/engine.js'
import * as light from '../index.js'
import { collectGarbage } from './collect-garbage.js'
import { CancelledError, NoSyncError } from './errors.js'
import { Account } from './guest/account.js'
import { Guest, type Offered } from './guest/guest.js'
import { makeImports } from './imports.js'
import type { Isolation, IsolationEvents, IsolationPlan } from './isolation.js'
import type { FromModule, ToModule } from './wire.js'

/** How often garbage is collected before something that is still there is taken to stay. */
const rounds = 10

export class InlineIsolation implements Isolation {
  readonly kind = 'inline'
  readonly osPid: number = process.pid
  readonly osId = undefined
  readonly #name: string
  readonly #url: string
  readonly #events: IsolationEvents
  /** What runs in it, and whatever comes of that later, is the module's. */
  readonly #inside = new AsyncLocalStorage<true>()
  #guest: Guest | undefined
  #parts: readonly WeakRef<object>[] = []

  constructor({ name, request }: IsolationPlan, events: IsolationEvents) {
    this.#name = name
    this.#url = request.url
    this.#events = events
    this.#guest = new Guest(
      {
        send: (message) => this.#receive(structuredClone(message)),
        hasProcess: false,
        account: () => new Account({ hasProcess: false, isOwn: () => this.#inside.getStore() === true }),
        load: (url, imports) => this.#load(url, imports),
      },
      request,
    )
    const guest = this.#guest
    this.#inside.run(true, () => void guest.load())
  }

  post(message: ToModule): void {
    const copy = structuredClone(message)
    this.#inside.run(true, () => this.#guest?.receive(copy))
  }

  /** It is asked only where no answer has come at once. */
  wait(): never {
    throw new NoSyncError(
      `Module "${this.#name}" runs in this thread, and what was called returns a promise: nothing could resolve it while this thread waits. Await \`exports\` instead of \`sync\`.`,
      { url: this.#url },
    )
  }

  setHolding(): void {
    // What it waits for keeps this thread running, as it would elsewhere.
  }

  busyTime(): undefined {
    return undefined
  }

  processes(): undefined {
    return undefined
  }

  terminate(): void {
    this.#guest?.drop()
    this.#guest = undefined
    const reason = new CancelledError(`Module "${this.#name}" was ended.`, { url: this.#url })
    queueMicrotask(() => this.#events.ended(reason))
  }

  async isCollected(): Promise<boolean> {
    for (let round = 0; round < rounds; round++) {
      // What is on a stack, or was just looked at, is held until the turn ends.
      await new Promise((resolve) => setImmediate(resolve))
      collectGarbage()
      if (this.#parts.every((part) => part.deref() === undefined)) return true
    }
    return false
  }

  isSeen(): undefined {
    return undefined
  }

  /** What the host does with a message is its own doing. */
  #receive(message: FromModule): void {
    this.#inside.exit(() => this.#events.receive(message))
  }

  async #load(url: string, imports: Offered): Promise<{ readonly default?: unknown }> {
    const { loadCollectable } = (await import(new URL('./module-hot.js', import.meta.url).href)) as typeof Hot
    // Each module has imports of its own, though all of them share the library.
    const own = makeImports(() => imports)
    const { namespace, parts } = await loadCollectable(url, { 'brood/module': { ...light, imports: own, importsOf: () => own } })
    this.#parts = parts
    return namespace
  }
}
