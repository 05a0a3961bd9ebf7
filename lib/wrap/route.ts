import { debug, enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { findCarried, withCarried, withoutCarried } from './carried.js'
import { denormalize } from './denormalize.js'
import { realFileSystem } from './file-system.js'
import { munge } from './munge.js'
import { normalize } from './normalize.js'
import { type Plan, planFor } from './plan.js'
import { type ActiveContext, activeContexts, countApplied, getRegistry, type Registry } from './registry.js'
import type { SpawnRequest } from './request.js'

export type Route = (call: unknown[]) => unknown[]

/** Takes a call of a function that starts a process through normalize, munge and denormalize. It never throws. */
export function route(call: unknown[]): unknown[] {
  try {
    const registry = getRegistry()
    const active = activeContexts(registry)
    if (active.length === 0) return call
    const normal = normalize(call, inheritedEnvironment)
    if (normal === undefined) return call
    const carried = findCarried(normal.env, isWindows)
    const { request, contexts } =
      carried === undefined
        ? askListeners(normal, active)
        : askListeners({ ...normal, env: withoutCarried(normal.env, carried, isWindows) }, withCarried(active, carried, active.length))
    const plan = currentPlan(contexts, registry)
    if (plan === undefined || changesUser(request)) return request === normal ? call : denormalize(call, request)
    const munged = munge(request, plan, realFileSystem)
    debug('spawn', () => ({ asked: describe(request), started: describe(munged) }))
    return denormalize(call, munged)
  } catch (error) {
    // Wrapping never breaks a program: what brood cannot do is done without it.
    debug('spawn left alone', () => String(error))
    return call
  }
}

interface Asked {
  readonly request: SpawnRequest
  /** Those that are not left out. */
  readonly contexts: readonly ActiveContext[]
}

/** Each context's listeners see the request as those of the older contexts left it. */
function askListeners(asked: SpawnRequest, contexts: readonly ActiveContext[]): Asked {
  let request = asked
  const leftOut = new Set<ActiveContext>()
  for (const context of contexts) {
    const answer = context.ask === undefined ? request : context.ask(request)
    if (answer === undefined) leftOut.add(context)
    else request = answer
  }
  return { request, contexts: leftOut.size === 0 ? contexts : contexts.filter((context) => !leftOut.has(context)) }
}

let latest: { readonly contexts: readonly ActiveContext[]; readonly plan: Plan | undefined } | undefined

/** The plan for some contexts. Most processes are started under the same ones as the one before. */
function currentPlan(contexts: readonly ActiveContext[], registry: Registry): Plan | undefined {
  const isLatest = contexts.length === latest?.contexts.length && contexts.every((context, index) => context === latest?.contexts[index])
  latest = isLatest && latest !== undefined ? latest : { contexts, plan: planFor(contexts, countApplied(registry), isWindows) }
  return latest.plan
}

// The store lies in this user's directories: a preload that another user cannot read would end that user's node.
function changesUser({ uid, gid }: SpawnRequest): boolean {
  return (uid !== undefined && uid !== process.getuid?.()) || (gid !== undefined && gid !== process.getgid?.())
}

function inheritedEnvironment(): string[] {
  return Object.entries(process.env).map(([name, value]) => `${name}=${value}`)
}

// Names only: values may be secrets.
function describe({ file, args, env, cwd }: SpawnRequest): object {
  return { file, args, cwd, env: env.map((pair) => pair.slice(0, pair.indexOf('=', 1))) }
}

// The preload's copy of this module has diagnostics of its own.
export { enableDebug }
