import type { Snapshot } from './snapshot.js'

/** What a Worker is told of the contexts that it is under. It travels as environment data, which no program can list. */
export interface ThreadInheritance {
  /** All that are active, oldest first. */
  readonly contexts: readonly Snapshot[]
  /** Those that are applied to the process: the others leave it out. */
  readonly present: readonly string[]
  /** How many of them had their environment applied where the Worker was made. */
  readonly applied: number
  /** The thread that makes it, in a record. */
  readonly trace: string | undefined
  /** What it is made for, where that is recorded. */
  readonly script?: string
  /** Has the Worker variables of its own, a copy of those where it was made, or the very same? */
  readonly env: 'own' | 'copied' | 'shared'
  /** What brood put in front of its `execArgv`. */
  readonly added: readonly string[]
  /** What its `process.execArgv` is to show, where that is something else than what stands behind `added`. */
  readonly execArgv?: readonly string[]
}

/** The key of the {@link ThreadInheritance} among a thread's environment data. */
export const threadKey = 'brood.thread@1'

/** The thread in which a Worker is made. */
export interface Maker {
  readonly contexts: readonly Snapshot[]
  /** Those that do not leave this process out. */
  readonly present: readonly Snapshot[]
  readonly applied: number
  /** Its id in a record. */
  readonly trace: string | undefined
  /** Is brood's preload among the options that Node gives to a Worker by itself? */
  readonly isPreloaded: boolean
  /** Its `process.execArgv`. */
  readonly execArgv: readonly string[]
  /** Does a Worker with variables of its own have the options on the process's command line? */
  readonly keepsOptions: boolean
  /** Leaves out the options that are a process's alone, at which Node refuses to make a Worker. */
  readonly selectOptions: (options: readonly string[]) => readonly string[]
}

/** What becomes of a Worker's options. */
export interface ThreadPlan {
  /** Takes the place of the `execArgv` that was asked for; `undefined` where it stays as it is. */
  readonly execArgv?: readonly string[]
  readonly inheritance: ThreadInheritance
}

/**
 * Gives a Worker the preload, in its `execArgv`: nothing is put into an environment, which it may share with the whole process.
 *
 * Node gives a Worker all options of the process, those of NODE_OPTIONS included, as long as it is asked for neither
 * variables nor options of its own. Then the preload runs there already.
 */
export function planThread(asked: { readonly env?: unknown; readonly execArgv?: unknown }, maker: Maker): ThreadPlan | undefined {
  const { contexts, applied, trace } = maker
  const present = maker.present.map((context) => context.directory)
  const preload = contexts.at(-1)?.preload
  // Node says what is wrong with it.
  if (preload === undefined || (asked.execArgv && !Array.isArray(asked.execArgv))) return undefined
  const ownOptions = asked.execArgv ? (asked.execArgv as readonly string[]) : undefined
  const env =
    typeof asked.env === 'object' && asked.env !== null ? 'own' : asked.env === undefined || asked.env === null ? 'copied' : 'shared'
  const inheritance = { contexts, present, applied, trace, env, added: [] } as const
  const isAsProcess = env !== 'own' && ownOptions === undefined
  if (isAsProcess && maker.isPreloaded && contexts.every((context, index) => isLikeProcess(context, index < applied)))
    return { inheritance }

  const preloads = contexts.filter(reachesWorkers).flatMap((context) => context.nodeOptions)
  const added = ['--require', preload, ...maker.selectOptions(preloads)]
  if (ownOptions !== undefined) return { execArgv: [...added, ...ownOptions], inheritance: { ...inheritance, added } }
  // Where it does not have them it shows them all the same.
  const others = env !== 'own' || maker.keepsOptions ? maker.selectOptions(maker.execArgv) : []
  return { execArgv: [...added, ...others], inheritance: { ...inheritance, added, execArgv: maker.execArgv } }
}

/** Do Workers get the preloads and the environment of this context, and not just its wrapping of what they start? */
export function reachesWorkers({ workers }: Snapshot): boolean {
  return workers
}

/** Has a Worker with the options of the process all that it is to have of this context? */
function isLikeProcess(context: Snapshot, isProcessUnderIt: boolean): boolean {
  return context.nodeOptions.length === 0 || reachesWorkers(context) === isProcessUnderIt
}
