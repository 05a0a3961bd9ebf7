import { BroodError } from '../errors.js'
import { isWindows } from '../platform.js'
import { checkReplace } from '../wrap/check-replace.js'
import type { ContextOptions } from '../wrap/context.js'
import { currentDirectory } from '../wrap/create-context.js'
import { type CommandLine, lastValue, type OptionSpecs } from './options.js'
import { UsageError } from './usage-error.js'

/** Options of every command that runs a program under a context. */
export const contextOptions = {
  require: { short: 'r', value: 'MODULE', help: 'load a module in every Node process and Worker (CommonJS)' },
  import: { short: 'i', value: 'MODULE', help: 'the same for an ES module' },
  main: { short: 'm', value: 'FILE', help: 'a wrapper main: it runs in place of each main script, until it calls runMain()' },
  'main-arg': { value: 'ARG', help: 'an argument of the wrapper main' },
  env: { short: 'e', value: 'NAME=VALUE', help: 'set a variable in every Node process' },
  replace: { value: 'NAME=FILE', help: 'run FILE, a script for node, in place of every program called NAME (mocks for tests)' },
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
    ...(values('replace').length > 0 && { replace: readReplacements(values('replace')) }),
    visible: line.options.has('visible'),
    shimRoot: lastValue(line, 'shim-root'),
  }
}

function readVariable(text: string): [name: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(`--env takes NAME=VALUE, and got ${text}.`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

/** Checked now: a mock that is not there must not let the program itself run. */
function readReplacements(texts: readonly string[]): Readonly<Record<string, string>> {
  const replace: Record<string, string> = Object.create(null)
  for (const text of texts) {
    const equals = text.indexOf('=')
    if (equals < 1) throw new UsageError(`--replace takes NAME=FILE, and got ${text}.`)
    const name = text.slice(0, equals)
    if (name in replace) throw new UsageError(`--replace names ${name} twice.`)
    replace[name] = text.slice(equals + 1)
  }
  try {
    checkReplace(replace, currentDirectory(), process.execPath, isWindows)
  } catch (error) {
    if (error instanceof BroodError) throw new UsageError(`--replace: ${error.message}`)
    throw error
  }
  return replace
}
