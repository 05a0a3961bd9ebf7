import { BroodError } from '../errors.js'
import { parseNodeArgv } from '../syntax/node-argv.js'
import { checkEnvironment, checkStrings } from './arguments.js'
import { createContext } from './create-context.js'
import { type Undo, undoOnce } from './undo.js'

/** Takes a wrap back: restores everything and removes its directory. A second call does nothing. */
export type Unwrap = Undo

/**
 * Wraps every Node process that this one starts, and those that they start.
 *
 * @param argv flags of node, then the wrapper main, then its arguments; any of them may be left out
 * @param env variables for every Node process of the tree
 * @returns unwraps, in any order with other wraps
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_WRAPPER_NOT_FOUND`, `ERR_BROOD_PRELOAD_NOT_FOUND`, `ERR_BROOD_SHIM_ROOT`;
 * nothing is patched and nothing is left on disk then
 * @see spawn-wrap 3, whose contract this is
 * @example
 * const unwrap = wrap([require.resolve('./wrapper.js'), 'an-argument'], { FOO: '1' })
 */
export function wrap(argv: readonly string[], env?: Readonly<Record<string, string>>): Unwrap
export function wrap(env: Readonly<Record<string, string>>): Unwrap
export function wrap(first: readonly string[] | Readonly<Record<string, string>>, second?: Readonly<Record<string, string>>): Unwrap {
  const [argv, env] = sortArguments(first, second)
  const { options, rest } = parseNodeArgv(checkStrings('argv', argv))
  // `--` only ends the flags.
  const [main, ...args] = rest[0] === '--' ? rest.slice(1) : rest
  const context = createContext({
    execArgv: options.flatMap((option) => option.source),
    main,
    args,
    env: checkEnvironment('env', env),
  })
  try {
    context.patch()
  } catch (error) {
    context.dispose()
    throw error
  }
  return undoOnce(() => context.dispose())
}

function sortArguments(first: unknown, second: unknown): [unknown, unknown] {
  const noArgv = first === undefined || first === null
  const noEnv = second === undefined || second === null
  if (noArgv && noEnv) {
    throw new BroodError(
      'ERR_BROOD_INVALID_ARGUMENT',
      'wrap() needs argv, env or both: wrap([require.resolve("./wrapper.js")]), wrap({ NAME: "value" }), or wrap(argv, env).',
      { argument: 'argv' },
    )
  }
  if (noEnv && typeof first === 'object' && !Array.isArray(first)) return [[], first]
  return [noArgv ? [] : first, noEnv ? {} : second]
}
