// The listeners that a module puts on `process` where it is evaluated: if they stay when the version is gone, they hold it.
import type { Leftover } from '../leftover.js'

type Listener = (...args: unknown[]) => void

interface Added {
  readonly event: string | symbol
  readonly listener: WeakRef<Listener>
}

export interface OwnListeners {
  /** Those that are still there. */
  list(): readonly Leftover[]
  remove(): void
}

/** Notes what is added to `process` from now on. @returns is called when the module is evaluated */
export function watchListeners(): () => OwnListeners {
  const before = new Map(process.eventNames().map((event) => [event, rawListeners(event)]))
  return () => {
    const added = process.eventNames().flatMap((event) =>
      rawListeners(event)
        .filter((listener) => before.get(event)?.includes(listener) !== true)
        .map((listener): Added => ({ event, listener: new WeakRef(listener) })),
    )
    return {
      list: () => added.filter(isThere).map(({ event }) => ({ kind: 'listener', description: `process.on(${describe(event)})` })),
      remove: () => {
        for (const { event, listener } of added.filter(isThere)) process.removeListener(event, listener.deref() as Listener)
      },
    }
  }
}

function isThere({ event, listener }: Added): boolean {
  const there = listener.deref()
  return there !== undefined && rawListeners(event).includes(there)
}

const rawListeners = (event: string | symbol) => process.rawListeners(event) as Listener[]

const describe = (event: string | symbol) => (typeof event === 'symbol' ? String(event) : JSON.stringify(event))
