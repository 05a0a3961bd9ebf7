// What a host needs is loaded by the first module that is loaded, and never in a module.

import { createRequire } from 'node:module'
import type { AnyFunction } from './definition.js'
import type * as Host from './host.js'
import { type HostFunctions, type LoadOptions, planLoad } from './load-options.js'
import type { ExportsOf, LoadedModule, MainOf } from './loaded-module.js'

let host: typeof Host | undefined

/** Options may be left out where nothing must be said. */
type Rest<Exports, Imports> = object extends Imports
  ? [options?: LoadOptions<Exports, Imports>]
  : [options: LoadOptions<Exports, Imports> & { readonly imports: HostFunctions<Imports> }]

/**
 * Loads a module apart from this thread, whose functions can then be called, and which can be unloaded: all of it, and seen to be so. From relib.
 *
 * The module has `export default defineModule({ exports: { … } })`. Values are cloned both ways.
 *
 * @typeParam Exports the interface of its functions, or the type of its definition
 * @typeParam Imports the interface of the functions that it is given
 * @typeParam Main its main function, where the first type is no definition that says it
 * @param url a file URL, or an absolute path
 * @throws LoadError `ERR_BROOD_LOAD_FAILED`, `ERR_BROOD_ALREADY_LOADED`, `ERR_BROOD_STAMP_MISMATCH`, `ERR_BROOD_EXPORT_MISSING`, `ERR_BROOD_LOAD_TIMEOUT`;
 *   BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export async function loadModule<
  Exports extends object = Record<string, AnyFunction>,
  Imports extends object = object,
  Main extends AnyFunction = MainOf<Exports>,
>(url: string | URL, ...[options = {}]: Rest<ExportsOf<Exports>, Imports>): Promise<LoadedModule<ExportsOf<Exports>, Main>> {
  const plan = planLoad(options as LoadOptions)
  host ??= createRequire(import.meta.url)('./module-host.cjs') as typeof Host
  return (await host.load(url, plan)) as unknown as LoadedModule<ExportsOf<Exports>, Main>
}
