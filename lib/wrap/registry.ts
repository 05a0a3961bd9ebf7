import { Module } from 'node:module'
import type { Recorder } from '../trace/record.js'
import type { SpawnRequest } from './request.js'
import type { Snapshot } from './snapshot.js'

/** What all copies of brood in one thread share: the preload's, the CommonJS one and the ESM one. */
export interface Registry {
  /** Contexts that this process was started under, oldest first. */
  inherited: readonly Snapshot[]
  /** Those of them that are applied to this process itself, oldest first. */
  applied: readonly Snapshot[]
  /** The context whose wrapper main runs; `undefined` when it has handed over. */
  wrapper: Snapshot | undefined
  /** Contexts that were made and patched here, oldest first. */
  own: readonly ActiveContext[]
  /** A context that is in force for the call being made: see {@link Context.childProcess}. */
  scope: ActiveContext | undefined
  /** Records what this thread does; `undefined` where no context asks for it. */
  recorder: Recorder | undefined
  /** How many processes were started under contexts, or may have been. */
  started: number
  /** Has the program loaded `node:worker_threads`? */
  mayHaveWorkers: boolean
  /** Is a Worker being made that is a helper of brood's own? It is left as it is. */
  isMakingHelper: boolean
  /** Did a preload run in this thread? Then it is among the options that Node gives to Workers by itself. */
  isPreloaded: boolean
  /** Takes the patches back; `undefined` while nothing is patched. */
  unpatch: (() => void) | undefined
  /** Are they there for the length of a call alone? */
  isPatchedForCall: boolean
  /** Hands over from a wrapper main; `undefined` where none runs. */
  runMain: (() => void) | undefined
  /** What the preload does when Node runs it a second time, as the main script. */
  enter: (() => void) | undefined
}

/** A context that is in force in the process that made it. */
export interface ActiveContext extends Snapshot {
  /** Asks its listeners for the request as it is to be; `undefined` leaves the context out. It never throws. */
  ask?(request: SpawnRequest): SpawnRequest | undefined
}

const key = Symbol.for('brood.registry@1')

// It hangs on node:module's Module, which every copy can reach and programs do not enumerate:
// a new property of globalThis would be seen.
const holder = Module as unknown as { [key]?: Registry }

/** The registry of this thread, made on first use. */
export function getRegistry(): Registry {
  let registry = holder[key]
  if (registry === undefined) {
    registry = {
      inherited: [],
      applied: [],
      wrapper: undefined,
      own: [],
      scope: undefined,
      recorder: undefined,
      started: 0,
      mayHaveWorkers: false,
      isMakingHelper: false,
      isPreloaded: false,
      unpatch: undefined,
      isPatchedForCall: false,
      runMain: undefined,
      enter: undefined,
    }
    Object.defineProperty(holder, key, { value: registry })
  }
  return registry
}

/** The registry of this thread, if any copy of brood has made one. */
export function findRegistry(): Registry | undefined {
  return holder[key]
}

/** Makes a Worker that no context is to reach: a helper of brood's own is not the program's. */
export function makeHelper<T>(make: () => T): T {
  const registry = findRegistry()
  if (registry === undefined) return make()
  registry.isMakingHelper = true
  try {
    return make()
  } finally {
    registry.isMakingHelper = false
  }
}

/** How many of the inherited contexts, from the oldest on, are applied to this process itself. */
export function countApplied({ inherited, applied }: Registry): number {
  const leftOut = inherited.findIndex((context) => !applied.includes(context))
  return leftOut < 0 ? inherited.length : leftOut
}

/** The contexts that a process started now would be under, oldest first. */
export function activeContexts({ inherited, own, scope }: Registry): readonly ActiveContext[] {
  const isOnlyHere = scope !== undefined && own.every((context) => context.directory !== scope.directory)
  if (!isOnlyHere && own.length === 0) return inherited
  // Most roots are started by nobody of ours.
  if (!isOnlyHere && inherited.length === 0) return own
  return [...inherited, ...own, ...(isOnlyHere ? [scope] : [])]
}
