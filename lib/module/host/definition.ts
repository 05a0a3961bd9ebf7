import { BroodError } from '../../errors.js'

/** Any function at all. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyFunction = (...args: any[]) => unknown

/** What a module is, for who loads it. */
export interface ModuleDefinition<Exports extends object = object, Main extends AnyFunction = AnyFunction> {
  /** What `main()` of the loaded module calls. @default none */
  readonly main?: Main
  /** The functions that the host may call. @default none */
  readonly exports?: Exports
  /**
   * Called before the module is unloaded, when no call runs any more, also where calls have failed. It may use imports, and wait for work that the module
   * does in the background. Where it throws, the module stays. @default nothing
   */
  readonly beforeUnload?: () => unknown
  /** Of the interface that the module is written for: see {@link stampOf}. @default none */
  readonly stamp?: string
  /** The ABI of Node that its native addons are made for, as `process.versions.modules` says it. @default any */
  readonly abi?: number | string
}

/** A definition that `defineModule` has made. */
export interface DefinedModule<Exports extends object = object, Main extends AnyFunction = AnyFunction>
  extends ModuleDefinition<Exports, Main> {
  /** What of a definition another version of brood can understand. */
  readonly [mark]: { readonly protocol: number }
}

// Of this shape: a module may have a copy of brood of its own.
const mark: unique symbol = Symbol.for('brood.module.definition@1') as never

/** What the two sides of a module expect of each other; another number is another brood. */
export const protocol = 1

const names: ReadonlySet<string> = new Set(['main', 'exports', 'beforeUnload', 'stamp', 'abi'])

/**
 * Says what a module is: `export default defineModule({ main, exports: { add } })`, or `module.exports = defineModule(…)`. From relib.
 *
 * Types are inferred; an interface that host and module share goes in front: `defineModule<Exports>({ exports })`.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function defineModule<Exports extends object = object, Main extends AnyFunction = AnyFunction>(
  definition: ModuleDefinition<Exports, Main>,
): DefinedModule<Exports, Main> {
  if (typeof definition !== 'object' || definition === null)
    throw invalid('definition', 'defineModule() must be given an object with `exports`.')
  const unknown = Object.keys(definition).find((name) => !names.has(name))
  if (unknown !== undefined) throw invalid(unknown, `defineModule() knows no \`${unknown}\`. There are ${[...names].join(', ')}.`)
  const { main, exports = {}, beforeUnload, stamp, abi } = definition
  for (const [name, value] of Object.entries({ main, beforeUnload, ...exports })) {
    if (value !== undefined && typeof value !== 'function') throw invalid(name, `\`${name}\` must be a function, and is ${typeof value}.`)
  }
  if (stamp !== undefined && typeof stamp !== 'string') throw invalid('stamp', '`stamp` must be a text: stampOf(…) makes one.')
  if (abi !== undefined && !/^\d+$/.test(String(abi))) throw invalid('abi', '`abi` must be a number, as process.versions.modules is one.')
  return Object.defineProperty({ ...definition }, mark, { value: { protocol } }) as DefinedModule<Exports, Main>
}

/** Is it one, of whichever copy of brood? */
export function isDefinition(value: unknown): value is DefinedModule {
  return typeof value === 'object' && value !== null && mark in value
}

/** The protocol of the brood that has made it. */
export const protocolOf = (definition: DefinedModule): number => definition[mark].protocol

const invalid = (argument: string, message: string) => new BroodError('ERR_BROOD_INVALID_ARGUMENT', message, { argument })
