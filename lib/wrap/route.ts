import { debug, enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { SpawnRecord, type Starting } from '../trace/record-spawns.js'
import { argumentSpace, fits } from './argument-space.js'
import { findCarried, withCarried, withoutCarried } from './carried.js'
import { denormalize, denormalizeExecve } from './denormalize.js'
import { realFileSystem } from './file-system.js'
import { hideFrames } from './hide-frames.js'
import { munge } from './munge.js'
import { isNode } from './mungers/node.js'
import { mungeReplace } from './mungers/replace.js'
import { normalize, normalizeExecve } from './normalize.js'
import { recordOutcome } from './outcome.js'
import { type Plan, planFor } from './plan.js'
import { type ActiveContext, activeContexts, countApplied, getRegistry, type Registry } from './registry.js'
import type { SpawnRequest } from './request.js'
import { lookAround } from './surroundings.js'

/** What the replaced functions do: each is given the one it replaces, and how that was called. */
export interface Routes {
  readonly spawn: Replacement<(...call: unknown[]) => unknown>
  readonly execve: Replacement<Execve>
}

type Replacement<Original> = (original: Original, self: unknown, call: unknown[]) => unknown

export type Execve = (file: string, args?: readonly string[], env?: Readonly<Record<string, string>>) => never

export const routes: Routes = {
  spawn(original, self, asked) {
    const { call, record, starting } = route(asked, normalize, denormalize)
    if (record === undefined) return Reflect.apply(original, self, call)
    record.starting(starting)
    const result = Reflect.apply(original, self, call)
    recordOutcome(record, self, result)
    return result
  },
  execve(original, self, asked) {
    const { call, record, starting } = route(asked, normalizeExecve, denormalizeExecve)
    record?.replacing(starting)
    return hideFrames(() => Reflect.apply(original, self, call as Parameters<Execve>))
  },
}

/** A call as it is to be made, and how it is recorded. */
type Routed = { readonly call: unknown[] } & (
  | { readonly record: SpawnRecord; readonly starting: Starting }
  | { readonly record?: undefined; readonly starting?: undefined }
)

/** Takes a call through normalize, munge and denormalize. It never throws. */
function route(call: unknown[], read: typeof normalize, write: typeof denormalize): Routed {
  try {
    const registry = getRegistry()
    const active = activeContexts(registry)
    if (active.length === 0) return { call }
    const normal = read(call, inheritedEnvironment)
    if (normal === undefined) return { call }
    const carried = findCarried(normal.env, isWindows)
    const clean = carried === undefined ? normal : { ...normal, env: withoutCarried(normal.env, carried, isWindows) }
    const { request, contexts } = askListeners(clean, carried === undefined ? active : withCarried(active, carried, active.length))
    const { plan, isTraced } = currentPlan(contexts, registry)
    if (plan === undefined) return { call: request === normal ? call : write(call, request) }

    const record = isTraced && registry.recorder !== undefined ? new SpawnRecord(registry.recorder, contexts) : undefined
    const munged =
      mungeReplace(request, plan, realFileSystem) ??
      wrapRequest(request, record === undefined ? plan : { ...plan, carrier: { ...plan.carrier, trace: record.id } }, contexts)
    debug('spawn', () => ({ asked: describe(request), started: munged === undefined ? 'as asked' : describe(munged) }))
    if (munged !== undefined) registry.started++
    const asked = request === normal ? call : write(call, request)
    const routed = munged === undefined ? asked : write(call, munged)
    if (record === undefined) return { call: routed }
    const replaced = munged?.replaced === true
    const node = !replaced && isNode((munged ?? request).file, plan)
    return { call: routed, record, starting: { ...request, node, replaced } }
  } catch (error) {
    // Wrapping never breaks a program: what brood cannot do is done without it.
    debug('spawn left alone', () => String(error))
    return { call }
  }
}

/** @returns `undefined` where the process is started as it was asked for */
function wrapRequest(request: SpawnRequest, plan: Plan, contexts: readonly ActiveContext[]): SpawnRequest | undefined {
  if (changesUser(request)) return undefined
  const here = lookAround((contexts.at(-1) as ActiveContext).preload)
  if (!here.canReadPreload) {
    debug('spawn left alone', () => 'this process cannot read the preload')
    return undefined
  }
  const shimless = request.cwd === undefined && here.isInRemovedDirectory
  const munged = munge(shimless ? { ...request, shimless } : request, plan, realFileSystem)
  if (fits(munged, argumentSpace)) return munged
  debug('spawn left alone', () => 'there is no room for what brood adds')
  return undefined
}

interface Asked {
  readonly request: SpawnRequest
  /** Those that are not left out. */
  readonly contexts: readonly ActiveContext[]
}

/** Each context's listeners see the request as those of the older contexts left it. */
function askListeners(asked: SpawnRequest, contexts: readonly ActiveContext[]): Asked {
  let request = asked
  let present = contexts
  for (const context of contexts) {
    const answer = context.ask === undefined ? request : context.ask(request)
    if (answer === undefined) present = present.filter((other) => other !== context)
    else request = answer
  }
  return { request, contexts: present }
}

/** The plan for some contexts, and whether one of them records. */
interface Planned {
  readonly contexts: readonly ActiveContext[]
  readonly plan: Plan | undefined
  readonly isTraced: boolean
}

let latest: Planned | undefined

/** Most processes are started under the same contexts as the one before. */
function currentPlan(contexts: readonly ActiveContext[], registry: Registry): Planned {
  const isLatest = contexts.length === latest?.contexts.length && contexts.every((context, index) => context === latest?.contexts[index])
  if (!isLatest || latest === undefined) {
    const plan = planFor(contexts, countApplied(registry), isWindows)
    latest = { contexts, plan, isTraced: contexts.some(({ trace }) => trace !== undefined) }
  }
  return latest
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
