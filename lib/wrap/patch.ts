import { debug } from '../diagnostics.js'
import { onceLoaded, type Reaction } from './once-loaded.js'
import { quietBinding } from './quiet-binding.js'
import type { Execve, Routes } from './route.js'

/** What stands in for Node's functions. The preload loads it when it is first needed. */
export interface Replacements {
  /** Called where the program gets hold of a function that starts processes; what it returns, where it calls one. */
  readonly readRoutes: () => () => Routes
  /** Patches Workers. */
  readonly patchWorkers: Reaction
}

/**
 * Replaces the functions through which Node starts processes, those of Workers included, as soon as they are loaded.
 *
 * The first two are the lowest there are. So low down, what the caller wrote (`spawnfile`, `spawnargs`, error messages, frozen
 * options) stays as it wrote it, references taken before are caught, and child_process need not be loaded. For `process.execve`
 * and Workers there is only what is public.
 *
 * @returns takes the patches back, in any order with those of others
 */
export function patch({ readRoutes, patchWorkers }: Replacements): () => void {
  const patchOnceLoaded = (name: keyof typeof spawnHolders) => () => {
    const routes = readRoutes()
    return patchBinding(name, (original, self, call) => routes().spawn(original, self, call))
  }
  const undos = [
    onceLoaded({
      'Internal Binding process_wrap': patchOnceLoaded('process_wrap'),
      'Internal Binding spawn_sync': patchOnceLoaded('spawn_sync'),
      'NativeModule worker_threads': patchWorkers,
    }),
  ]
  // Since Node 22.15. In a Worker there is none that works.
  if ('execve' in process && !isWorkerThread)
    undos.push(patchExecve(process as unknown as ExecveHolder, (...call) => readRoutes()().execve(...call)))
  return () => {
    for (const undo of undos) undo()
  }
}

/** Replaces the lowest functions through which Node starts processes, and returns what takes that back. */
export function patchSpawns(route: Routes['spawn']): () => void {
  const undos = [patchBinding('process_wrap', route), patchBinding('spawn_sync', route)]
  return () => {
    for (const undo of undos) undo?.()
  }
}

/** Is this the thread of a Worker? To ask `node:worker_threads` would load it. */
export const isWorkerThread: boolean = (process.chdir as { disabled?: boolean }).disabled === true

/** Puts something in the place of a function of Node's, and returns what takes it back. */
export function replace<Holder extends object, Name extends keyof Holder>(
  holder: Holder,
  name: Name,
  make: (original: Holder[Name], isActive: () => boolean) => Holder[Name],
): () => void {
  const original = holder[name]
  let active = true
  const replacement = make(original, () => active)
  holder[name] = replacement
  return () => {
    // Under a later patch of somebody else's ours stays, and passes everything through.
    active = false
    if (holder[name] === replacement) holder[name] = original
  }
}

type Spawn = (this: unknown, ...call: unknown[]) => unknown
type SpawnHolder = { spawn: Spawn }

/** Where each binding that starts processes keeps the function that does. */
const spawnHolders = {
  process_wrap: (binding: unknown) => (binding as { Process: { prototype: SpawnHolder } }).Process.prototype,
  spawn_sync: (binding: unknown) => binding as SpawnHolder,
}

function patchBinding(name: keyof typeof spawnHolders, route: Routes['spawn']): (() => void) | undefined {
  try {
    return patchSpawn(spawnHolders[name](quietBinding(name)), route)
  } catch (error) {
    // The permission model refuses bindings: the program then runs as if it were not wrapped.
    debug('bindings refused', () => String(error))
    return undefined
  }
}

function patchSpawn(holder: SpawnHolder, route: Routes['spawn']): () => void {
  return replace(
    holder,
    'spawn',
    (original, isActive) =>
      function spawn(this: unknown, ...call: unknown[]): unknown {
        return (isActive() ? route : Reflect.apply)(original, this, call)
      },
  )
}

type ExecveHolder = { execve: Execve }

function patchExecve(holder: ExecveHolder, route: Routes['execve']): () => void {
  return replace(holder, 'execve', (original, isActive) => {
    function execve(this: unknown, _execPath: string, ..._rest: unknown[]): never {
      // oxlint-disable-next-line prefer-rest-params
      return (isActive() ? route : Reflect.apply)(original, this, [...arguments]) as never
    }
    // The build shortens the name, which is shown.
    return Object.defineProperty(execve, 'name', { value: 'execve' })
  })
}
