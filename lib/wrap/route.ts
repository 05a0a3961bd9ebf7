import { debug, enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { denormalize, denormalizeExecve } from './denormalize.js'
import { realFileSystem } from './file-system.js'
import { hideFrames } from './hide-frames.js'
import { munge } from './munge.js'
import { normalize, normalizeExecve } from './normalize.js'
import { type Plan, planFor } from './plan.js'
import { activeContexts, getRegistry, type Registry } from './registry.js'
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
    const plan = currentPlan(registry)
    if (plan === undefined) return call
    const request = read(call, inheritedEnvironment)
    if (request === undefined || changesUser(request)) return call
    const munged = munge(request, plan, realFileSystem)
    debug('spawn', () => ({ asked: describe(request), started: describe(munged) }))
    return write(call, munged)
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
