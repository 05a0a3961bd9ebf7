import type { Open } from '../wire.js'
import { DescriptorTable } from './descriptor-table.js'
import type { OpenDescriptors } from './descriptors.js'
import { OpenResources } from './resources.js'
import { Surroundings } from './surroundings.js'

/** What of a thread is a module's. */
export interface Scope {
  /** Is the whole process? */
  readonly hasProcess: boolean
  /** Keeps account of the descriptors of files. @default nobody does */
  readonly descriptors?: OpenDescriptors
  /** Is what happens now? @default all of it is */
  readonly isOwn?: () => boolean
}

/** What a module opens, and changes around it, from now on. */
export class Account {
  readonly #table: DescriptorTable | undefined
  readonly #descriptors: OpenDescriptors | undefined
  readonly #surroundings: Surroundings
  readonly #resources: OpenResources

  constructor({ hasProcess, descriptors, isOwn }: Scope) {
    this.#table = hasProcess ? new DescriptorTable() : undefined
    this.#descriptors = descriptors
    this.#surroundings = new Surroundings(isOwn)
    this.#resources = new OpenResources((fd) => descriptors?.placeOf(fd), isOwn)
  }

  /** @returns what is open, once what was just closed is */
  async read(): Promise<Open> {
    await turns()
    const listed = this.#resources.descriptors()
    const table = this.#table?.list((fd) => listed.has(fd) || this.#descriptors?.has(fd) === true)
    const files = this.#descriptors?.list() ?? []
    const leftovers = [...this.#resources.list(), ...files, ...(table?.leftovers ?? []), ...this.#surroundings.list()]
    return { leftovers, memory: readMemory(this.#table !== undefined), descriptors: table?.count ?? this.#descriptors?.count ?? null }
  }

  /** Keeps none any more. */
  close(): void {
    this.#resources.close()
    this.#surroundings.close()
  }
}

/** Of this thread, or of the process. */
export function readMemory(hasProcess: boolean): number {
  const { rss, heapTotal, external } = process.memoryUsage()
  return hasProcess ? rss : heapTotal + external
}

/** Handles are closed at the end of a turn of the event loop, and hooks hear of it in the next one. */
async function turns(): Promise<void> {
  for (let count = 0; count < 3; count++) await new Promise((resolve) => setImmediate(resolve))
}
