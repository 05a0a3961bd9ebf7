// Node's resolution of what an ES module imports, from any file, at once. Node has it for the asking module alone.
import { moduleResolve } from 'import-meta-resolve'
import { userOptions } from './user-options.js'

/** The conditions by which Node chooses among what a package exports. */
const conditions: ReadonlySet<string> = new Set([
  'node',
  'import',
  // Where a module can be required.
  ...('require_module' in process.features ? ['module-sync'] : []),
  'node-addons',
  ...userConditions(userOptions()),
])

/** @throws what Node throws: ERR_MODULE_NOT_FOUND and its like */
export function resolveImport(specifier: string, parent: string): string {
  return moduleResolve(specifier, new URL(parent), conditions as Set<string>, false).href
}

/** The values of `--conditions`, in all the ways to write them. */
export function userConditions(options: readonly string[]): readonly string[] {
  return options.flatMap((option, index) => {
    if (option === '-C' || option === '--conditions') return options[index + 1] ?? []
    return /^--conditions=(.+)$/.exec(option)?.[1] ?? []
  })
}
