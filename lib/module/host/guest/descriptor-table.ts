import type { Leftover } from '../../leftover.js'

/** The descriptors of this process, which has one thread that matters: Linux tells which, and what they lead to. */
export class DescriptorTable {
  readonly #before = readTable()

  /**
   * @param known descriptors that are listed as what they belong to
   * @returns `undefined` where the system does not tell
   */
  list(known: (fd: number) => boolean): { readonly leftovers: readonly Leftover[]; readonly count: number } | undefined {
    if (this.#before === undefined) return undefined
    const added = [...(readTable() ?? [])].filter(([fd, target]) => this.#before?.get(fd) !== target && !isOfNode(target))
    const leftovers = added
      .filter(([fd]) => !known(fd))
      .map(([fd, target]) => ({ kind: 'descriptor' as const, description: `descriptor ${fd}, of ${target}` }))
    return { leftovers, count: added.length }
  }
}

/** What libuv opens for each thread, or when something first asks for it, and closes with the thread. What JavaScript opens is a file or a socket. */
const isOfNode = (target: string) => /^(?:anon_inode|pipe):/.test(target)

function readTable(): Map<number, string> | undefined {
  const { readdirSync, readlinkSync } = process.getBuiltinModule('node:fs')
  const directory = '/proc/self/fd'
  try {
    const entries = readdirSync(directory).map((fd) => {
      try {
        return [Number(fd), readlinkSync(`${directory}/${fd}`)] as const
      } catch {
        // The one that the directory itself was read by.
        return undefined
      }
    })
    return new Map(entries.filter((entry) => entry !== undefined))
  } catch {
    return undefined
  }
}
