import { checkOptions, invalid, readBoolean, readNumber } from './argument.js'
import type { OutputMode } from './output.js'
import { type ResourceRequest, type Resources, readResources } from './resources.js'
import { setSpares } from './spares.js'
import { getState } from './state.js'
import { machineCapacity, setCapacity } from './tree-ledger.js'

/** What holds for all processes of a tree. */
export interface Configuration {
  /**
   * What they may use together: memory in bytes or as `'16 GiB'`, and cores, with fractions. What is left out is not limited. `'machine'` stands for
   * all that this machine has. Each process counts with what `resources` asks for, and waits until there is room; this one does not count.
   *
   * It must be said before the first process is started.
   *
   * @default nobody keeps account
   */
  readonly capacity?: ResourceRequest | 'machine'
  /**
   * What becomes of that which a process writes to a stdout or stderr that it has from this process.
   *
   * - `inherit`: it goes where this process's goes, as it comes.
   * - `grouped`: it goes there by whole lines, each behind the first digits of the pid of who wrote it: `1f0a9c3: text`. No other byte is changed. A
   *   line of more than 1 MiB is passed on in parts, and a last line that does not end is ended.
   * - `json`: all of it goes to stdout of this process, as lines of JSON: `{ type: 'output', pid, stream, text }`, with `base64` in the place of
   *   `text` where it is no UTF-8, beside `{ type: 'spawn', pid, parent, osPid }` and `{ type: 'exit', pid, exitCode, signal }`.
   *
   * What a task has written comes before what it returns. What this process writes itself is left as it is. A detached process writes for itself: there
   * may be nobody to pass it on.
   *
   * @default 'inherit'
   */
  readonly output?: OutputMode
  /**
   * Does stderr of children go through this process, which keeps the last 4 kB of it for errors? Where it does not, a child writes to the terminal as to
   * one, and an error cannot say what it wrote, nor that it ran out of memory.
   *
   * @default where stderr is no terminal
   */
  readonly captureErrors?: boolean
  /**
   * How many processes are kept ready for the next `spawn`, with the module of the latest one loaded. Its call is then answered in 2 ms rather than
   * 30. They are as the latest spawn's process was: for one with other options, or another module, new ones are made. They keep no program running.
   *
   * @default 0
   */
  readonly spares?: number
}

/**
 * Says what holds for all processes of the tree. What is left out stays as it is. In a child it does nothing: the process that a person started has
 * said it, and a module may say it where it is evaluated.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function configure(configuration: Configuration): void {
  const { capacity, output, captureErrors, spares } = readConfiguration(configuration)
  const state = getState()
  if (state.isChild) return
  if (capacity !== undefined) setCapacity(capacity)
  if (output !== undefined) state.output = output
  if (captureErrors !== undefined) state.capturesErrors = captureErrors
  if (spares !== undefined) setSpares(spares)
}

interface Read {
  readonly capacity: Resources | undefined
  readonly output: OutputMode | undefined
  readonly captureErrors: boolean | undefined
  readonly spares: number | undefined
}

const names: readonly string[] = ['capacity', 'output', 'captureErrors', 'spares']
const outputModes: ReadonlySet<unknown> = new Set(['inherit', 'grouped', 'json'])

function readConfiguration(configuration: unknown): Read {
  checkOptions(configuration, names, 'configuration')
  const { capacity, output, captureErrors, spares } = configuration as Configuration
  if (output !== undefined && !outputModes.has(output)) throw invalid('output', "'inherit', 'grouped' or 'json'", output)
  return {
    capacity: readCapacity(capacity),
    output,
    captureErrors: readBoolean('captureErrors', captureErrors),
    spares: readNumber('spares', spares),
  }
}

/** What is not limited is infinite. */
const unlimited: Resources = { mem: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY }

function readCapacity(capacity: unknown): Resources | undefined {
  if (capacity === undefined) return undefined
  if (capacity === 'machine') return machineCapacity()
  if (typeof capacity === 'object' && capacity !== null) return readResources('capacity', capacity, unlimited)
  throw invalid('capacity', "'machine', or an object with `mem` and `cpu`", capacity)
}
