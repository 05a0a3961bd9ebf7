import { getEventListeners } from 'node:events'
import { reviveThrown, type ThrownRecord } from '../error-record.js'

/** What stands in a message for an AbortSignal of the caller's. */
export interface SignalRecord {
  readonly handle: 'signal'
  /** Among the signals of the call. */
  readonly number: number
  readonly aborted: boolean
  readonly reason: ThrownRecord
}

/** The signals of a call: the caller's own, number 0, and those among its arguments. */
export class AbortSignals {
  /** Made for who wants one: most calls have none. */
  #controllers: Map<number, AbortController> | undefined

  get(number: number): AbortSignal {
    return this.#controller(number).signal
  }

  abort(number: number, reason: ThrownRecord): void {
    this.#controller(number).abort(reviveThrown(reason))
  }

  revive({ number, aborted, reason }: SignalRecord): AbortSignal {
    if (aborted) this.abort(number, reason)
    return this.get(number)
  }

  /** Does somebody wait for one of them to be aborted? */
  isAwaited(): boolean {
    const signals = [...(this.#controllers?.values() ?? [])].map(({ signal }) => signal)
    return signals.some((signal) => !signal.aborted && getEventListeners(signal, 'abort').length > 0)
  }

  #controller(number: number): AbortController {
    this.#controllers ??= new Map()
    let controller = this.#controllers.get(number)
    if (controller === undefined) {
      controller = new AbortController()
      this.#controllers.set(number, controller)
    }
    return controller
  }
}
