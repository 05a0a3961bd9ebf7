import type { AsyncHook, HookCallbacks } from 'node:async_hooks'
import type { Worker } from 'node:worker_threads'
import type { Leftover } from '../../leftover.js'
import { type Resource, resourceKinds } from './resource-kinds.js'
import { captureStack, readOrigin } from './where.js'

interface Seen {
  readonly type: string
  /** A resource that is collected is not open. */
  readonly resource: WeakRef<Resource>
  readonly stack: { readonly stack?: unknown }
}

/**
 * Keeps account of what Node opens in this thread from now on. Unlike `process.getActiveResourcesInfo()`, async_hooks sees what is unref'd as well, and
 * who has made it.
 *
 * Hooks make an `await` slower, since V8 then reports each promise: to Node 24.? it cannot be told that nobody wants to know of them.
 */
export class OpenResources {
  readonly #seen = new Map<number, Seen>()
  readonly #workers = new Set<{ readonly worker: WeakRef<Worker>; readonly stack: { readonly stack?: unknown } }>()
  readonly #hook: AsyncHook

  constructor() {
    const { createHook } = process.getBuiltinModule('node:async_hooks')
    const hooks: HookCallbacks & { readonly trackPromises: boolean } = {
      init: (id, type, _trigger, resource) => {
        if (Object.hasOwn(resourceKinds, type))
          this.#seen.set(id, { type, resource: new WeakRef(resource as Resource), stack: captureStack() })
      },
      destroy: (id) => void this.#seen.delete(id),
      trackPromises: false,
    }
    this.#hook = createHook(hooks)
    // The handle of a Worker is gone when it is collected: its thread is asked instead.
    process.getBuiltinModule('node:diagnostics_channel').subscribe('worker_threads', (message) => {
      this.#workers.add({ worker: new WeakRef((message as { readonly worker: Worker }).worker), stack: captureStack() })
    })
    this.#hook.enable()
  }

  /** What is open. Give what was just closed a turn of the event loop to say so. */
  list(): Leftover[] {
    return [...this.#listResources(), ...this.#listWorkers()]
  }

  /** The descriptors of what is open, which so is listed already. */
  descriptors(): Set<number> {
    const open = [...this.#seen.values()].map(({ resource }) => resource.deref()?.fd)
    return new Set(open.filter((fd) => fd !== undefined))
  }

  #listResources(): Leftover[] {
    const open: Leftover[] = []
    for (const [id, { type, resource: reference, stack }] of this.#seen) {
      const resource = reference.deref()
      const kind = resourceKinds[type]
      if (resource === undefined || kind === undefined || kind.isOpen?.(resource) === false) {
        // A port may begin to listen later.
        if (type !== 'MESSAGEPORT' || resource === undefined) this.#seen.delete(id)
        continue
      }
      const origin = readOrigin(stack)
      if (kind.isPart?.(origin, resource) === true) continue
      const osPid = kind.kind === 'process' ? resource.pid : undefined
      open.push({ kind: kind.kind, description: kind.describe(resource), ...at(origin.at), ...(osPid !== undefined && { osPid }) })
    }
    return open
  }

  #listWorkers(): Leftover[] {
    return [...this.#workers].flatMap((entry) => {
      const threadId = entry.worker.deref()?.threadId ?? -1
      if (threadId > 0) return [{ kind: 'worker' as const, description: `Worker, thread ${threadId}`, ...at(readOrigin(entry.stack).at) }]
      this.#workers.delete(entry)
      return []
    })
  }
}

/** A place, where one is known. */
export const at = (place: string | undefined): { at?: string } => (place === undefined ? {} : { at: place })
