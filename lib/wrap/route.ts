import { accessSync, constants } from 'node:fs'
import { debug, enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { argumentSpace, fits } from './argument-space.js'
import { findCarried, withCarried, withoutCarried } from './carried.js'
import { denormalize, denormalizeExecve } from './denormalize.js'
import { realFileSystem } from './file-system.js'
import { forAMoment } from './for-a-moment.js'
import { hideFrames } from './hide-frames.js'
import { munge } from './munge.js'
import { normalize, normalizeExecve } from './normalize.js'
import { type Plan, planFor } from './plan.js'
import { type ActiveContext, activeContexts, countApplied, getRegistry, type Registry } from './registry.js'
import type { SpawnRequest } from './request.js'

/** Turns the arguments of a function that starts a process into those it is to be called with. It never throws. */
export type Route = (call: unknown[]) => unknown[]

/** What the replaced functions do. */
export interface Routes {
  readonly spawn: Route
  readonly execve: (original: Execve, self: unknown, call: unknown[]) => unknown
}

export type Execve = (file: string, args?: readonly string[], env?: Readonly<Record<string, string>>) => never

export const routes: Routes = {
  spawn: (call) => route(call, normalize, denormalize),
  execve: (original, self, call) =>
    hideFrames(() => Reflect.apply(original, self, route(call, normalizeExecve, denormalizeExecve) as Parameters<Execve>)),
}

/** Takes a call through normalize, munge and denormalize. */
function route(call: unknown[], read: typeof normalize, write: typeof denormalize): unknown[] {
  try {
    const registry = getRegistry()
    const active = activeContexts(registry)
    if (active.length === 0) return call
    const normal = read(call, inheritedEnvironment)
    if (normal === undefined) return call
    const carried = findCarried(normal.env, isWindows)
    const clean = carried === undefined ? normal : { ...normal, env: withoutCarried(normal.env, carried, isWindows) }
    const { request, contexts } = askListeners(clean, carried === undefined ? active : withCarried(active, carried, active.length))
    const asked = request === normal ? call : write(call, request)
    const plan = currentPlan(contexts, registry)
    if (plan === undefined || changesUser(request) || !canReadPreload(contexts)) return asked
    registry.started++
    const munged = munge(request, plan, realFileSystem)
    if (!fits(munged, argumentSpace)) {
      debug('spawn left alone', () => 'there is no room for what brood adds')
      return asked
    }
    debug('spawn', () => ({ asked: describe(request), started: describe(munged) }))
    return write(call, munged)
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

/** Where the store is gone, or this process has changed its user, every node that is to require the preload would end. */
function canReadPreload(contexts: readonly ActiveContext[]): boolean {
  const canRead = canReadAs(`${process.geteuid?.()}:${contexts.at(-1)?.preload}`)
  if (!canRead) debug('spawn left alone', () => 'this process cannot read the preload')
  return canRead
}

const canReadAs = forAMoment((userAndPath) => {
  const path = userAndPath.slice(userAndPath.indexOf(':') + 1)
  // Where a program has mocked fs, there is no node to be seen either.
  return canAccess(path, constants.R_OK) || !canAccess(process.execPath, constants.F_OK)
})

function canAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
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
