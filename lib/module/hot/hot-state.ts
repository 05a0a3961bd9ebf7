import type { HotContext, HotData } from './hot-context.js'

type Exports = Readonly<Record<string, unknown>>

/** What one version of a module has said of itself by `import.meta.hot`. */
export class HotState {
  /** What the module has of it; `undefined` where it is not hot. */
  readonly context: HotContext | undefined
  isAccepting = false
  readonly #disposers: ((data: HotData) => void)[] = []
  readonly #accepted: ((exports: Exports) => void)[] = []
  readonly #data: HotData

  constructor(data: HotData, isHot: boolean, invalidate: () => void) {
    this.#data = data
    if (!isHot) return
    this.context = {
      data,
      dispose: (callback) => {
        this.#disposers.push(callback)
      },
      accept: (callback) => {
        this.isAccepting = true
        if (callback !== undefined) this.#accepted.push(callback)
      },
      invalidate,
    }
  }

  /**
   * Has the version give back what it holds.
   *
   * @returns what its callbacks have thrown: one does not keep the next from running
   */
  dispose(): readonly unknown[] {
    return callAll(this.#disposers.splice(0), this.#data)
  }

  /** Tells the version what the next one exports. @returns what its callbacks have thrown */
  tellAccepted(exports: Exports): readonly unknown[] {
    return callAll(this.#accepted.splice(0), exports)
  }
}

function callAll<T>(callbacks: readonly ((value: T) => void)[], value: T): readonly unknown[] {
  const thrown: unknown[] = []
  for (const callback of callbacks) {
    try {
      callback(value)
    } catch (error) {
      thrown.push(error)
    }
  }
  return thrown
}
