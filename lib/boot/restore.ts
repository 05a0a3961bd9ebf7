// What may have become of the variables on the way into this process. Where nothing has, inheritance.ts does it all.
import { enableDebug } from '../diagnostics.js'
import { pathDelimiter, spellingOf } from '../platform.js'
import { formatNodeOptions, tokenizeNodeOptions } from '../syntax/node-options.js'
import { type Carrier, carrierVariable, decodeCarrier, shimVariable } from '../wrap/carrier.js'
import { isProgram } from '../wrap/file-system.js'
import { findProgram, shellDefaultPath } from '../wrap/find-program.js'
import { soleEntry, withoutShims } from '../wrap/mungers/env.js'
import { nodeOptionsFor } from '../wrap/plan.js'
import { directoryPrefix, readSnapshot, type Snapshot } from '../wrap/snapshot.js'
import type { Environment, Inheritance } from './inheritance.js'

/**
 * Reads what the environment says of brood, and leaves it as it would be without brood, whatever has become of it on the way.
 *
 * @param preload the path under which this preload was required
 */
export function takeInheritance(env: Environment, execArgv: string[], preload: string): Inheritance {
  const carrier = decodeCarrier(env[carrierVariable]) ?? findCarrier(env.PATH)
  const shim = env[shimVariable]
  delete env[carrierVariable]
  delete env[shimVariable]

  const contexts: Snapshot[] = []
  let applied = 0
  for (const [index, directory] of carrier.contexts.entries()) {
    const snapshot = readSnapshot(directory)
    if (snapshot === undefined) continue
    contexts.push(snapshot)
    if (index < carrier.inherited) applied++
  }

  if (env.NODE_OPTIONS === carrier.nodeOptions) delete env.NODE_OPTIONS
  else restoreNodeOptions(env, carrier, contexts, preload)

  const { PATH: path } = env
  const first = `${carrier.contexts[carrier.contexts.length - 1]}${pathDelimiter}`
  if (path?.startsWith(first) && !path.includes(directoryPrefix, first.length)) env[spellingOf('PATH', env)] = path.slice(first.length)
  else restorePath(env, carrier, shim)

  if (shim !== undefined) {
    restoreFragile(env, carrier)
    restoreCommandPath(env, carrier)
  }
  if (shim !== undefined || carrier.flagged === true) restoreExecArgv(execArgv, contexts)
  return { contexts, applied, trace: carrier.trace }
}

/** A program on the way may have kept PATH and NODE_OPTIONS alone: the newest shim directory on PATH knows the rest. */
function findCarrier(path = ''): Carrier {
  for (const entry of path.split(pathDelimiter)) {
    const snapshot = entry.includes(directoryPrefix) ? readSnapshot(entry.replace(/\/\.$/, '')) : undefined
    if (snapshot !== undefined) return { contexts: snapshot.chain, inherited: 0 }
  }
  return { contexts: [], inherited: 0 }
}

function restoreNodeOptions(env: Environment, carrier: Carrier, contexts: readonly Snapshot[], preload: string): void {
  let text = env.NODE_OPTIONS
  if (text === undefined) return
  const ours = nodeOptionsFor(contexts, preload)
  for (const added of [carrier.nodeOptions, formatNodeOptions(ours)]) {
    if (added === undefined) continue
    if (text === added) {
      delete env.NODE_OPTIONS
      return
    }
    if (text.startsWith(`${added} `)) text = text.slice(added.length + 1)
  }
  env.NODE_OPTIONS = text.includes(directoryPrefix) ? withoutTokens(text, ours, preload) : text
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

function restorePath(env: Environment, { contexts }: Carrier, shim: string | undefined): void {
  const newest = contexts[contexts.length - 1]
  const { PATH: path } = env
  if (newest === undefined || path === undefined) return
  const rest = withoutShims(path, contexts, pathDelimiter)
  if (rest === shellDefaultPath && (shim === undefined ? path.startsWith(`${soleEntry(newest)}:`) : shim === 'none')) delete env.PATH
  else env[spellingOf('PATH', env)] = rest
}

/** What a shell drops because it cannot name it, it did not drop on purpose. */
function restoreFragile(env: Environment, { fragile = [] }: Carrier): void {
  for (const pair of fragile) {
    const equals = pair.indexOf('=', 1)
    env[pair.slice(0, equals)] ??= pair.slice(equals + 1)
  }
}

/** bash tells each command by which path it has found it. */
function restoreCommandPath(env: Environment, { contexts }: Carrier): void {
  const { _: found = '', PATH: path } = env
  const slash = found.lastIndexOf('/')
  if (!contexts.includes(found.slice(0, slash).replace(/\/\.$/, ''))) return
  const program = findProgram(found.slice(slash + 1), { path: path ?? shellDefaultPath, cwd: '.' }, { isProgram })
  if (program !== undefined) env._ = program
}

function restoreExecArgv(execArgv: string[], contexts: readonly Snapshot[]): void {
  const flags = contexts.flatMap((context) => context.nodeFlags)
  if (flags.length > 0 && flags.every((flag, index) => execArgv[index] === flag)) execArgv.splice(0, flags.length)
}

export { enableDebug }
