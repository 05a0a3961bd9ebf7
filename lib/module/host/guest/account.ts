import type { Open } from '../wire.js'
import { DescriptorTable } from './descriptor-table.js'
import { OpenDescriptors } from './descriptors.js'
import { OpenResources } from './resources.js'
import { Surroundings } from './surroundings.js'

/** What a module opens, and changes around it, from now on. */
export class Account {
  readonly #table: DescriptorTable | undefined
  readonly #descriptors = new OpenDescriptors()
  readonly #surroundings = new Surroundings()
  readonly #resources = new OpenResources((fd) => this.#descriptors.placeOf(fd))

  /** @param hasProcess is the whole process the module's? */
  constructor(hasProcess: boolean) {
    this.#table = hasProcess ? new DescriptorTable() : undefined
  }

  /** @returns what is open, once what was just closed is */
  async read(): Promise<Open> {
    await turns()
    const listed = this.#resources.descriptors()
    const table = this.#table?.list((fd) => listed.has(fd) || this.#descriptors.has(fd))
    const leftovers = [...this.#resources.list(), ...this.#descriptors.list(), ...(table?.leftovers ?? []), ...this.#surroundings.list()]
    return { leftovers, memory: readMemory(this.#table !== undefined), descriptors: table?.count ?? this.#descriptors.count }
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
