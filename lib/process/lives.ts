// How the processes of the tree have ended: the root knows, and the others ask it through their parents.
import { now } from './clock.js'
import { identity } from './identity.js'
import { seeToMeanwhile } from './meanwhile.js'
import { type Fate, getState } from './state.js'

/** So many of those that have ended are remembered: a Pid is asked about soon, or never. */
const mostRemembered = 10_000

/** Milliseconds. Of a process that the root does not know yet, another one may know already: the news comes by different ways. */
const newsTime = 1000

type OnFate = (fate: Fate) => void

const living = new Set<string>()
const ended = new Map<string, Fate>()
const watchers = new Map<string, Set<OnFate>>()

/** A process of this one has a Pid. */
export function announceLife(id: string): void {
  const { toParent } = getState()
  if (toParent === undefined) living.add(id)
  else toParent.lives(id)
}

/** It has ended, and nothing that it had sent is on its way any more. */
export function announceEnd(id: string, fate: Fate): void {
  const { toParent } = getState()
  if (toParent !== undefined) {
    toParent.ended(id, fate)
    return
  }
  living.delete(id)
  ended.set(id, fate)
  for (const oldest of ended.keys()) {
    if (ended.size <= mostRemembered) break
    ended.delete(oldest)
  }
  for (const onFate of watchers.get(id) ?? []) onFate(fate)
  watchers.delete(id)
}

/** How a process has ended, where that is known. */
export const fateOf = (id: string): Fate | undefined => ended.get(id)

/**
 * Waits for the end of a process. Of one that nobody knows, or that ended too long ago, it is not known that it ended well: it is said to have died.
 *
 * @param onFate is called once, and never before this returns
 * @returns ends the wait. The wait keeps nothing running.
 */
export function watchLife(id: string, onFate: OnFate): () => void {
  const { toParent } = getState()
  if (toParent !== undefined) return toParent.watch(id, onFate)
  const known = ended.get(id)
  if (known !== undefined) {
    const immediate = setImmediate(onFate, known)
    return () => clearImmediate(immediate)
  }
  const others = watchers.get(id) ?? new Set()
  watchers.set(id, others.add(onFate))
  const stopWaiting = living.has(id) || id === identity().pid.id ? undefined : waitForNews(id)
  return () => {
    stopWaiting?.()
    others.delete(onFate)
    if (others.size === 0 && watchers.get(id) === others) watchers.delete(id)
  }
}

/** With or without the event loop. */
function waitForNews(id: string): () => void {
  const deadline = now() + newsTime
  const timer = setTimeout(() => giveUpUnknown(id), newsTime).unref()
  const stopSeeing = seeToMeanwhile(() => {
    if (now() < deadline) return false
    stop()
    giveUpUnknown(id)
    return true
  })
  const stop = () => {
    clearTimeout(timer)
    stopSeeing()
  }
  return stop
}

function giveUpUnknown(id: string): void {
  if (!living.has(id) && !ended.has(id)) announceEnd(id, 'died')
}
