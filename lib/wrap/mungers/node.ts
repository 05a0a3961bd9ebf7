import { parseNodeArgv } from '../../syntax/node-argv.js'
import { tokenizeNodeOptions } from '../../syntax/node-options.js'
import type { FileSystem } from '../find-program.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pin } from './pin.js'

/** Is this the file name of a node: by its own name, or by that of the node that made the context? */
export function isNode(file: string, plan: Plan): boolean {
  const name = programName(file, plan.windows)
  return name === 'node' || name === plan.nodeName || name === 'nodejs'
}

/** Starts the node that was asked for, past the shims, with the flags that NODE_OPTIONS cannot carry. */
export function mungeNode(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (!isNode(request.file, plan)) return request
  if (isRestricted(request)) return { ...request, untouched: true }
  const plain = withoutWrittenOut(request, plan)
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

/**
 * The permission model and a policy refuse to read the preload, and node would not start.
 *
 * @see Node's own search for permission flags in NODE_OPTIONS, which is as simple
 */
function isRestricted({ args, env }: SpawnRequest): boolean {
  const { options } = parseNodeArgv(args.slice(1))
  return (
    options.some(({ name }) => restriction.test(` ${name}`)) ||
    env.some((pair) => pair.startsWith('NODE_OPTIONS=') && restriction.test(pair))
  )
}

const restriction = /--(?:(?:experimental-)?permission|experimental-policy)(?![\w-])/
