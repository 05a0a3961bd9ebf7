import { findInEnvFile } from '../../syntax/env-file.js'
import { parseNodeArgv } from '../../syntax/node-argv.js'
import { tokenizeNodeOptions } from '../../syntax/node-options.js'
import { absolute, type FileSystem } from '../find-program.js'
import { findOwnPair } from '../own-variables.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pin } from './pin.js'

/** What node is called everywhere. */
export const nodeNames: readonly string[] = ['node', 'nodejs']

/** Is this the file name of a node: by its own name, or by that of the node that made the context? */
export function isNode(file: string, plan: Plan): boolean {
  const name = programName(file, plan.windows)
  return name === plan.nodeName || nodeNames.includes(name)
}

/** Starts the node that was asked for, past the shims, with the flags that NODE_OPTIONS cannot carry. */
export function mungeNode(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (!isNode(request.file, plan)) return request
  if (givesPermissions(request.args.slice(1))) return { ...request, untouched: true }
  const plain = withEnvFile(withoutWrittenOut(request, plan), files)
  const pinned = plan.windows ? plain : pin(plain, plan, files)
  if (plan.nodeFlags.length === 0) return pinned
  const [argv0 = request.file, ...rest] = pinned.args
  return { ...pinned, args: [argv0, ...plan.nodeFlags, ...rest], flagged: true }
}

/**
 * Since Node 24 `node --test` writes out all of its options for its children, those of NODE_OPTIONS included.
 * brood's are there by NODE_OPTIONS anyway, and a test would see them in its `execArgv`.
 */
function withoutWrittenOut(request: SpawnRequest, plan: Plan): SpawnRequest {
  const [argv0 = request.file, ...rest] = request.args
  const ours = (tokenizeNodeOptions(plan.nodeOptions) ?? []).map(({ value }) => value)
  const preload = ours[1] as string
  if (!rest.some((argument) => argument.endsWith(preload))) return request
  const isOurs = (name: string, value: string) => ours.some((token, index) => token === name && ours[index + 1] === value)
  const { options, rest: behind } = parseNodeArgv(rest)
  const others = options.filter(({ name, value }) => value === undefined || !isOurs(name, value))
  return { ...request, args: [argv0, ...others.flatMap(({ source }) => source), ...behind] }
}

/** Node takes NODE_OPTIONS from an `--env-file` where there is none in the environment. brood's will be there: so that of the file goes with it. */
function withEnvFile(request: SpawnRequest, files: FileSystem): SpawnRequest {
  const { env, args, cwd = '' } = request
  if (!args.some((argument) => argument.startsWith('--env-file')) || env.some((pair) => /^NODE_OPTIONS=/i.test(pair))) return request
  const found = findInEnvFiles(args.slice(1), (path) => files.readText(cwd === '' ? path : absolute(path, cwd)))
  return found === undefined ? request : { ...request, env: [...env, `NODE_OPTIONS=${found}`] }
}

/**
/**
 * The NODE_OPTIONS that node takes from its `--env-file`, where its environment has none.
 *
 * @param args what stands behind `node`
 */
export function findInEnvFiles(args: readonly string[], read: (path: string) => string): string | undefined {
  let found: string | undefined
  for (const { name, value } of parseNodeArgv(args).options) {
    // The later file wins.
    if (/^--env-file(?:-if-exists)?$/.test(name) && value !== undefined) found = findInEnvFile(read(value), 'NODE_OPTIONS') ?? found
  }
  return found
}

/** The permission model, or a policy (Node 18 and 20). */
const restriction = /--(?:(?:experimental-)?permission|experimental-policy)(?![\w-])/

/**
 * Do these arguments of node put it under the permission model or a policy?
 *
 * There a wrapper could not read its own files, or not write what it is there to write, and the program would fail for it:
 * it runs bare. (On Node 20 it could not even read the preload, and would not start.)
 *
 * @param args what stands behind `node`
 */
export function givesPermissions(args: readonly string[]): boolean {
  return parseNodeArgv(args).options.some(({ name }) => restriction.test(name))
}

/**
 * Does NODE_OPTIONS do so to each node that inherits it?
 *
 * @see Node's own search for permission flags in NODE_OPTIONS, which is as simple
 */
export function inheritsPermissions({ env }: SpawnRequest, { windows }: Plan): boolean {
  const pair = findOwnPair(env, 'NODE_OPTIONS', windows)
  return pair !== undefined && restriction.test(pair)
}
