import type { SpawnRequest } from './request.js'

/** The options object of `process_wrap` up to Node 22, and of `spawn_sync` in every version. */
interface BindingOptions {
  readonly file: string
  readonly args?: readonly unknown[] | null
  readonly envPairs?: readonly string[] | null
  readonly cwd?: string | null
  readonly uid?: number | null
  readonly gid?: number | null
}

/**
 * Places of the arguments that `process_wrap`'s spawn takes one by one since Node 24.
 * @see lib/internal/child_process.js in Node
 */
export const position = { file: 0, args: 1, cwd: 2, envPairs: 3, uid: 6, gid: 7 } as const

/**
 * Reads what Node passes to the function that starts a process, whatever this version's form of it.
 *
 * @param call the arguments of that function
 * @param inherit the environment of this process, for a call that passes none
 * @returns `undefined` where the call has no form that brood knows: it is left alone
 */
export function normalize(call: readonly unknown[], inherit: () => string[]): SpawnRequest | undefined {
  const options = call[0] !== null && typeof call[0] === 'object' ? (call[0] as BindingOptions) : fromPositions(call)
  const { file } = options
  if (typeof file !== 'string') return undefined
  return {
    file,
    args: options.args == null ? [file] : asStrings(options.args),
    env: options.envPairs ?? inherit(),
    cwd: options.cwd ?? undefined,
    uid: options.uid ?? undefined,
    gid: options.gid ?? undefined,
    untouched: false,
    flagged: false,
  }
}

/**
 * Reads the arguments of `process.execve`.
 *
 * @returns `undefined` where Node will refuse them, with an error of its own
 */
export function normalizeExecve(call: readonly unknown[], inherit: () => string[]): SpawnRequest | undefined {
  const [file, args = [], env] = call
  if (!isArgument(file) || !Array.isArray(args) || !args.every(isArgument)) return undefined
  if (env !== undefined && (typeof env !== 'object' || env === null || Array.isArray(env))) return undefined
  const pairs = env === undefined ? undefined : Object.entries(env)
  if (pairs?.some(([name, value]) => !isArgument(name) || !isArgument(value)) === true) return undefined
  return {
    // It looks at no PATH: what has no slash lies in the working directory.
    file: file.includes('/') ? file : `./${file}`,
    args,
    env: pairs?.map(([name, value]) => `${name}=${value}`) ?? inherit(),
    cwd: undefined,
    uid: undefined,
    gid: undefined,
    untouched: false,
    flagged: false,
  }
}

/** Node takes whatever has a text for an argument: a port, say, as a number. */
function asStrings(args: readonly unknown[]): readonly string[] {
  return areStrings(args) ? args : Array.from(args, String)
}

function areStrings(values: readonly unknown[]): values is readonly string[] {
  return values.every((value) => typeof value === 'string')
}

function isArgument(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}

function fromPositions(call: readonly unknown[]): BindingOptions {
  return {
    file: call[position.file],
    args: call[position.args],
    envPairs: call[position.envPairs],
    cwd: call[position.cwd],
    uid: call[position.uid],
    gid: call[position.gid],
  } as BindingOptions
}
