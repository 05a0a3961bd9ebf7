import { isWindows } from '../platform.js'
import { findCarried, withCarried, withoutCarried } from './carried.js'
import { mungeEnv } from './mungers/env.js'
import { type Plan, planFor } from './plan.js'
import { activeContexts, countApplied, type Registry } from './registry.js'
import type { Variables } from './spawn-details.js'

export function toPairs(variables: Variables): string[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
}

export function fromPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      // Windows has variables like "=C:".
      const end = pair.indexOf('=', 1)
      return [pair.slice(0, end), pair.slice(end + 1)] as const
    }),
  )
}

/** The variables of a process that is to run under the contexts in force, and under those that `base` carries already. */
export function environmentUnder(base: Variables, registry: Registry): Record<string, string> {
  const env = toPairs(base)
  const carried = findCarried(env, isWindows)
  const active = activeContexts(registry)
  const contexts = carried === undefined ? active : withCarried(active, carried, registry.inherited.length)
  const plan = planFor(contexts, countApplied(registry), isWindows)
  return plan === undefined ? fromPairs(env) : addToEnvironment(env, plan, '')
}

/**
 * Adds what puts a process under the contexts of a plan. What brood had added before is replaced.
 *
 * @param program the name of what is started, as far as it is known
 */
export function addToEnvironment(env: readonly string[], plan: Plan, program: string): Record<string, string> {
  const carried = findCarried(env, plan.windows)
  const clean = carried === undefined ? env : withoutCarried(env, carried, plan.windows)
  const rest = { args: [], cwd: undefined, uid: undefined, gid: undefined, untouched: false, flagged: false }
  return fromPairs(mungeEnv({ ...rest, file: program, env: clean }, plan).env)
}
