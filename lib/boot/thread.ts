// What a Worker needs: what it is under is read here, and Workers that it makes itself get the same.
import { enableDebug } from '../diagnostics.js'
import type { Snapshot } from '../wrap/snapshot.js'
import { reachesWorkers, type ThreadInheritance, threadKey } from '../wrap/thread.js'
import { loadThreads, patchWorkers } from '../wrap/worker.js'
import { applyEnvironment, type Environment, type Inheritance } from './inheritance.js'

/** What a Worker was told, and which of its contexts are applied to it. */
interface ThreadEntry extends Inheritance {
  readonly present: readonly Snapshot[]
  readonly thread: number
  readonly script: string | undefined
}

/**
 * Reads what a Worker was told where it was made, and leaves the Worker as it would be without brood.
 *
 * @returns `undefined` where it was told nothing
 */
export function enterThread(env: Environment, execArgv: string[]): ThreadEntry | undefined {
  const threads = loadThreads()
  const inheritance = threads.getEnvironmentData(threadKey) as ThreadInheritance | undefined
  if (inheritance === undefined) return undefined
  threads.setEnvironmentData(threadKey, undefined)
  restoreExecArgv(execArgv, inheritance)
  const present = inheritance.contexts.filter((context) => reachesWorkers(context) && inheritance.present.includes(context.directory))
  const { contexts, trace, script } = inheritance
  return { contexts, present, applied: applyOwn(env, inheritance, present), trace, thread: threads.threadId, script }
}

function restoreExecArgv(execArgv: string[], { added, execArgv: shown }: ThreadInheritance): void {
  if (shown !== undefined) execArgv.splice(0, execArgv.length, ...shown)
  else if (added.every((token, index) => execArgv[index] === token)) execArgv.splice(0, added.length)
}

/** @returns how many contexts, from the oldest on, have their variables in this environment */
function applyOwn(env: Environment, { contexts, applied, env: kind }: ThreadInheritance, present: readonly Snapshot[]): number {
  if (kind === 'shared') return applied
  // A copy has those of the process already, as they have become.
  const isDone = (index: number) => kind === 'copied' && index < applied
  const wanted = contexts.filter((context, index) => !isDone(index) && present.includes(context))
  applyEnvironment(env, { contexts: wanted, applied: wanted.filter((context) => contexts.indexOf(context) < applied).length }, wanted)
  const first = contexts.findIndex((context, index) => !isDone(index) && !present.includes(context))
  return first < 0 ? contexts.length : first
}

export { enableDebug, patchWorkers }
