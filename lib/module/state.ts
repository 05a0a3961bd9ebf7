import { Module } from 'node:module'

/** What all copies of `brood/module` in one thread share: a module that is loaded may have a copy of brood of its own. */
interface State {
  /** The functions of the host that the module of this thread may call, once it is being loaded. */
  imports: Readonly<Record<string, (...args: never[]) => unknown>> | undefined
  /** The modules that this thread has loaded, or is loading, by their real paths. */
  readonly loaded: Set<string>
}

const key = Symbol.for('brood.module@1')

// As brood/process does: every copy can reach it, and programs do not enumerate it.
const holder = Module as unknown as { [key]?: State }

/** The state of this thread, made on first use. */
export function getState(): State {
  let state = holder[key]
  if (state === undefined) {
    state = { imports: undefined, loaded: new Set() }
    Object.defineProperty(holder, key, { value: state })
  }
  return state
}
