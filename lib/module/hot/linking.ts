// What a version has of the others: what stands behind the names that it exports, and whether those are there that it imports.
import type { Origin } from './exports.js'
import { type Getter, Instance } from './instance.js'
import type { Namespace } from './native-modules.js'
import type { Source } from './source.js'
import type { Target } from './target.js'

/** The version of a module that belongs to what is being linked, or what Node has. */
type Find = (target: Target) => Instance | Namespace

/** How to read what a source exports in the end. */
export function gettersOf(source: Source, exports: ReadonlyMap<string, Origin>, find: Find): ReadonlyMap<string, Getter> {
  const getters = new Map<string, Getter>()
  for (const [name, origin] of exports) getters.set(name, getterOf(source, name, origin, find))
  return getters
}

function getterOf(source: Source, name: string, { owner, name: theirs }: Origin, find: Find): Getter {
  if (!isSource(owner)) return theirs === undefined ? () => owner : () => owner[theirs]
  const instance = find({ kind: 'local', url: owner.url, path: owner.path }) as Instance
  if (owner === source) return instance.getter(name)
  // By the namespace, which shows another version once the other module has accepted its changes.
  const { namespace } = instance
  return theirs === undefined ? () => namespace : () => namespace[theirs]
}

/** @throws SyntaxError as Node does where an import is of something that is not there */
export function checkImports(source: Source, find: Find): void {
  if (source.format !== 'module') return
  const wanted = [...source.bindings, ...source.exports.flatMap((each) => ('from' in each ? each : []))]
  for (const { from, imported } of wanted) {
    const { specifier, target } = source.imports[from] as (typeof source.imports)[number]
    const found = find(target)
    if (imported === undefined || imported in (found instanceof Instance ? found.namespace : found)) continue
    const error = new SyntaxError(`The requested module '${specifier}' does not provide an export named '${imported}'`)
    error.stack = `${source.url}:${lineOf(source.text, specifier)}\n${String(error)}`
    throw error
  }
}

const isSource = (owner: Source | Namespace): owner is Source => Object.getPrototypeOf(owner) === Object.prototype

const lineOf = (text: string, part: string) => text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length
