import { debug } from '../diagnostics.js'
import { quietBinding } from './quiet-binding.js'
import type { Route } from './route.js'

type Spawn = (this: unknown, ...call: unknown[]) => unknown
type SpawnHolder = { spawn: Spawn }

/**
 * Replaces the lowest functions through which Node starts processes.
 *
 * So low down, what the caller wrote (`spawnfile`, `spawnargs`, error messages, frozen options) stays as it wrote it,
 * references taken before are caught, and child_process need not be loaded.
 *
 * @param route turns the arguments of such a function into those it is to be called with
 * @returns takes the patches back, in any order with those of others
 */
export function patch(route: Route): () => void {
  const undos = spawnHolders().map((holder) => replaceSpawn(holder, route))
  return () => {
    for (const undo of undos) undo()
  }
}

interface ProcessWrap {
  readonly Process: { readonly prototype: SpawnHolder }
}

function spawnHolders(): SpawnHolder[] {
  try {
    return [(quietBinding('process_wrap') as ProcessWrap).Process.prototype, quietBinding('spawn_sync') as SpawnHolder]
  } catch (error) {
    // The permission model refuses bindings: the program then runs as if it were not wrapped.
    debug('bindings refused', () => String(error))
    return []
  }
}

function replaceSpawn(holder: SpawnHolder, route: Route): () => void {
  const original = holder.spawn
  let active = true
  function spawn(this: unknown, ...call: unknown[]): unknown {
    return Reflect.apply(original, this, active ? route(call) : call)
  }
  holder.spawn = spawn
  return () => {
    // Under a later patch of somebody else's ours stays, and passes everything through.
    active = false
    if (holder.spawn === spawn) holder.spawn = original
  }
}
