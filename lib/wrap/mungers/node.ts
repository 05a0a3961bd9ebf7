import { parseNodeArgv } from '../../syntax/node-argv.js'
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
  if (isUnderPermissions(request)) return { ...request, untouched: true }
  const pinned = plan.windows ? request : pin(request, plan, files)
  if (plan.nodeFlags.length === 0) return pinned
  const [argv0 = request.file, ...rest] = pinned.args
  return { ...pinned, args: [argv0, ...plan.nodeFlags, ...rest], flagged: true }
}

/**
 * The permission model refuses to read the preload, and node would not start.
 *
 * @see Node's own search for these flags in NODE_OPTIONS, which is as simple
 */
function isUnderPermissions({ args, env }: SpawnRequest): boolean {
  const flag = /^--(?:experimental-)?permission(?:=|$)/
  const { options } = parseNodeArgv(args.slice(1))
  return options.some(({ name }) => flag.test(name)) || env.some((pair) => /^NODE_OPTIONS=.*--(?:experimental-)?permission/s.test(pair))
}
