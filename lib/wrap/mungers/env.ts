import { type Carrier, carrierVariable, encodeCarrier } from '../carrier.js'
import { shellDefaultPath } from '../find-program.js'
import { findOwnPair, findOwnVariables, findUnnameable } from '../own-variables.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'

/** Where there was no PATH, the shim directory is written in this form, and the preload takes the whole PATH away again. */
export function soleEntry(shim: string): string {
  return `${shim}/.`
}

/**
 * Adds the three nets to a child's environment: NODE_OPTIONS, the shim directory on PATH, and the carrier.
 *
 * Every pair keeps its place, since a program may show its environment in order.
 */
export function mungeEnv(request: SpawnRequest, plan: Plan): SpawnRequest {
  const { shimless = false } = request
  const pairs: (string | undefined)[] = request.env.slice()
  let isCarried = false
  let hasPath = false
  let hasNodeOptions = false
  for (const { name, index } of findOwnVariables(request.env, plan.windows)) {
    const pair = pairs[index] as string
    if (name === 'PATH') {
      hasPath = true
      pairs[index] = shimless ? pair : withShim(pair, plan)
    } else if (name === 'NODE_OPTIONS') {
      hasNodeOptions = true
      pairs[index] = withPreload(pair, plan)
    } else {
      isCarried = true
      pairs[index] = undefined
    }
  }
  const env = isCarried ? pairs.filter((pair) => pair !== undefined) : (pairs as string[])
  // On Windows a process that is given no Path gets this one's.
  if (!hasPath && !shimless && !plan.windows) env.push(`PATH=${shimEntries(plan).map(soleEntry).join(':')}:${shellDefaultPath}`)
  if (!hasNodeOptions) env.push(`NODE_OPTIONS=${plan.nodeOptions}`)
  env.push(`${carrierVariable}=${carrierText(request, plan, findFragile(request, plan))}`)
  return { ...request, env }
}

/** The pairs that a shim's shell would drop. */
function findFragile(request: SpawnRequest, plan: Plan): readonly string[] {
  if (plan.windows || !mayPassAShim(request, plan)) return []
  return findUnnameable(request.env, plan.windows)
}

function carrierText(request: SpawnRequest, plan: Plan, fragile: readonly string[]): string {
  if (fragile.length === 0 && !request.flagged) return plainCarrierText(plan)
  const carrier: Carrier = { ...plan.carrier, nodeOptions: plan.nodeOptions, ...(request.flagged && { flagged: true }) }
  if (fragile.length === 0) return encodeCarrier(carrier)
  const text = encodeCarrier({ ...carrier, fragile })
  // Better that a shim's shell drops a variable than that nothing can be started.
  return text.length > longestCarrier ? encodeCarrier(carrier) : text
}

const plainCarrierTexts = new WeakMap<Plan, string>()

function plainCarrierText(plan: Plan): string {
  let text = plainCarrierTexts.get(plan)
  if (text === undefined) {
    text = encodeCarrier({ ...plan.carrier, nodeOptions: plan.nodeOptions })
    plainCarrierTexts.set(plan, text)
  }
  return text
}

/** Linux takes no string of more than 128 KiB in an environment; these characters may take three bytes each. */
const longestCarrier = 40_000

/** Node itself passes none, and a dash drops on its own what the dash in a shim would drop. */
function mayPassAShim({ file }: SpawnRequest, plan: Plan): boolean {
  const name = programName(file, plan.windows)
  return name !== 'node' && name !== plan.nodeName && !['sh', 'dash', 'ash'].includes(name)
}

/** brood's entries of PATH. */
export function shimEntries({ shims, replaced }: Plan): string[] {
  return [shims.at(-1) as string, ...(replaced?.shims ?? [])]
}

function withShim(pair: string, plan: Plan): string {
  const value = pair.indexOf('=') + 1
  const shim = plan.shims.at(-1) as string
  const delimiter = plan.windows ? ';' : ':'
  const first = `${plan.replaced === undefined ? shim : shimEntries(plan).join(delimiter)}${delimiter}`
  const isThere = pair.startsWith(first, value) || pair.startsWith(`${soleEntry(shim)}:`, value)
  return isThere ? pair : `${pair.slice(0, value)}${first}${pair.slice(value)}`
}

function withPreload(pair: string, plan: Plan): string {
  const value = pair.slice('NODE_OPTIONS='.length)
  // The space tells an empty NODE_OPTIONS from none.
  return value.startsWith(plan.nodeOptions) ? pair : `NODE_OPTIONS=${plan.nodeOptions} ${value}`
}

/** The name in a `NAME=value` pair; on Windows, where case does not count, in upper case. */
export function variableName(pair: string, windows: boolean): string {
  // Windows has variables like "=C:".
  const name = pair.slice(0, pair.indexOf('=', 1))
  return windows ? name.toUpperCase() : name
}

/** The PATH of a request without brood's own entry; `undefined` where there is none. */
export function pathOf({ env }: SpawnRequest, { shims, windows }: Plan): string | undefined {
  const pair = findOwnPair(env, 'PATH', windows)
  return pair === undefined ? undefined : withoutShims(pair.slice(pair.indexOf('=') + 1), shims, windows ? ';' : ':')
}

/** Takes brood's entries out of a PATH, and leaves every other byte as it is. */
export function withoutShims(path: string, shims: readonly string[], delimiter: string): string {
  if (!shims.some((shim) => path.includes(shim))) return path
  const isOurs = (entry: string) => shims.some((shim) => entry === shim || entry === soleEntry(shim))
  return path
    .split(delimiter)
    .filter((entry) => !isOurs(entry))
    .join(delimiter)
}
