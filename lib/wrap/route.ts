import { accessSync, constants } from 'node:fs'
import { debug, enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { argumentSpace, fits } from './argument-space.js'
import { denormalize } from './denormalize.js'
import { realFileSystem } from './file-system.js'
import { munge } from './munge.js'
import { normalize } from './normalize.js'
import { type Plan, planFor } from './plan.js'
import { activeContexts, getRegistry, type Registry } from './registry.js'
import type { SpawnRequest } from './request.js'

export type Route = (call: unknown[]) => unknown[]

/** Takes a call of a function that starts a process through normalize, munge and denormalize. It never throws. */
export function route(call: unknown[]): unknown[] {
  try {
    const registry = getRegistry()
    const plan = currentPlan(registry)
    if (plan === undefined || !canReadPreload(registry)) return call
    registry.started++
    const request = normalize(call, inheritedEnvironment)
    if (request === undefined || changesUser(request)) return call
    const munged = munge(request, plan, realFileSystem)
    if (!fits(munged, argumentSpace)) {
      debug('spawn left alone', () => 'there is no room for what brood adds')
      return call
    }
    debug('spawn', () => ({ asked: describe(request), started: describe(munged) }))
    return denormalize(call, munged)
  } catch (error) {
    // Wrapping never breaks a program: what brood cannot do is done without it.
    debug('spawn left alone', () => String(error))
    return call
  }
}

let planned: Pick<Registry, 'own' | 'inherited'> | undefined
let latestPlan: Plan | undefined

/** The plan for the contexts that are active now. The registry replaces its lists, and never changes them. */
function currentPlan(registry: Registry): Plan | undefined {
  const { own, inherited } = registry
  if (planned === undefined || own !== planned.own || inherited !== planned.inherited) {
    latestPlan = planFor(activeContexts(registry), inherited.length, isWindows)
    planned = { own, inherited }
  }
  return latestPlan
}

/** Where the store is gone, or this process has changed its user, every node that is to require the preload would end. */
function canReadPreload(registry: Registry): boolean {
  // Where a program has mocked fs, there is no node to be seen either.
  const canRead =
    canAccess(activeContexts(registry).at(-1)?.preload as string, constants.R_OK) || !canAccess(process.execPath, constants.F_OK)
  if (!canRead) debug('spawn left alone', () => 'this process cannot read the preload')
  return canRead
}

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
