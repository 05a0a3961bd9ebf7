// What a module exports in the end, through all that it passes on: the specification's ResolveExport.
import type { Namespace } from './native-modules.js'
import type { ExportedName, ExportKind } from './parse-module.js'
import type { ModuleSource, ResolvedImport, Source } from './source.js'

/** Where an import leads, as seen by a module: another source, or what Node has loaded. */
type Imported = { readonly source: Source } | { readonly namespace: Namespace }

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
  const resolution = new Resolution(follow)
  const found = new Map<string, Origin>()
  for (const name of resolution.namesOf(source)) {
    const origin = resolution.resolve(source, name, [])
    if (origin !== undefined && origin !== 'ambiguous') found.set(name, origin)
  }
  return found
}

interface Visit {
  readonly source: Source
  readonly name: string
}

type Resolved = Origin | 'ambiguous' | undefined

class Resolution {
  readonly #follow: Follow
  /** The exports of a module's own, by name: there may be thousands. */
  readonly #own = new Map<Source, ReadonlyMap<string, ExportedName>>()
  readonly #scriptNames = new Map<Source, ReadonlySet<string>>()

  constructor(follow: Follow) {
    this.#follow = follow
  }

  namesOf(source: Source, seen = new Set<Source>()): ReadonlySet<string> {
    if (seen.has(source)) return new Set()
    seen.add(source)
    if (source.format === 'json') return new Set(['default'])
    const isScript = source.format === 'commonjs'
    const names = new Set(isScript ? ['default', ...source.exports] : source.exports.map(({ name }) => name))
    for (const each of isScript ? source.reexports : starsOf(source)) {
      const imported = this.#follow(each)
      const passed = 'source' in imported ? this.namesOf(imported.source, seen) : Object.keys(imported.namespace)
      for (const name of passed) if (name !== 'default') names.add(name)
    }
    return names
  }

  resolve(source: Source, name: string, visited: readonly Visit[]): Resolved {
    if (visited.some((each) => each.source === source && each.name === name)) return undefined
    if (source.format !== 'module') return this.#resolveInScript(source, name)
    const path = [...visited, { source, name }]
    const own = this.#ownOf(source).get(name)
    if (own !== undefined) {
      if ('local' in own) return { owner: source, name, kind: own.kind, isConstant: own.isConstant }
      return this.#pass(source.imports[own.from] as ResolvedImport, own.imported, path)
    }
    return name === 'default' ? undefined : this.#resolveInStars(source, name, path)
  }

  #resolveInScript(source: Source, name: string): Resolved {
    let names = this.#scriptNames.get(source)
    if (names === undefined) this.#scriptNames.set(source, (names = this.namesOf(source)))
    // To an import Node shows what CommonJS had exported when it was evaluated, and nothing that it exports later.
    return names.has(name) ? { owner: source, name, kind: 'unknown', isConstant: source.format === 'commonjs' } : undefined
  }

  #resolveInStars(source: ModuleSource, name: string, path: readonly Visit[]): Resolved {
    let found: Origin | undefined
    for (const star of starsOf(source)) {
      const origin = this.#pass(star, name, path)
      if (origin === 'ambiguous') return origin
      if (origin === undefined) continue
      if (found !== undefined && (found.owner !== origin.owner || found.name !== origin.name)) return 'ambiguous'
      found = origin
    }
    return found
  }

  /** @param name `undefined`: all of it, as one object */
  #pass(imported: ResolvedImport, name: string | undefined, path: readonly Visit[]): Resolved {
    const target = this.#follow(imported)
    if ('source' in target) return name === undefined ? { owner: target.source, name } : this.resolve(target.source, name, path)
    const { namespace } = target
    if (name === undefined) return { owner: namespace, name }
    return name in namespace ? { owner: namespace, name, kind: 'unknown', isConstant: false } : undefined
  }

  #ownOf(source: ModuleSource): ReadonlyMap<string, ExportedName> {
    let own = this.#own.get(source)
    if (own === undefined) this.#own.set(source, (own = new Map(source.exports.map((each) => [each.name, each]))))
    return own
  }
}

const starsOf = ({ stars, imports }: ModuleSource) => stars.map((star) => imports[star] as ResolvedImport)
