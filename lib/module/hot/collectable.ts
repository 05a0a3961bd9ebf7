import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HotReloadError } from './errors.js'
import { findPackage } from './format.js'
import { ModuleGraph } from './module-graph.js'
import { type Namespace, preloadNatives } from './native-modules.js'

/** A module that V8 can forget, with the files that it imports. */
interface Collectable {
  readonly namespace: Namespace
  /** What is there as long as it is. */
  readonly parts: readonly WeakRef<object>[]
}

/**
 * Evaluates a module, with all local files that it imports, apart from Node's own modules. When nobody refers to it any more it is collected.
 *
 * @param substitutes what is imported by these names is this
 * @throws HotReloadError where a file cannot be understood; what the module throws
 */
export async function loadCollectable(url: string, substitutes: Readonly<Record<string, Namespace>>): Promise<Collectable> {
  // It may be a package's: its files are the module's own all the same.
  const own = findPackage(dirname(realpathSync(fileURLToPath(url))))?.directory
  const graph = new ModuleGraph({ onChange: () => {}, isHot: false, substitutes: new Map(Object.entries(substitutes)), own })
  const { dependencies } = graph
  const root = dependencies.targetOf(url)
  if (root.kind !== 'local') throw new HotReloadError(`${url} is no JavaScript or TypeScript, by its name.`, { file: url })
  const wrong = dependencies.errorBelow(root)
  if (wrong !== undefined) throw wrong
  await preloadNatives(dependencies.nativesOf(root))
  graph.roots.add(root)
  graph.replace(root, new Set(), { isDisposedFirst: false, check: () => {} })
  const { namespace } = graph.liveVersion(root.url) as { readonly namespace: Namespace }
  return { namespace, parts: graph.liveVersions().map((instance) => new WeakRef(instance)) }
}
