import { type Carrier, carrierVariable, decodeCarrier, shimVariable } from './carrier.js'
import { shellDefaultPath } from './find-program.js'
import { soleEntry, variableName, withoutShims } from './mungers/env.js'
import { findOwnPair } from './own-variables.js'
import type { ActiveContext } from './registry.js'
import { readSnapshot } from './snapshot.js'

/** What brood wrote into an environment that somebody passes on. */
export function findCarried(env: readonly string[], windows: boolean): Carrier | undefined {
  const pair = findOwnPair(env, carrierVariable, windows)
  return pair === undefined ? undefined : decodeCarrier(pair.slice(carrierVariable.length + 1))
}

/**
 * Adds the contexts that an environment carries to those that are active: it may come from another context's `environment()`.
 *
 * @param age how many of the active contexts are older than those
 */
export function withCarried(active: readonly ActiveContext[], carried: Carrier, age: number): readonly ActiveContext[] {
  const others = carried.contexts.filter((directory) => active.every((context) => context.directory !== directory))
  const contexts = others.map(readSnapshot).filter((snapshot) => snapshot !== undefined)
  return contexts.length === 0 ? active : [...active.slice(0, age), ...contexts, ...active.slice(age)]
}

/**
 * Takes what brood wrote into an environment out of it again: a program under a `visible` context passes it on, and so does one
 * that uses what `context.environment()` gave. What was changed since is left to the child's preload.
 */
export function withoutCarried(env: readonly string[], carried: Carrier, windows: boolean): readonly string[] {
  return env.flatMap((pair) => {
    const name = variableName(pair, windows)
    if (name === carrierVariable || name === shimVariable) return []
    if (name !== 'PATH' && name !== 'NODE_OPTIONS') return [pair]
    const value = pair.slice(name.length + 1)
    const own = name === 'PATH' ? pathWithout(value, carried, windows) : optionsWithout(value, carried)
    return own === undefined ? [] : [`${pair.slice(0, name.length)}=${own}`]
  })
}

function pathWithout(path: string, { contexts }: Carrier, windows: boolean): string | undefined {
  const newest = contexts.at(-1)
  const rest = withoutShims(path, contexts, windows ? ';' : ':')
  return newest !== undefined && path.startsWith(`${soleEntry(newest)}:`) && rest === shellDefaultPath ? undefined : rest
}

function optionsWithout(value: string, { nodeOptions }: Carrier): string | undefined {
  if (nodeOptions === undefined || value === nodeOptions) return undefined
  return value.startsWith(`${nodeOptions} `) ? value.slice(nodeOptions.length + 1) : value
}
