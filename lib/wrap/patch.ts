import { debug } from '../diagnostics.js'
import { quietBinding } from './quiet-binding.js'
import type { Execve, Routes } from './route.js'

/** What stands in for Node's functions. The preload loads it when it is first needed. */
export interface Replacements {
  readonly routes: () => Routes
  /** Patches Workers, and returns what takes that back. `isEarlier`: may somebody have them already? */
  readonly patchWorkers: (isEarlier: boolean) => (() => void) | undefined
}

/**
 * Replaces the functions through which Node starts processes, those of Workers included.
 *
 * The first two are the lowest there are. So low down, what the caller wrote (`spawnfile`, `spawnargs`, error messages, frozen
 * options) stays as it wrote it, references taken before are caught, and child_process need not be loaded. For `process.execve`
 * and Workers there is only what is public.
 *
 * @returns takes the patches back, in any order with those of others
 */
export function patch({ routes, patchWorkers }: Replacements): () => void {
  const undos = [patchSpawns((original, self, call) => routes().spawn(original, self, call))]
  // Since Node 22.15. In a Worker there is none that works.
  if (canExecve(process) && !isWorkerThread) undos.push(patchExecve(process, (...call) => routes().execve(...call)))
  undos.push(onceLoaded('NativeModule worker_threads', patchWorkers))
  return () => {
    for (const undo of undos) undo()
  }
}

/** Replaces the lowest functions through which Node starts processes, and returns what takes that back. */
export function patchSpawns(route: Routes['spawn']): () => void {
  const undos = spawnHolders().map((holder) => patchSpawn(holder, route))
  return () => {
    for (const undo of undos) undo()
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

function canExecve(holder: object): holder is ExecveHolder {
  return 'execve' in holder
}

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

/**
 * Does something as soon as a built-in module is loaded: before whoever loads it gets hold of it, by `require` as by `import`.
 *
 * To load the module early would cost every process as much as brood does. Node writes what it has loaded
 * to `process.moduleLoadList`; until this module is, that list inherits from a proxy, which hears of what is appended.
 *
 * @param then is told whether the module was loaded already
 * @returns takes back what was done, or stops waiting
 */
function onceLoaded(entry: string, then: (isEarlier: boolean) => (() => void) | undefined): () => void {
  const { moduleLoadList: list } = process as unknown as { moduleLoadList: string[] | undefined }
  let undo: (() => void) | undefined
  let stop = () => {}
  if (list?.includes(entry) !== false) undo = then(true)
  else {
    let waits = true
    const original = Object.getPrototypeOf(list) as object
    const listening: object = new Proxy(original, {
      set(target, index, value, receiver) {
        const isSet = Reflect.set(target, index, value, receiver)
        if (waits && value === entry) {
          stop()
          undo = then(false)
        }
        return isSet
      },
    })
    stop = () => {
      waits = false
      if (Object.getPrototypeOf(list) === listening) Object.setPrototypeOf(list, original)
    }
    Object.setPrototypeOf(list, listening)
  }
  return () => {
    stop()
    undo?.()
  }
}
