import { recordThrown } from '../../../process/error-record.js'
import { type DefinedModule, isDefinition, protocol, protocolOf } from '../definition.js'
import { clones } from '../not-cloneable.js'
import type { LoadFault, LoadRequest } from '../wire.js'

/**
 * What `defineModule` has made in a module that was imported: its default export, which of CommonJS is `module.exports` or, where a compiler has made it,
 * `exports.default`.
 */
export function findDefinition(namespace: { readonly default?: unknown }): DefinedModule | undefined {
  const { default: exported } = namespace
  const inner = typeof exported === 'object' && exported !== null ? (exported as { readonly default?: unknown }).default : undefined
  return [exported, inner].find(isDefinition)
}

/** What speaks against the definition of a module, if anything. */
export function judgeDefinition(definition: DefinedModule | undefined, request: LoadRequest): LoadFault | undefined {
  if (definition === undefined) {
    const text = 'has no definition. It needs `export default defineModule({ … })`, of brood/module.'
    return { code: 'ERR_BROOD_EXPORT_MISSING', text, exportName: 'default' }
  }
  return judgeStamps(definition, request) ?? judgeExports(definition, request)
}

function judgeStamps(definition: DefinedModule, { stamp: expected }: LoadRequest): LoadFault | undefined {
  const spoken = protocolOf(definition)
  if (spoken !== protocol) {
    const text = `was made for another version of brood: it speaks protocol ${spoken}, and this one ${protocol}. Install the same version for both.`
    return { code: 'ERR_BROOD_STAMP_MISMATCH', text, expected: String(protocol), found: String(spoken) }
  }
  const { stamp = null, abi } = definition
  if (expected !== undefined && stamp !== expected) {
    const text =
      stamp === null
        ? 'has no stamp, and the host asks for one: pass `stamp` to defineModule().'
        : 'was written for another version of the interface that it shares with the host: its stamp is another one.'
    return { code: 'ERR_BROOD_STAMP_MISMATCH', text, expected, found: stamp }
  }
  const { modules } = process.versions
  if (abi === undefined || String(abi) === modules) return undefined
  const text = `has addons for a Node.js of ABI ${abi}, and this one has ABI ${modules}. Build them for Node.js ${process.version}.`
  return { code: 'ERR_BROOD_STAMP_MISMATCH', text, expected: modules, found: String(abi) }
}

function judgeExports({ exports = {} }: DefinedModule, { required }: LoadRequest): LoadFault | undefined {
  const names = exportNames(exports)
  const missing = required.find((name) => !names.includes(name))
  if (missing === undefined) return undefined
  const known = names.length === 0 ? 'It has none' : `It has ${names.join(', ')}`
  return { code: 'ERR_BROOD_EXPORT_MISSING', text: `has no export "${missing}", which the host requires. ${known}.`, exportName: missing }
}

/** Of an object, or of an instance of a class. */
export function exportNames(exports: object): string[] {
  const names = new Set<string>()
  for (let at: object | null = exports; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (name !== 'constructor' && typeof (exports as Record<string, unknown>)[name] === 'function') names.add(name)
    }
  }
  return [...names]
}

/** Why a module could not be evaluated. */
export function judgeFailure(error: unknown): LoadFault {
  const record = recordThrown(error, clones)
  // Node's own words: an addon is of another ABI, and there is no code for it alone.
  const [, found] = /NODE_MODULE_VERSION (\d+)/.exec(error instanceof Error ? error.message : '') ?? []
  if (found === undefined) return { code: 'ERR_BROOD_LOAD_FAILED', record }
  const { modules } = process.versions
  const text = `has an addon for a Node.js of ABI ${found}, and this one has ABI ${modules}. Build it for Node.js ${process.version}.`
  return { code: 'ERR_BROOD_STAMP_MISMATCH', text, expected: modules, found, record }
}
