import type { Worker } from 'node:worker_threads'
import { parseNodeArgv } from '../syntax/node-argv.js'

/**
 * Does a Worker with variables of its own have the options on the process's command line? Node 18 gives it those of its NODE_OPTIONS alone.
 * @see node#52827, node#53029
 */
export const keepsOptions: boolean = Number.parseInt(process.versions.node, 10) >= 20

/** An option that no Node knows. */
const unknownOption = '--brood-no-such-option'

/**
 * Finds out which options Node takes for a Worker: others are the process's alone, or V8's, and it makes no Worker with them.
 *
 * It asks for a Worker with an option that Node refuses as well: Node then names all that it does not take, and makes no thread.
 *
 * @returns leaves the others out of a list of options
 */
export function makeOptionSelector(Original: typeof Worker): (options: readonly string[]) => readonly string[] {
  const known = new Map<string, boolean>()
  const isTaken = (source: readonly string[]): boolean => {
    try {
      // oxlint-disable-next-line no-new
      new Original('/', { execArgv: [...source, unknownOption] })
      return false
    } catch (error) {
      return (error as Error).message.endsWith(`: ${unknownOption}`)
    }
  }
  return (tokens) =>
    parseNodeArgv(tokens).options.flatMap(({ source }) => {
      const key = source.join('\0')
      if (!known.has(key)) known.set(key, isTaken(source))
      return known.get(key) === true ? source : []
    })
}
