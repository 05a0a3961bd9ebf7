import { BroodError } from '../../errors.js'
import { getState } from '../state.js'
import type { AnyFunction } from './definition.js'

/**
 * Where a module says what its host offers, so that {@link imports} has types:
 *
 * `declare module 'brood/module' { interface Register { imports: HostFunctions } }`
 */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface
export interface Register {}

/** The functions that {@link Register} says; without it any name, of any type. */
export type RegisteredImports = Register extends { imports: infer Imports } ? Imports : Readonly<Record<string, AnyFunction>>

/** Functions of the host as a module calls them: each returns a promise, since the host is elsewhere. */
export type ImportsOf<Functions> = {
  readonly [Name in keyof Functions as Functions[Name] extends AnyFunction ? Name : never]: Functions[Name] extends (
    ...args: infer Args
  ) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

type Functions = Readonly<Record<string, AnyFunction>>

/** The functions of a host, by their names: whatever it offers by now. */
export function makeImports(find: () => Functions | undefined): Functions {
  return new Proxy(Object.create(null) as Record<string, AnyFunction>, {
    get(_target, name) {
      // A promise would be asked for `then`; people look at it.
      if (typeof name === 'symbol' || name === 'then') return undefined
      const offered = find()
      if (offered === undefined) {
        const text = `imports.${name} has a meaning only in a module that loadModule() has loaded.`
        throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: name })
      }
      if (Object.hasOwn(offered, name)) return offered[name]
      const known = Object.keys(offered)
      const others = known.length === 0 ? 'It offers none' : `It offers ${known.join(', ')}`
      throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `The host offers no import "${name}". ${others}.`, { argument: name })
    },
    has: (_target, name) => Object.hasOwn(find() ?? {}, name),
    ownKeys: () => Object.keys(find() ?? {}),
    getOwnPropertyDescriptor: (_target, name) => {
      const value = find()?.[name as string]
      return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false }
    },
  })
}

const found = makeImports(() => getState().imports)

/**
 * The functions that the host offers a module: `await imports.ten()`. What they throw is thrown here where the host has chosen so by `onImportError`.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` for a name that the host does not offer, and outside of a module; `ERR_BROOD_NOT_CLONEABLE`
 */
export const imports: ImportsOf<RegisteredImports> = found as unknown as ImportsOf<RegisteredImports>

/** {@link imports}, with types that are given here: for who would rather not declare them for the whole module. */
export const importsOf = <Functions extends object>(): ImportsOf<Functions> => found as unknown as ImportsOf<Functions>
