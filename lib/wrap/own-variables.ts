import { carrierVariable, shimVariable } from './carrier.js'

/** Where a variable that brood reads or writes stands in an environment. */
export interface OwnVariable {
  /** On Windows, where case does not count, in upper case. */
  readonly name: string
  readonly index: number
}

const pattern = new RegExp(`^(?:PATH|NODE_OPTIONS|${carrierVariable}|${shimVariable})=`, 'i')

let latest: { readonly env: readonly string[]; readonly windows: boolean; readonly found: readonly OwnVariable[] } | undefined

/**
 * Finds PATH, NODE_OPTIONS and brood's own variables among `NAME=value` pairs, in their order.
 *
 * To go through an environment is most of what brood does to start a small program, so the latest answer is kept.
 */
export function findOwnVariables(env: readonly string[], windows: boolean): readonly OwnVariable[] {
  if (latest?.env !== env || latest.windows !== windows) latest = { env, windows, found: search(env, windows) }
  return latest.found
}

function search(env: readonly string[], windows: boolean): OwnVariable[] {
  const found: OwnVariable[] = []
  for (let index = 0; index < env.length; index++) {
    const pair = env[index] as string
    // P, N or B, of either case: a look at one letter does for most.
    const letter = pair.charCodeAt(0) & ~0x20
    if ((letter !== 0x50 && letter !== 0x4e && letter !== 0x42) || !pattern.test(pair)) continue
    const name = pair.slice(0, pair.indexOf('='))
    const known = name.toUpperCase()
    if (windows || name === known) found.push({ name: known, index })
  }
  return found
}

/** The last pair of a name; `undefined` where there is none. */
export function findOwnPair(env: readonly string[], name: string, windows: boolean): string | undefined {
  const variable = findOwnVariables(env, windows).findLast((candidate) => candidate.name === name)
  return variable === undefined ? undefined : env[variable.index]
}
