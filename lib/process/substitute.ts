import { RelayThread } from './relay-thread.js'
import { getState, type Substitute } from './state.js'

/**
 * Who has an event loop while this thread waits without its own: the parent, and where there is none, a thread beside this one.
 *
 * @throws Error where that cannot be started
 */
export function findSubstitute(): Substitute {
  const state = getState()
  if (state.toParent !== undefined) return state.toParent
  state.relayThread ??= new RelayThread()
  return state.relayThread
}
