import { prefixCommands } from '../syntax/prefix-command.js'
import type { FileSystem } from './find-program.js'
import { mungeCmd } from './mungers/cmd.js'
import { mungeEnv } from './mungers/env.js'
import { inheritsPermissions, mungeNode, nodeNames } from './mungers/node.js'
import { mungeNpm } from './mungers/npm.js'
import { changing, mungeOtherUser } from './mungers/other-user.js'
import { shells } from './mungers/passage.js'
import { pin } from './mungers/pin.js'
import { mungePrefix } from './mungers/prefix.js'
import { mungeShebang } from './mungers/shebang.js'
import { mungeShell } from './mungers/shell.js'
import { findOwnPair } from './own-variables.js'
import { type Plan, programName } from './plan.js'
import type { SpawnRequest } from './request.js'

/** Each sees the request as the one before it left it. */
const programMungers = [mungeOtherUser, mungeNpm, mungeShebang, mungeNode, mungeShell, mungePrefix, mungeCmd] as const

/** What mungers go by, in one place: most programs are none of these, and a look at the name is all that they are to cost. */
const known: ReadonlySet<string> = new Set(['npm', ...nodeNames, ...shells.keys(), ...prefixCommands, ...changing])

/** Does a munger go by this name? A program of any other name can at most be a script for node. */
function isKnown(file: string, { windows, nodeName }: Plan): boolean {
  const name = programName(file, windows)
  return known.has(name) || name === nodeName || windows
}

function mungeProgram(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  const script = isKnown(request.file, plan) ? undefined : mungeShebang(request, plan, files)
  // A script that finds no node stays as it is.
  if (script !== undefined && (script === request || script.untouched)) return script
  return programMungers.reduce((current, munger) => munger(current, plan, files), script ?? request)
}

/** Turns what was asked for into what brood starts instead. Pure: data in, data out. */
export function munge(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (inheritsPermissions(request, plan)) return { ...request, untouched: true }
  const munged = mungeProgram(request, plan, files)
  if (munged.untouched) return munged
  return mungeEnv(pinWithoutPath(munged, plan, files), plan)
}

// Where there is no PATH brood adds one, for the shells and programs below. It must not change what is found here.
function pinWithoutPath(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  return !plan.windows && findOwnPair(request.env, 'PATH', false) === undefined ? pin(request, plan, files) : request
}
