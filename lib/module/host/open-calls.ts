import { startTimer } from '../../process/timer.js'
import type { Outcome } from './loaded-module.js'

/** A call that waits for its answer. */
export interface OpenCall {
  /** Of the export; `null` for the main function. */
  readonly name: string | null
  readonly settle: (outcome: Outcome<unknown>) => void
  readonly fail: (reason: Error) => void
}

interface TimedCall extends OpenCall {
  readonly timer: NodeJS.Timeout | undefined
}

/** The calls of a module that have no answer. */
export class OpenCalls {
  readonly #calls = new Map<number, TimedCall>()
  #onDrained: (() => void) | undefined

  get size(): number {
    return this.#calls.size
  }

  /** @param longest milliseconds that it may take; then it is late */
  add(id: number, call: OpenCall, longest: number | undefined, onLate: () => void): void {
    this.#calls.set(id, { ...call, timer: longest === undefined ? undefined : startTimer(onLate, longest) })
  }

  /** The call that has an answer; `undefined` where nobody waits for it any more. */
  take(id: number): OpenCall | undefined {
    const call = this.#calls.get(id)
    if (call === undefined) return undefined
    this.#calls.delete(id)
    clearTimeout(call.timer)
    if (this.#calls.size === 0) this.#onDrained?.()
    return call
  }

  failAll(reason: Error): void {
    for (const id of this.#calls.keys()) this.take(id)?.fail(reason)
  }

  /** @returns when there is none, `false` when one still runs after `longest` milliseconds */
  async drained(longest: number): Promise<boolean> {
    if (this.size === 0) return true
    let timer: NodeJS.Timeout | undefined
    const isDrained = await new Promise<boolean>((resolve) => {
      timer = startTimer(() => resolve(false), longest)
      this.#onDrained = () => resolve(true)
    })
    clearTimeout(timer)
    this.#onDrained = undefined
    return isDrained
  }
}
