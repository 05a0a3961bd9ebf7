import type { FileSystem } from '../find-program.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pin } from './pin.js'

/**
 * Starts npm itself, past its shim.
 *
 * On Windows Node starts no `npm.cmd` without a shell, and a name without an extension never finds a shim.
 */
export function mungeNpm(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (plan.windows || programName(request.file, false) !== 'npm') return request
  return pin(request, plan, files)
}
