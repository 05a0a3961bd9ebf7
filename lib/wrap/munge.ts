import type { FileSystem } from './find-program.js'
import { mungeCmd } from './mungers/cmd.js'
import { mungeEnv, pathOf } from './mungers/env.js'
import { inheritsPermissions, mungeNode } from './mungers/node.js'
import { mungeNpm } from './mungers/npm.js'
import { mungeOtherUser } from './mungers/other-user.js'
import { pin } from './mungers/pin.js'
import { mungePrefix } from './mungers/prefix.js'
import { mungeShebang } from './mungers/shebang.js'
import { mungeShell } from './mungers/shell.js'
import type { Plan } from './plan.js'
import type { SpawnRequest } from './request.js'

/** Each sees the request as the one before it left it. */
const programMungers = [mungeOtherUser, mungeNpm, mungeShebang, mungeNode, mungeShell, mungePrefix, mungeCmd] as const

/** Turns what was asked for into what brood starts instead. Pure: data in, data out. */
export function munge(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (inheritsPermissions(request, plan)) return { ...request, untouched: true }
  const munged = programMungers.reduce((current, mungeProgram) => mungeProgram(current, plan, files), request)
  if (munged.untouched) return munged
  const shimless = munged.cwd === undefined && files.isInRemovedDirectory?.() === true
  return mungeEnv(pinWithoutPath(shimless ? { ...munged, shimless } : munged, plan, files), plan)
}

// Where there is no PATH brood adds one, for the shells and programs below. It must not change what is found here.
function pinWithoutPath(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  return !plan.windows && pathOf(request, plan) === undefined ? pin(request, plan, files) : request
}
