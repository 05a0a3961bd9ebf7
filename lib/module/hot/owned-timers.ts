// The timers of one version of a module: those that are still running when the version is gone are its leftovers.

import type { Leftover } from '../leftover.js'
import { callSite } from './call-site.js'

type Start = (callback: (...args: unknown[]) => void, ...rest: unknown[]) => object

interface Owned {
  readonly timer: WeakRef<object>
  readonly description: string
  readonly at: string | undefined
}

/** The functions that start timers, as a module sees them: whatever they are at the time of a call, for a test may have replaced them. */
export class OwnedTimers {
  #owned: Owned[] = []
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  readonly setTimeout = this.#own('setTimeout', (delay) => `setTimeout, ${String(delay)} ms`)
  readonly setInterval = this.#own('setInterval', (delay) => `setInterval, every ${String(delay)} ms`)
  readonly setImmediate = this.#own('setImmediate', () => 'setImmediate')

  /** Those that are still to come. */
  list(): readonly Leftover[] {
    this.#forgetDone()
    return this.#owned.map(({ description, at }) => ({ kind: 'timer', description, ...(at !== undefined && { at }) }))
  }

  /** Ends them. */
  clear(): void {
    for (const { timer } of this.#owned.splice(0)) {
      const there = timer.deref() as NodeJS.Timeout | undefined
      // Each kind knows only its own.
      clearTimeout(there)
      clearImmediate(there as unknown as NodeJS.Immediate | undefined)
    }
  }

  #own(name: 'setTimeout' | 'setInterval' | 'setImmediate', describe: (delay: unknown) => string): Start {
    const start = ((...call: Parameters<Start>) => {
      const timer = (globalThis[name] as unknown as Start)(...call)
      if (Object(timer) === timer) {
        if (this.#owned.length >= this.#next) this.#forgetDone()
        this.#owned.push({ timer: new WeakRef(timer), description: describe(call[1] ?? 1), at: callSite(this.#path) })
      }
      return timer
    }) as Start
    // `promisify` finds how by a property.
    return Object.defineProperties(start, Object.getOwnPropertyDescriptors(globalThis[name]))
  }

  /** When to look through them again, so that a module that starts many keeps few. */
  #next = 64

  #forgetDone(): void {
    this.#owned = this.#owned.filter(({ timer }) => isPending(timer.deref()))
    this.#next = Math.max(64, this.#owned.length * 2)
  }
}

/** Node says so of its own timers only in a field. */
function isPending(timer: object | undefined): boolean {
  return timer !== undefined && (timer as { readonly _destroyed?: boolean })._destroyed !== true
}
