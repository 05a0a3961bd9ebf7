// What a module exports in the end, through all that it passes on: the specification's ResolveExport.
import type { Namespace } from './native-modules.js'
import type { ExportKind } from './parse-module.js'
import type { ResolvedImport, Source } from './source.js'

/** Where an import leads, as seen by a module: another source, or what Node has loaded. */
export type Imported = { readonly source: Source } | { readonly namespace: Namespace }

export type Follow = (imported: ResolvedImport) => Imported

/** What stands behind an exported name. */
export type Origin =
  /** An export of a module's own. */
  | { readonly owner: Source; readonly name: string; readonly kind: ExportKind; readonly isConstant: boolean }
  /** All that a module exports, as one object. */
  | { readonly owner: Source | Namespace; readonly name: undefined }
  | { readonly owner: Namespace; readonly name: string; readonly kind: ExportKind; readonly isConstant: false }

/** All names that a source exports, with what is behind them. A name that two others export differently is none. */
export function resolveExports(source: Source, follow: Follow): ReadonlyMap<string, Origin> {
  const found = new Map<string, Origin>()
  for (const name of exportedNames(source, follow, new Set())) {
    const origin = resolveExport(source, name, follow, [])
    if (origin !== undefined && origin !== 'ambiguous') found.set(name, origin)
  }
  return found
}

function exportedNames(source: Source, follow: Follow, seen: Set<Source>): ReadonlySet<string> {
  if (seen.has(source)) return new Set()
  seen.add(source)
  if (source.format === 'json') return new Set(['default'])
  const isScript = source.format === 'commonjs'
  const names = new Set(isScript ? ['default', ...source.exports] : source.exports.map(({ name }) => name))
  for (const each of isScript ? source.reexports : source.stars.map((star) => source.imports[star] as ResolvedImport)) {
    const imported = follow(each)
    const passed = 'source' in imported ? exportedNames(imported.source, follow, seen) : Object.keys(imported.namespace)
    for (const name of passed) if (name !== 'default') names.add(name)
  }
  return names
}

interface Visit {
  readonly source: Source
  readonly name: string
}

function resolveExport(source: Source, name: string, follow: Follow, visited: readonly Visit[]): Origin | 'ambiguous' | undefined {
  if (visited.some((each) => each.source === source && each.name === name)) return undefined
  if (source.format !== 'module') {
    return exportedNames(source, follow, new Set()).has(name) ? { owner: source, name, kind: 'unknown', isConstant: false } : undefined
  }
  const path = [...visited, { source, name }]
  const through = (place: number, imported: string | undefined): Origin | 'ambiguous' | undefined => {
    const target = follow(source.imports[place] as ResolvedImport)
    if ('source' in target) {
      return imported === undefined ? { owner: target.source, name: undefined } : resolveExport(target.source, imported, follow, path)
    }
    const { namespace } = target
    if (imported === undefined) return { owner: namespace, name: undefined }
    return imported in namespace ? { owner: namespace, name: imported, kind: 'unknown', isConstant: false } : undefined
  }
  const own = source.exports.find((each) => each.name === name)
  if (own !== undefined)
    return 'local' in own ? { owner: source, name, kind: own.kind, isConstant: own.isConstant } : through(own.from, own.imported)
  if (name === 'default') return undefined
  let found: Origin | undefined
  for (const star of source.stars) {
    const origin = through(star, name)
    if (origin === 'ambiguous') return origin
    if (origin === undefined) continue
    if (found !== undefined && (found.owner !== origin.owner || found.name !== origin.name)) return 'ambiguous'
    found = origin
  }
  return found
}
