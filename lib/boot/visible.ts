import { enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { addToEnvironment, toPairs } from '../wrap/environment.js'
import { planFor } from '../wrap/plan.js'
import { countApplied, type Registry } from '../wrap/registry.js'
import type { Environment } from './inheritance.js'

/** Puts back what was taken out, where a `visible` context wants native code to find it: for the children of this process now. */
export function showVariables(env: Environment, registry: Registry): void {
  const plan = planFor(registry.inherited, countApplied(registry), isWindows)
  if (plan === undefined) return
  const shown = addToEnvironment(toPairs(env), plan, 'node')
  for (const name of Object.keys(shown)) if (env[name] !== shown[name]) env[name] = shown[name]
}

export { enableDebug }
