import { createRequire } from 'node:module'
import { recordThrown } from '../error-record.js'
import { isSendable } from '../message-value.js'
import { fileOf, noteFile } from '../module-file.js'
import { forgetHash, hashOnce } from '../module-hash.js'
import { getState } from '../state.js'
import { type AnyFunction, keyOfTask } from '../task.js'
import type { Failure, TaskReference, ToldTask } from '../wire.js'
import { rememberLibrary } from './remember-library.js'

/** Thrown by `init()`, to end the evaluation of the module that calls it. */
export class InitReached extends Error {
  constructor() {
    super('brood has found the tasks of this module and runs one of them: what stands below init() is not for a child.')
  }
}

/** A task, or why there is none. */
export type Loaded = { readonly call: AnyFunction } | { readonly failure: Failure }

const loadedModules = new Map<string, unknown>()

/** Is the module of a task loaded already? */
export const isLoaded = ({ url }: TaskReference): boolean => loadedModules.has(url)

/**
 * Loads the module of a task, and finds the function in it.
 *
 * @returns at once where `require` is all that it takes
 */
export function loadTask(reference: ToldTask): Loaded | Promise<Loaded> {
  const { url, hash, file, isCommonJS } = reference
  if (file !== undefined) noteFile(url, file, isCommonJS)
  if (hash !== undefined && hashOnce(url) !== hash) {
    // The file may be as it was by the next call.
    forgetHash(url)
    return { failure: { kind: 'mismatch' } }
  }
  const loading = loadModule(reference)
  return loading instanceof Promise ? loading.then((failure) => failure ?? findTask(reference)) : (loading ?? findTask(reference))
}

/** Loads a module for what comes later. That it cannot be loaded is said where a task of it is called. */
export async function loadAhead(url: string): Promise<void> {
  await loadModule({ url, isCommonJS: false })
}

type Failed = { readonly failure: Failure }

function loadModule({
  url,
  isCommonJS,
  lookup,
}: Pick<ToldTask, 'url' | 'isCommonJS' | 'lookup'>): Promise<Failed | undefined> | Failed | undefined {
  const state = getState()
  const keep = (exports: unknown) => {
    state.loading = undefined
    loadedModules.set(url, exports)
    return undefined
  }
  const fail = (error: unknown): Failed | undefined => {
    state.loading = undefined
    forgetHash(url)
    if (error instanceof InitReached) return keep(undefined)
    return { failure: { kind: 'not-loaded', record: recordThrown(error, isSendable) } }
  }
  const importModule = async () => {
    try {
      return keep(await state.importModule?.(url))
    } catch (error) {
      return fail(error)
    }
  }
  state.loading = url
  if (!isCommonJS) return importModule()
  try {
    if (lookup !== undefined) rememberLibrary(lookup)
    const file = fileOf(url) as string
    const exports: unknown = createRequire(file)(file)
    // What it goes on with at once, an unguarded main function that awaits nothing real, belongs to its evaluation.
    return afterMicrotasks().then(() => keep(exports))
  } catch (error) {
    return fail(error)
  }
}

/** Without a turn of the event loop. Node comes to what is to be done next when there are no microtasks any more. */
async function afterMicrotasks(): Promise<void> {
  await Promise.resolve()
  await new Promise((resolve) => {
    process.nextTick(resolve)
  })
}

const keys = new WeakMap<TaskReference, string>()

/** Not for each call anew: to look a new text up takes as long as to call a small task. */
function keyOnce(reference: TaskReference): string {
  let key = keys.get(reference)
  if (key === undefined) {
    key = keyOfTask(reference)
    keys.set(reference, key)
  }
  return key
}

/** Finds the function that a call is for, in a module that is loaded. */
export function findTask(reference: TaskReference): Loaded {
  const { url, name, by } = reference
  const { tasks } = getState()
  if (by === 'registration') {
    const call = tasks.get(keyOnce(reference))?.call
    if (call !== undefined) return { call }
    const own = [...tasks.values()].filter(({ reference }) => reference.url === url)
    return { failure: { kind: 'not-found', known: own.map(({ reference }) => reference.name) } }
  }
  const exports = (loadedModules.get(url) ?? {}) as Record<string, unknown>
  const found = Object.hasOwn(exports, name) ? exports[name] : undefined
  // The functions of a CommonJS module.
  const inner = exports.default as Record<string, unknown> | undefined
  const call = found ?? (inner !== null && typeof inner === 'object' ? inner[name] : undefined)
  if (typeof call === 'function') return { call: call as AnyFunction }
  return { failure: { kind: 'not-found', known: Object.keys(exports).filter((each) => typeof exports[each] === 'function') } }
}
