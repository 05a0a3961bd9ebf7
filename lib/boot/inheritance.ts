import { pathDelimiter, spellingOf } from '../platform.js'
import { type Carrier, carrierVariable, shimVariable } from '../wrap/carrier.js'
import { directoryPrefix, readSnapshot, type Snapshot } from '../wrap/snapshot.js'

/** What a process was told of the contexts it is under. */
export interface Inheritance {
  /** Contexts that still exist, oldest first. */
  readonly contexts: readonly Snapshot[]
  /** How many of them had their environment applied by the process above. */
  readonly applied: number
  /** The spawn as which the process above has recorded this one; in a Worker, the thread that made it. */
  readonly trace?: string | undefined
}

export type Environment = Record<string, string | undefined>

/**
 * Takes what brood put into the environment back out of it, in the usual case that nothing on the way has changed it.
 *
 * @returns `undefined`, and nothing is changed, in every other case: those are restore.ts's
 */
export function takeUnchanged(env: Environment): Inheritance | undefined {
  try {
    const carrier = JSON.parse(env[carrierVariable] as string) as Carrier
    const directories = carrier.contexts
    const ours = { path: directories[directories.length - 1] + pathDelimiter, nodeOptions: carrier.nodeOptions as string }
    const sent = env.PATH as string
    // A shim takes its directory out of PATH, and not all that is started needs one.
    const path = takeOff(sent, sent.startsWith(ours.path) ? ours.path : '')
    const nodeOptions = env.NODE_OPTIONS as string
    const otherOptions = nodeOptions === ours.nodeOptions ? '' : takeOff(nodeOptions, `${ours.nodeOptions} `)
    const shim = env[shimVariable]
    // bash tells by which path it has found a program.
    const isPlain = shim === undefined || (shim === 'path' && !env._?.includes(directoryPrefix))
    const isUnchanged = path !== undefined && otherOptions !== undefined && carrier.fragile === undefined && carrier.flagged === undefined
    if (!isUnchanged || !isPlain) return undefined
    // A wrapper could not work under the permission model: there the program runs bare.
    const contexts = process.permission ? [] : (directories.map(readSnapshot) as Snapshot[])
    for (const { nodeFlags } of contexts) if (nodeFlags.length > 0 && shim !== undefined) return undefined
    delete env[carrierVariable]
    delete env[shimVariable]
    if (nodeOptions === ours.nodeOptions) delete env.NODE_OPTIONS
    else env.NODE_OPTIONS = otherOptions
    env[spellingOf('PATH', env)] = path
    return { contexts, applied: carrier.inherited, trace: carrier.trace }
  } catch {
    // No carrier, or none of ours; no PATH or NODE_OPTIONS; a context that is gone.
    return undefined
  }
}

/** What stood in a variable before `ours` was put in front of it; `undefined` where more of brood's is in it. */
function takeOff(value: string, ours: string): string | undefined {
  return value.startsWith(ours) && !value.includes(directoryPrefix, ours.length) ? value.slice(ours.length) : undefined
}

/**
 * Sets the contexts' variables, the newest's above all. One that the process above was under already, and set otherwise for this one, stays.
 *
 * @param present the contexts that do not leave this process out
 */
export function applyEnvironment(env: Environment, { contexts, applied }: Inheritance, present: readonly Snapshot[]): void {
  const ours: Environment = Object.create(null)
  for (const [index, context] of contexts.entries()) {
    if (!present.includes(context)) continue
    for (const name in context.env) {
      if (index >= applied || env[name] === undefined) ours[name] = context.env[name]
    }
  }
  Object.assign(env, ours)
}
