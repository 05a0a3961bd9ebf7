import { Module } from 'node:module'
import type { Snapshot } from './snapshot.js'

/** What all copies of brood in one thread share: the preload's, the CommonJS one and the ESM one. */
export interface Registry {
  /** Contexts that this process was started under, oldest first. */
  inherited: readonly Snapshot[]
  /** Contexts that were made and patched here, oldest first. */
  own: readonly Snapshot[]
  /** Did a preload run in this thread? Then it is among the options that Node gives to Workers by itself. */
  isPreloaded: boolean
  /** Takes the patches back; `undefined` while nothing is patched. */
  unpatch: (() => void) | undefined
  /** Hands over from a wrapper main; `undefined` where none runs. */
  runMain: (() => void) | undefined
  /** What the preload does when Node runs it a second time, as the main script. */
  enter: (() => void) | undefined
}

const key = Symbol.for('brood.registry@1')

// It hangs on node:module's Module, which every copy can reach and programs do not enumerate:
// a new property of globalThis would be seen.
const holder = Module as unknown as { [key]?: Registry }

/** The registry of this thread, made on first use. */
export function getRegistry(): Registry {
  let registry = holder[key]
  if (registry === undefined) {
    registry = { inherited: [], own: [], isPreloaded: false, unpatch: undefined, runMain: undefined, enter: undefined }
    Object.defineProperty(holder, key, { value: registry })
  }
  return registry
}

/** The registry of this thread, if any copy of brood has made one. */
export function findRegistry(): Registry | undefined {
  return holder[key]
}

/** The contexts that a process started now would be under, oldest first. */
export function activeContexts(registry: Registry): readonly Snapshot[] {
  return registry.own.length === 0 ? registry.inherited : [...registry.inherited, ...registry.own]
}
