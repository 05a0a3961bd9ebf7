import { debug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { denormalize } from './denormalize.js'
import { realFileSystem } from './file-system.js'
import { munge } from './munge.js'
import { normalize } from './normalize.js'
import { planFor } from './plan.js'
import { activeContexts, type Registry } from './registry.js'
import type { SpawnRequest } from './request.js'

type Spawn = (this: unknown, ...call: unknown[]) => unknown
type SpawnHolder = { spawn: Spawn }

/**
 * Replaces the lowest functions through which Node starts processes.
 *
 * So low down, what the caller wrote (`spawnfile`, `spawnargs`, error messages, frozen options) stays as it wrote it,
 * references taken before are caught, and child_process need not be loaded.
 *
 * @returns takes the patches back, in any order with those of others
 */
export function patch(registry: Registry): () => void {
  const undos = spawnHolders().map((holder) => replaceSpawn(holder, registry))
  return () => {
    for (const undo of undos) undo()
  }
}

interface Bindings {
  process_wrap: { Process: { prototype: SpawnHolder } }
  spawn_sync: SpawnHolder
}

function spawnHolders(): SpawnHolder[] {
  try {
    return [binding('process_wrap').Process.prototype, binding('spawn_sync')]
  } catch (error) {
    // The permission model refuses bindings: the program then runs as if it were not wrapped.
    debug('bindings refused', () => String(error))
    return []
  }
}

function binding<Name extends keyof Bindings>(name: Name): Bindings[Name] {
  const access = (process as unknown as { binding(name: string): unknown }).binding
  // Under --pending-deprecation it is a wrapper that warns, with the function itself as its prototype (util.deprecate).
  const quiet = Object.getPrototypeOf(access) === Function.prototype ? access : Object.getPrototypeOf(access)
  return quiet.call(process, name) as Bindings[Name]
}

function replaceSpawn(holder: SpawnHolder, registry: Registry): () => void {
  const original = holder.spawn
  let active = true
  function spawn(this: unknown, ...call: unknown[]): unknown {
    return Reflect.apply(original, this, active ? route(call, registry) : call)
  }
  holder.spawn = spawn
  return () => {
    // Under a later patch of somebody else's ours stays, and passes everything through.
    active = false
    if (holder.spawn === spawn) holder.spawn = original
  }
}

function route(call: unknown[], registry: Registry): unknown[] {
  try {
    const plan = planFor(activeContexts(registry), registry.inherited.length, isWindows)
    if (plan === undefined) return call
    const request = normalize(call, inheritedEnvironment)
    if (request === undefined || changesUser(request)) return call
    const munged = munge(request, plan, realFileSystem)
    debug('spawn', () => ({ asked: describe(request), started: describe(munged) }))
    return denormalize(call, munged)
  } catch (error) {
    // Wrapping never breaks a program: what brood cannot do is done without it.
    debug('spawn left alone', () => String(error))
    return call
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
