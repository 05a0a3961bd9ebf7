import { carrierVariable, shimVariable } from './carrier.js'

/** Where a variable that brood reads or writes stands in an environment. */
export interface OwnVariable {
  /** On Windows, where case does not count, in upper case. */
  readonly name: string
  readonly index: number
}

/** What brood needs to know of an environment. */
interface Survey {
  /** PATH, NODE_OPTIONS and brood's own variables, in their order. */
  readonly own: readonly OwnVariable[]
  /** The pairs whose names are no identifiers. */
  readonly unnameable: readonly string[]
}

const ownName = new RegExp(`^(?:PATH|NODE_OPTIONS|${carrierVariable}|${shimVariable})=`, 'i')

/** Shells pass on what they can name. */
const identifier = /^[A-Za-z_][A-Za-z0-9_]*=/

let latest: { readonly env: readonly string[]; readonly windows: boolean; readonly found: Survey } | undefined

/** To go through an environment is most of what brood does to start a small program, so it is done once, and the latest answer kept. */
function survey(env: readonly string[], windows: boolean): Survey {
  if (latest?.env !== env || latest.windows !== windows) latest = { env, windows, found: search(env, windows) }
  return latest.found
}

function search(env: readonly string[], windows: boolean): Survey {
  const own: OwnVariable[] = []
  const unnameable: string[] = []
  for (let index = 0; index < env.length; index++) {
    const pair = env[index] as string
    if (!identifier.test(pair)) unnameable.push(pair)
    // P, N or B, of either case: a look at one letter does for most.
    const letter = pair.charCodeAt(0) & ~0x20
    if ((letter !== 0x50 && letter !== 0x4e && letter !== 0x42) || !ownName.test(pair)) continue
    const name = pair.slice(0, pair.indexOf('='))
    const known = name.toUpperCase()
    if (windows || name === known) own.push({ name: known, index })
  }
  return { own, unnameable }
}

/** Finds PATH, NODE_OPTIONS and brood's own variables among `NAME=value` pairs, in their order. */
export function findOwnVariables(env: readonly string[], windows: boolean): readonly OwnVariable[] {
  return survey(env, windows).own
}

/** The last pair of a name; `undefined` where there is none. */
export function findOwnPair(env: readonly string[], name: string, windows: boolean): string | undefined {
  const { own } = survey(env, windows)
  for (let at = own.length - 1; at >= 0; at--) {
    const variable = own[at] as OwnVariable
    if (variable.name === name) return env[variable.index]
  }
  return undefined
}

/** The pairs whose names are no identifiers: a shell that is in between drops them. */
export function findUnnameable(env: readonly string[], windows: boolean): readonly string[] {
  return survey(env, windows).unnameable
}
