import { checkOptions, invalid, readBoolean } from '../../argument.js'
import { BroodError } from '../../errors.js'
import { readAmount, readChoice, readText, readTexts, readTime } from '../argument.js'
import type { AnyFunction } from './definition.js'

/** Functions of the host, as it gives them to a module: each may return a promise of what the interface says. */
export type HostFunctions<Imports> = {
  readonly [Name in keyof Imports]: Imports[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | Awaited<Result> | PromiseLike<Awaited<Result>>
    : never
}

/** How a module is loaded. */
export interface LoadOptions<Exports = object, Imports = object> {
  /** The functions that the module may call, by `imports` of brood/module. @default none */
  readonly imports?: HostFunctions<Imports>
  /**
   * `worker`: in a thread of its own. `process`: in a process of its own, which may abort and have native addons that crash. `inline`: in this thread.
   * @default 'worker'
   */
  readonly isolation?: 'worker' | 'process' | 'inline'
  /** What it may use. @default no limits but those of Node */
  readonly limits?: ModuleLimits
  /**
   * What becomes of it where a function of the host throws that it has called. `kill-module`: it is ended, and the calls that it has not answered reject.
   * `abort`: the host ends by `process.abort()`, as in relib. `throw`: it is thrown where the module has called. @default 'kill-module'
   */
  readonly onImportError?: 'kill-module' | 'abort' | 'throw'
  /** The module must be defined with the same `stamp`: {@link stampOf} makes one. @default it is not asked for one */
  readonly stamp?: string
  /** Exports that the module must have. @default [] */
  readonly required?: readonly (keyof Exports & string)[]
  /**
   * Is account kept of what the module opens? It takes the module a few microseconds for each timer, socket or file, and to Node 22 0.2 µs for each `await`;
   * newer ones need not be told of promises. Without it a module can be unloaded by `force` alone.
   * @default true
   */
  readonly unloading?: boolean
  /** Is what exports throw kept from stderr? @default false */
  readonly quiet?: boolean
  /** Milliseconds in which it is to be loaded, or `Infinity`. @default 10000 */
  readonly timeout?: number
  /** What it is called in messages. @default the name of its file */
  readonly name?: string
}

/** What a module may use. One that takes more is ended: its calls reject with the reason. */
export interface ModuleLimits {
  /** MiB of V8's old space: `ERR_BROOD_OUT_OF_MEMORY`. @default as V8 has it */
  readonly memory?: number
  /** MiB of the stack: a RangeError in the module. Of a process it must be less than the system allows, `ulimit -s`. @default as V8 has it */
  readonly stack?: number
  /** Milliseconds that a call may take, one that waits as well, or `Infinity`: `ERR_BROOD_TIMEOUT`. @default for ever */
  readonly callTime?: number
}

/** {@link LoadOptions} in which everything is said. */
export interface LoadPlan {
  readonly imports: Readonly<Record<string, AnyFunction>>
  readonly isolation: 'worker' | 'process' | 'inline'
  readonly limits: { readonly memory: number | undefined; readonly stack: number | undefined; readonly callTime: number | undefined }
  readonly onImportError: 'kill-module' | 'abort' | 'throw'
  readonly stamp: string | undefined
  readonly required: readonly string[]
  readonly isTracked: boolean
  readonly isQuiet: boolean
  readonly timeout: number
  readonly name: string | undefined
}

const names = ['imports', 'isolation', 'limits', 'onImportError', 'stamp', 'required', 'unloading', 'quiet', 'timeout', 'name']

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function planLoad(options: LoadOptions): LoadPlan {
  checkOptions(options, names)
  const { imports = {}, isolation = 'worker', limits = {}, onImportError = 'kill-module', required = [], timeout = 10_000 } = options
  return {
    imports: readImports(imports),
    isolation: readChoice('isolation', isolation, ['worker', 'process', 'inline']),
    limits: readLimits(limits, isolation),
    onImportError: readChoice('onImportError', onImportError, ['kill-module', 'abort', 'throw']),
    stamp: readText('stamp', options.stamp),
    required: readTexts('required', required),
    isTracked: readBoolean('unloading', options.unloading) ?? true,
    isQuiet: readBoolean('quiet', options.quiet) ?? false,
    timeout: readTime('timeout', timeout) ?? Number.MAX_SAFE_INTEGER,
    name: readText('name', options.name),
  }
}

function readImports(imports: object): Readonly<Record<string, AnyFunction>> {
  if (typeof imports !== 'object' || imports === null) throw invalid('imports', 'an object of functions', imports)
  const offered = Object.entries(imports as Record<string, unknown>)
  for (const [name, value] of offered) if (typeof value !== 'function') throw invalid(`imports.${name}`, 'a function', value)
  return Object.fromEntries(offered) as Record<string, AnyFunction>
}

function readLimits(limits: ModuleLimits, isolation: LoadPlan['isolation']): LoadPlan['limits'] {
  checkOptions(limits, ['memory', 'stack', 'callTime'], 'limits', true)
  const limited = Object.keys(limits).find((key) => limits[key as keyof ModuleLimits] !== undefined)
  if (isolation === 'inline' && limited !== undefined) {
    const text = 'A module in the thread of its host cannot be held to `limits`: load it with the isolation `worker`.'
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: `limits.${limited}` })
  }
  return {
    memory: readAmount('limits.memory', limits.memory),
    stack: readAmount('limits.stack', limits.stack),
    callTime: readTime('limits.callTime', limits.callTime),
  }
}
