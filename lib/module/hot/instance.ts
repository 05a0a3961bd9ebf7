// One version of a module: what was made of one text of it.

import type { Leftover } from '../leftover.js'
import type { HotState } from './hot-state.js'
import { namespaceLike } from './namespace-like.js'
import type { Namespace } from './native-modules.js'
import { type OwnListeners, watchListeners } from './own-listeners.js'
import { OwnedTimers } from './owned-timers.js'
import type { Source } from './source.js'
import type { Target } from './target.js'

/** What a version needs of the others. */
export interface Neighbours {
  /** The version of a local module that belongs to this one, or what Node has loaded. */
  find(target: Target): Instance | Namespace
  /** The same for one that is asked for while the program runs: it is evaluated. */
  load(target: Target, importer: Instance): Instance
  /** Where an import leads; what a file is that `require` has found. */
  resolve(specifier: string, parent: string): Target
  targetOf(file: string): Target
  /** What stands for a module of this name, if anything does. */
  substitute(specifier: string): Namespace | undefined
}

/** Reads what an export is by now. */
export type Getter = () => unknown

export abstract class Instance<S extends Source = Source> {
  readonly source: S
  readonly hot: HotState
  /** What importers have of it. */
  readonly namespace: Namespace = namespaceLike() as Namespace
  /** Those of the versions before it that importers still have, since it has accepted its changes. */
  #adopted: readonly Namespace[] = []
  /** The local modules that it has imported. */
  readonly dependencies = new Set<Instance>()
  readonly timers: OwnedTimers
  /** Is it evaluated, or on the way? What is imported in a circle is there before it is evaluated. */
  isStarted = false
  #listeners: OwnListeners | undefined
  #getters: ReadonlyMap<string, Getter> = new Map()

  constructor(source: S, hot: HotState) {
    this.source = source
    this.hot = hot
    this.timers = new OwnedTimers(source.path)
  }

  /** Declares what it has, so that others can see it, and evaluates nothing. */
  abstract link(neighbours: Neighbours): void

  /** Reads an export of its own. */
  abstract getter(name: string): Getter

  protected abstract run(): void

  /** @throws what it throws */
  evaluate(): void {
    if (this.isStarted) return
    this.isStarted = true
    const noteAdded = watchListeners()
    try {
      this.run()
    } finally {
      this.#listeners = noteAdded()
    }
  }

  /** Gives its namespace what it exports in the end. */
  setExports(getters: ReadonlyMap<string, Getter>): void {
    this.#getters = getters
    fill(this.namespace, getters)
  }

  /** Stands in for an older version wherever that was imported. */
  replace(old: Instance): void {
    this.#adopted = [old.namespace, ...old.#adopted]
    for (const namespace of this.#adopted) fill(namespace, this.#getters)
  }

  /** What it holds now. */
  leftovers(): readonly Leftover[] {
    return [...this.timers.list(), ...(this.#listeners?.list() ?? [])]
  }

  /** Takes back what it has begun, for it does not go live. */
  withdraw(): void {
    this.hot.dispose()
    this.timers.clear()
    this.#listeners?.remove()
  }
}

/** In the order of names, as in namespaces of Node's. */
function fill(namespace: Namespace, getters: ReadonlyMap<string, Getter>): void {
  for (const name of Object.keys(namespace)) if (!getters.has(name)) Reflect.deleteProperty(namespace, name)
  for (const name of [...getters.keys()].sort()) {
    Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get: getters.get(name) as Getter })
  }
}
