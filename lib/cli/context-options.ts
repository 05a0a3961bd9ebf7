import type { ContextOptions } from '../wrap/context.js'
import { type CommandLine, lastValue, type OptionSpecs } from './options.js'
import { UsageError } from './usage-error.js'

/** Options of every command that runs a program under a context. */
export const contextOptions = {
  require: { short: 'r', value: 'MODULE', help: 'load a module in every Node process and Worker (CommonJS)' },
  import: { short: 'i', value: 'MODULE', help: 'the same for an ES module' },
  main: { short: 'm', value: 'FILE', help: 'a wrapper main: it runs in place of each main script, until it calls runMain()' },
  'main-arg': { value: 'ARG', help: 'an argument of the wrapper main' },
  env: { short: 'e', value: 'NAME=VALUE', help: 'set a variable in every Node process' },
  visible: { help: 'keep NODE_OPTIONS and PATH in sight, for native code that starts processes (node-pty)' },
  'shim-root': { value: 'DIR', help: "where brood's files go (default: the home directory)" },
  debug: { help: "say every decision on stderr, and keep brood's files" },
} satisfies OptionSpecs

/**
 * Reads them.
 *
 * @throws UsageError
 */
export function readContextOptions(line: CommandLine): ContextOptions {
  const values = (name: keyof typeof contextOptions) => line.options.get(name) ?? []
  const main = lastValue(line, 'main')
  if (main === undefined && values('main-arg').length > 0)
    throw new UsageError('--main-arg is an argument for --main FILE, which is missing.')
  return {
    main,
    args: values('main-arg'),
    require: values('require'),
    import: values('import'),
    env: Object.fromEntries(values('env').map(readVariable)),
    visible: line.options.has('visible'),
    shimRoot: lastValue(line, 'shim-root'),
  }
}

function readVariable(text: string): [name: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(`--env takes NAME=VALUE, and got ${text}.`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}
