import { patch, patchSpawns } from './patch.js'
import { type ActiveContext, activeContexts, getRegistry } from './registry.js'
import { routes } from './route.js'
import { patchWorkers } from './worker.js'

/** Node's functions are patched exactly as long as some context is in force: for the length of one call, those alone that it comes to. */
function settlePatches(): void {
  const registry = getRegistry()
  const isWanted = activeContexts(registry).length > 0
  const isForCall = registry.inherited.length === 0 && registry.own.length === 0
  if (!isWanted || (registry.isPatchedForCall && !isForCall)) {
    registry.unpatch?.()
    registry.unpatch = undefined
  }
  if (!isWanted || registry.unpatch !== undefined) return
  registry.unpatch = isForCall ? patchSpawns(routes.spawn) : patch({ readRoutes: () => () => routes, patchWorkers })
  registry.isPatchedForCall = isForCall
}

/** Puts a context in force until the returned function is called. */
export function putInForce(context: ActiveContext): () => void {
  const registry = getRegistry()
  // A copy, so that each call has an entry of its own to take back.
  const entry = { ...context }
  registry.own = [...registry.own, entry]
  settlePatches()
  return () => {
    registry.own = registry.own.filter((other) => other !== entry)
    settlePatches()
  }
}

/**
 * Puts a context in force for one call, in place of another that such a call is made under.
 *
 * Node's functions start a process before they return. What is called later, from an event or behind an `await`, is out of it.
 *
 * @param context `undefined` to have none of them in force
 */
export function inForce<Result>(context: ActiveContext | undefined, call: () => Result): Result {
  const registry = getRegistry()
  const outer = registry.scope
  registry.scope = context
  settlePatches()
  try {
    return call()
  } finally {
    registry.scope = outer
    settlePatches()
  }
}
