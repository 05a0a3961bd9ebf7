import { type Carrier, carrierVariable, encodeCarrier, shimVariable } from '../carrier.js'
import { shellDefaultPath } from '../find-program.js'
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
  const env: string[] = []
  const fragile: string[] = []
  const mayPassShim = !plan.windows && mayPassAShim(request, plan)
  let hasPath = false
  let hasNodeOptions = false
  for (const pair of request.env) {
    // One test for most of them: this loop is what brood adds to the start of a small program.
    const name = mayBeOurs.test(pair) ? variableName(pair, plan.windows) : undefined
    if (name === carrierVariable || name === shimVariable) continue
    if (name === 'PATH') {
      hasPath = true
      env.push(request.shimless ? pair : withShim(pair, plan))
    } else if (name === 'NODE_OPTIONS') {
      hasNodeOptions = true
      env.push(withPreload(pair, plan))
    } else {
      env.push(pair)
      if (mayPassShim && !beginsWithIdentifier.test(pair)) fragile.push(pair)
    }
  }
  // On Windows a process that is given no Path gets this one's.
  if (!hasPath && !request.shimless && !plan.windows) env.push(`PATH=${soleEntry(plan.shims.at(-1) as string)}:${shellDefaultPath}`)
  if (!hasNodeOptions) env.push(`NODE_OPTIONS=${plan.nodeOptions}`)
  env.push(`${carrierVariable}=${carrierText(request, plan, fragile)}`)
  return { ...request, env }
}

const mayBeOurs = new RegExp(`^(?:PATH|NODE_OPTIONS|${carrierVariable}|${shimVariable})=`, 'i')

/** Shells pass on what they can name. */
const beginsWithIdentifier = /^[A-Za-z_][A-Za-z0-9_]*=/

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

function withShim(pair: string, { shims, windows }: Plan): string {
  const value = pair.indexOf('=') + 1
  const shim = shims.at(-1) as string
  const first = `${shim}${windows ? ';' : ':'}`
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
export function pathOf(request: SpawnRequest, plan: Plan): string | undefined {
  const isPath = plan.windows ? (pair: string) => variableName(pair, true) === 'PATH' : (pair: string) => pair.startsWith('PATH=')
  const pair = request.env.findLast(isPath)
  if (pair === undefined) return undefined
  return withoutShims(pair.slice(pair.indexOf('=') + 1), plan.shims, plan.windows ? ';' : ':')
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
