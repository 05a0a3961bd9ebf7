import type { AsyncHook, HookCallbacks } from 'node:async_hooks'
import type { Worker } from 'node:worker_threads'
import type { Leftover } from '../../leftover.js'
import { isOpen, ownerOf, type Resource, resourceKinds } from './resource-kinds.js'
import { captureStack, readOrigin } from './where.js'

interface Seen {
  readonly type: string
  /** A resource that is collected is not open. */
  readonly resource: WeakRef<Resource>
  readonly stack: { readonly stack?: unknown }
}

/** As many are kept before those that are closed are looked for. */
const fewest = 1000

/**
 * Keeps account of what Node opens in this thread from now on. Unlike `process.getActiveResourcesInfo()`, async_hooks sees what is unref'd as well, and
 * who has made it.
 *
 * To Node 22 hooks hear of each promise, too, and take 0.2 µs of each `await`. There is no `destroy` hook, which would make that 0.9 µs: what is closed says
 * so when it is asked.
 */
export class OpenResources {
  readonly #seen = new Map<number, Seen>()
  /** How many there may be before those that are closed go. */
  #most = fewest
  readonly #workers: { readonly worker: WeakRef<Worker>; readonly stack: Seen['stack'] }[] = []

  /** Where servers were told to listen: they do so later, when nobody is on the stack. */
  readonly #listens = new WeakMap<object, Seen['stack']>()

  readonly #placeOfFile: (fd: number | undefined) => string | undefined

  readonly #isOwn: () => boolean
  readonly #hook: AsyncHook

  /**
   * @param placeOfFile where the file of a descriptor was opened: the handle is made when that is done, and nobody is on the stack
   * @param isOwn is what is made now the module's?
   */
  constructor(placeOfFile: (fd: number | undefined) => string | undefined, isOwn: () => boolean = () => true) {
    this.#placeOfFile = placeOfFile
    this.#isOwn = isOwn
    const { subscribe } = process.getBuiltinModule('node:diagnostics_channel')
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener)
    const hooks: HookCallbacks & { readonly trackPromises: boolean } = {
      init: (id, type, _trigger, resource) => {
        if (!Object.hasOwn(resourceKinds, type) || !isOwn()) return
        this.#sweep()
        this.#seen.set(id, { type, resource: new WeakRef(resource as Resource), stack: captureStack() })
      },
      // New in Node 24, and of no meaning before.
      trackPromises: false,
    }
    this.#hook = process.getBuiltinModule('node:async_hooks').createHook(hooks).enable()
  }

  readonly #listeners: readonly (readonly [channel: string, listener: (message: unknown) => void])[] = [
    [
      'tracing:net.server.listen:asyncStart',
      (message) => {
        if (this.#isOwn()) this.#listens.set((message as { readonly server: object }).server, captureStack())
      },
    ],
    [
      // The handle of a Worker goes when it is collected: its thread is asked instead.
      'worker_threads',
      (message) => {
        if (!this.#isOwn()) return
        this.#workers.push({ worker: new WeakRef((message as { readonly worker: Worker }).worker), stack: captureStack() })
      },
    ],
  ]

  /** Sees nothing more, and forgets what it has seen: a stack holds the functions that are on it. */
  close(): void {
    this.#hook.disable()
    const { unsubscribe } = process.getBuiltinModule('node:diagnostics_channel')
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener)
    this.#seen.clear()
    this.#workers.length = 0
  }

  /** What is open. Give what was just closed a turn of the event loop to be so. */
  list(): Leftover[] {
    return [...this.#listResources(), ...this.#listWorkers()]
  }

  /** The descriptors of what is open, which so is listed already. */
  descriptors(): Set<number> {
    const open = [...this.#seen.values()].map(({ resource }) => resource.deref()?.fd)
    return new Set(open.filter((fd) => fd !== undefined))
  }

  /** Without a `destroy` hook nobody tells what is closed: it goes before there is too much of it. */
  #sweep(): void {
    if (this.#seen.size < this.#most) return
    for (const [id, seen] of this.#seen) if (!isKept(seen)) this.#seen.delete(id)
    this.#most = Math.max(fewest, 2 * this.#seen.size)
  }

  #listResources(): Leftover[] {
    return [...this.#seen.values()].flatMap(({ type, resource: reference, stack }) => {
      const resource = reference.deref()
      const kind = resourceKinds[type]
      if (resource === undefined || kind === undefined || !isOpen(kind, resource)) return []
      const origin = readOrigin(stack)
      if (kind.isPart?.(origin, resource) === true) return []
      const osPid = kind.kind === 'process' ? resource.pid : undefined
      const place = origin.at ?? placeOf(this.#listens.get(ownerOf(resource) ?? resource)) ?? this.#placeOfFile(resource.fd)
      return [{ kind: kind.kind, description: kind.describe(resource), ...at(place), ...(osPid !== undefined && { osPid }) }]
    })
  }

  #listWorkers(): Leftover[] {
    return this.#workers.flatMap(({ worker, stack }) => {
      const threadId = worker.deref()?.threadId ?? -1
      if (threadId <= 0) return []
      return [{ kind: 'worker' as const, description: `Worker, thread ${threadId}`, ...at(readOrigin(stack).at) }]
    })
  }
}

const placeOf = (stack: Seen['stack'] | undefined) => (stack === undefined ? undefined : readOrigin(stack).at)

function isKept({ type, resource: reference }: Seen): boolean {
  const resource = reference.deref()
  const kind = resourceKinds[type]
  // A port may begin to listen later.
  return resource !== undefined && kind !== undefined && (type === 'MESSAGEPORT' || isOpen(kind, resource))
}

/** A place, where one is known. */
export const at = (place: string | undefined): { at?: string } => (place === undefined ? {} : { at: place })
