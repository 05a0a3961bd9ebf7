// What hot() is where a module is to be hot. It is loaded there and nowhere else, with its parser.
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BroodError } from '../../errors.js'
import { HotReloadError } from './errors.js'
import type { HotHandle } from './hot-handle.js'
import { HotModule } from './hot-module.js'
import type { HotPlan } from './hot-options.js'
import { ModuleGraph } from './module-graph.js'
import { preloadNatives } from './native-modules.js'
import { type LocalTarget, resolveNativePaths } from './target.js'
import { Watching } from './watching.js'

export { loadCollectable } from './collectable.js'

const handles = new WeakMap<object, HotHandle>()

let watching: Watching | undefined
const graph = new ModuleGraph({ onChange: () => watching?.tell() })

/** @throws HotReloadError, HotExportError */
export async function hotModule(from: string | URL, specifier: string, plan: HotPlan, isRequired: boolean): Promise<object> {
  const parent = parentUrl(from)
  for (const path of resolveNativePaths(plan.native, parent)) graph.dependencies.native.add(path)
  const target = localTarget(specifier, parent)
  // What was wrong when it was asked for before may be right now.
  graph.dependencies.look(target, { isPatient: false })
  await preloadNatives(graph.dependencies.nativesOf(target))
  if (plan.auto) watching ??= new Watching()
  const module = addRoot(target, () => new HotModule(graph, target, plan, plan.auto ? watching : undefined, isRequired))
  if (plan.auto) graph.watched.add(target)
  const { exports } = module
  handles.set(exports, module)
  if (plan.auto) await watching?.watch(graph.watchedPaths())
  return exports
}

/** A module that cannot be hot is none of the graph's. */
function addRoot<T>(target: LocalTarget, make: () => T): T {
  graph.roots.add(target)
  try {
    return make()
  } catch (error) {
    graph.roots.delete(target)
    throw error
  }
}

export function handleOf(exports: object): HotHandle | undefined {
  return handles.get(exports)
}

function parentUrl(from: string | URL): string {
  try {
    return String(typeof from === 'string' && isAbsolute(from) ? pathToFileURL(from) : new URL(from))
  } catch (cause) {
    const message = `\`from\` must be the caller's import.meta.url or __filename, and is ${JSON.stringify(String(from))}.`
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', message, { argument: 'from', cause })
  }
}

function localTarget(specifier: string, parent: string): LocalTarget {
  let target: ReturnType<typeof graph.dependencies.resolve>
  try {
    target = graph.dependencies.resolve(specifier, parent)
  } catch (cause) {
    throw new HotReloadError(`${specifier} cannot be found from ${parent}: ${(cause as Error).message}.`, { file: specifier }, { cause })
  }
  if (target.kind === 'local') return target
  const reason = 'It is loaded by Node, once: only files of your own can be hot.'
  throw new HotReloadError(`${specifier} cannot be hot. ${reason} Import it as ever, or have it static.`, { file: target.url })
}
