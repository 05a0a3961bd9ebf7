import Module from 'node:module'
import { formatNodeOptions, tokenizeNodeOptions } from '../syntax/node-options.js'
import { type Carrier, carrierVariable, decodeCarrier, shimVariable } from '../wrap/carrier.js'
import { shellDefaultPath } from '../wrap/find-program.js'
import { soleEntry, withoutShims } from '../wrap/mungers/env.js'
import { nodeOptionsFor } from '../wrap/plan.js'
import { readSnapshot, type Snapshot } from '../wrap/snapshot.js'

/** What a process was told of the contexts it is under. */
export interface Inheritance {
  /** Contexts that still exist, oldest first. */
  readonly contexts: readonly Snapshot[]
  /** How many of them had their environment applied by the process above. */
  readonly applied: number
}

type Environment = Record<string, string | undefined>

/**
 * Reads what the environment says of brood, and leaves it as it would be without brood.
 *
 * @param preload the path under which this preload was required
 */
export function takeInheritance(env: Environment, execArgv: string[], preload: string, delimiter: string): Inheritance {
  const carrier = decodeCarrier(env[carrierVariable]) ?? findCarrier(env.PATH, delimiter)
  const shim = env[shimVariable]
  delete env[carrierVariable]
  delete env[shimVariable]

  const found = carrier.contexts.map(readSnapshot)
  const contexts = found.filter((context) => context !== undefined)
  const applied = found.slice(0, carrier.inherited).filter((context) => context !== undefined).length

  restoreNodeOptions(env, contexts, preload)
  restorePath(env, carrier, shim, delimiter)
  if (shim !== undefined) restoreFragile(env, carrier)
  if (shim !== undefined || carrier.flagged === true) restoreExecArgv(execArgv, contexts)
  return { contexts, applied }
}

/** A program on the way may have kept PATH and NODE_OPTIONS alone: the newest shim directory on PATH knows the rest. */
function findCarrier(path: string | undefined, delimiter: string): Carrier {
  const entries = path === undefined || !path.includes('.node-spawn-wrap-') ? [] : path.split(delimiter)
  for (const entry of entries) {
    const snapshot = entry.includes('.node-spawn-wrap-') ? readSnapshot(entry.replace(/\/\.$/, '')) : undefined
    if (snapshot !== undefined) return { contexts: snapshot.chain, inherited: 0 }
  }
  return { contexts: [], inherited: 0 }
}

function restoreNodeOptions(env: Environment, contexts: readonly Snapshot[], preload: string): void {
  const text = env.NODE_OPTIONS
  if (text === undefined) return
  const ours = nodeOptionsFor(contexts, preload)
  const added = formatNodeOptions(ours)
  if (text === added) delete env.NODE_OPTIONS
  else if (text.startsWith(`${added} `)) env.NODE_OPTIONS = text.slice(added.length + 1)
  else env.NODE_OPTIONS = withoutTokens(text, ours, preload)
  if (env.NODE_OPTIONS?.includes(preload)) env.NODE_OPTIONS = withoutTokens(env.NODE_OPTIONS, ours, preload)
}

/** Takes our options out where somebody has put others before them, or a context among them is gone. */
function withoutTokens(text: string, ours: readonly string[], preload: string): string {
  const tokens = tokenizeNodeOptions(text) ?? []
  const at = tokens.findIndex(({ value }, index) => value === '--require' && tokens[index + 1]?.value === preload)
  if (at < 0) return text
  let length = 2
  while (length < ours.length && tokens[at + length]?.value === ours[length]) length++
  const start = (tokens[at] as { start: number }).start
  const next = tokens[at + length]
  return next === undefined ? text.slice(0, start).replace(/ $/, '') : text.slice(0, start) + text.slice(next.start)
}

function restorePath(env: Environment, { contexts }: Carrier, shim: string | undefined, delimiter: string): void {
  const newest = contexts.at(-1)
  // Windows finds PATH under any case.
  const path = env.PATH
  if (newest === undefined || path === undefined) return
  const wasAbsent = shim === undefined ? path === `${soleEntry(newest)}:${shellDefaultPath}` : shim === 'none' && path === shellDefaultPath
  if (wasAbsent) delete env.PATH
  else if (path.includes('.node-spawn-wrap-')) env.PATH = withoutShims(path, contexts, delimiter)
}

/** What a shell drops because it cannot name it, it did not drop on purpose. */
function restoreFragile(env: Environment, { fragile = [] }: Carrier): void {
  for (const pair of fragile) {
    const equals = pair.indexOf('=', 1)
    env[pair.slice(0, equals)] ??= pair.slice(equals + 1)
  }
}

function restoreExecArgv(execArgv: string[], contexts: readonly Snapshot[]): void {
  const flags = contexts.flatMap((context) => context.nodeFlags)
  if (flags.length > 0 && flags.every((flag, index) => execArgv[index] === flag)) execArgv.splice(0, flags.length)
}

/** Sets the contexts' variables. One that the process above was under already, and set otherwise for this one, stays. */
export function applyEnvironment(env: Environment, { contexts, applied }: Inheritance): void {
  contexts.forEach((context, index) => {
    for (const [name, value] of Object.entries(context.env)) {
      if (index >= applied || env[name] === undefined) env[name] = value
    }
  })
}

/** Takes a module out of everything that lists loaded modules. */
export function hideModule(module: NodeJS.Module): void {
  const internals = Module as unknown as { _cache: Record<string, unknown>; _pathCache: Record<string, string> }
  delete internals._cache[module.filename]
  for (const [request, path] of Object.entries(internals._pathCache)) {
    if (path === module.filename) delete internals._pathCache[request]
  }
  const siblings = (module as { parent?: NodeJS.Module | null }).parent?.children
  const index = siblings?.indexOf(module) ?? -1
  if (index >= 0) siblings?.splice(index, 1)
}
