// The engine of hot modules, with its parser, is loaded where a module is hot, and nowhere else.

import type * as Engine from './engine.js'
import { HotExportError } from './errors.js'
import type { HotHandle } from './hot-handle.js'
import { type HotOptions, type HotPlan, planHot } from './hot-options.js'

let engine: typeof Engine | undefined

/**
 * Loads a module that may change while the program runs: a change of its file, or of a local file that it depends on, is live at the next call. From
 * dymod.
 *
 * In production it is `load()` and nothing else: the very namespace of the module, no watcher, no cost.
 *
 * Otherwise it is an object with the exports of the module. Its functions stay the same objects, whatever version answers; the module is evaluated
 * at the first call, apart from what Node itself has loaded of it.
 *
 * @param from the caller's `import.meta.url`, or its `__filename`
 * @param specifier the module, as it would be imported from there: a relative path, a file URL
 * @param load imports the same module: `() => import('./sheep.js')`. It gives the type, and the module where it is static.
 * @throws HotReloadError where the module cannot be read, or can never be hot; HotExportError where a required export is missing; BroodError
 * `ERR_BROOD_INVALID_ARGUMENT`
 */
export async function hot<Exports extends object>(
  from: string | URL,
  specifier: string,
  load: () => Exports | PromiseLike<Exports>,
  options: HotOptions = {},
): Promise<Exports> {
  const plan = planHot(options, process.env)
  if (plan.mode === 'static') return checkRequired(await load(), specifier, plan)
  engine ??= (await import(new URL('./module-hot.js', import.meta.url).href)) as typeof Engine
  return (await engine.hotModule(from, specifier, plan, isRequire(load))) as Exports
}

/** What a function that requires a module gives of CommonJS is what that exports, and not its namespace. */
const isRequire = (load: () => unknown) => /\brequire\s*\(/.test(Function.prototype.toString.call(load))

function checkRequired<Exports extends object>(exports: Exports, specifier: string, { required }: HotPlan): Exports {
  const missing = required.find((name) => !(name in exports))
  if (missing !== undefined)
    throw new HotExportError(`${specifier} has no export "${missing}", which is required.`, { exportName: missing })
  return exports
}

/** The handle of a module that {@link hot} has returned; `undefined` where it is static. */
export function hotHandle(exports: object): HotHandle | undefined {
  return engine?.handleOf(exports)
}
