import { Module } from 'node:module'
import type { Worker } from 'node:worker_threads'
import { debug } from '../diagnostics.js'
import { isWorkerThread, replace } from './patch.js'
import { activeContexts, getRegistry } from './registry.js'
import { planThread, type ThreadPlan, threadKey } from './thread.js'
import { replaceClass, type WorkerArguments } from './worker-class.js'
import { keepsOptions, makeOptionSelector } from './worker-options.js'

/** What brood needs of `node:worker_threads`. */
export interface Threads {
  Worker: typeof Worker
  getEnvironmentData(key: string): unknown
  setEnvironmentData(key: string, value: unknown): void
  readonly threadId: number
}

const loader = Module as unknown as { _load(id: string): unknown; syncBuiltinESMExports(): void }

/** `node:worker_threads`, past hooks of the module loader where Node has a way past them (20.16). */
export function loadThreads(): Threads {
  const { getBuiltinModule } = process as unknown as { getBuiltinModule?: (id: string) => unknown }
  return (getBuiltinModule?.('worker_threads') ?? loader._load('worker_threads')) as Threads
}

/** Patches Workers where it can: what cannot be done is done without brood. */
export function patchWorkers(isEarlier: boolean): (() => void) | undefined {
  try {
    return replaceWorker(isEarlier)
  } catch (error) {
    // Whoever loads the module would have to catch it.
    debug('Workers not patched', () => String(error))
    return undefined
  }
}

/**
 * Lets every Worker load brood's preload before its script, whatever options it is given.
 *
 * @param isEarlier was `node:worker_threads` loaded before?
 * @returns takes it back
 */
function replaceWorker(isEarlier: boolean): () => void {
  const threads = loadThreads()
  // A Worker may start processes where this thread does not see it.
  getRegistry().mayHaveWorkers = true
  const undo = replace(threads, 'Worker', (original, isActive) => wrapWorker(original, threads, isEarlier && !isWorkerThread, isActive))
  // ES modules have bindings of their own, made when one of them first imports it.
  if (isEarlier) loader.syncBuiltinESMExports()
  return () => {
    undo()
    threads.setEnvironmentData(threadKey, undefined)
    loader.syncBuiltinESMExports()
  }
}

type Options = Readonly<Record<PropertyKey, unknown>>

function wrapWorker(original: typeof Worker, threads: Threads, isEarlier: boolean, isActive: () => boolean): typeof Worker {
  const execArgv = [...process.execArgv]
  const selectOptions = makeOptionSelector(original)
  const registry = getRegistry()
  const plan = (asked: Options) => {
    const { inherited, applied: appliedHere, isPreloaded } = registry
    // Listeners stay in the thread that has them.
    const contexts = activeContexts(registry).map((context) => ({ ...context, ask: undefined }))
    const present = contexts.filter(
      ({ directory }, index) => index >= inherited.length || appliedHere.some((context) => context.directory === directory),
    )
    const trace = registry.recorder?.id
    return planThread(asked, { contexts, present, applied: inherited.length, trace, isPreloaded, execArgv, keepsOptions, selectOptions })
  }
  // For Workers that do not come here: Node's own, and those of a class that was taken before.
  const leaveUsual = () => threads.setEnvironmentData(threadKey, plan({})?.inheritance)
  leaveUsual()

  return replaceClass(original, isEarlier, (args, newTarget) => {
    const options = Object(args[1]) as Options
    const isPlanned = isActive() && args[1] !== null && !registry.isMakingHelper
    const planned = isPlanned ? tryPlan(() => withScript(plan(options), args[0], options)) : undefined
    if (planned === undefined) return Reflect.construct(original, args, newTarget)
    const { inheritance } = planned
    debug('worker', () => ({ added: inheritance.added, contexts: inheritance.contexts.map((context) => context.directory) }))
    threads.setEnvironmentData(threadKey, inheritance)
    try {
      return Reflect.construct(original, withExecArgv(args, options, planned), newTarget)
    } finally {
      leaveUsual()
    }
  })
}

/** What the Worker is made for, to be recorded. Node itself gives it to the Worker too late. */
function withScript(plan: ThreadPlan | undefined, file: unknown, options: Options): ThreadPlan | undefined {
  if (plan?.inheritance.trace === undefined) return plan
  return { ...plan, inheritance: { ...plan.inheritance, script: options.eval ? '[worker eval]' : String(file) } }
}

function tryPlan(plan: () => ThreadPlan | undefined): ThreadPlan | undefined {
  try {
    return plan()
  } catch (error) {
    // A getter of the options, say. Node will come to it too.
    debug('worker left alone', () => String(error))
    return undefined
  }
}

/** The options with another `execArgv`: what was passed may be frozen, and may answer by getters. */
function withExecArgv(args: WorkerArguments, options: Options, { execArgv }: ThreadPlan): WorkerArguments {
  if (execArgv === undefined) return args
  const changed = new Proxy({}, { get: (_target, name) => (name === 'execArgv' ? execArgv : options[name]) })
  const [filename, , ...rest] = args
  return [filename, changed, ...rest]
}
