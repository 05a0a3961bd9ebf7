import { knownWord } from '../../syntax/prefix-command.js'
import { findShellText } from '../../syntax/shell-argv.js'
import { absolute, type FileSystem } from '../find-program.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { shells } from './passage.js'
import { startsNodeAlone } from './shell-direct.js'
import { mungeShellText, ownOptionsOf } from './shell-text.js'

/**
 * Adds brood's variables to the commands of a shell's `-c` text that would start node without them.
 *
 * Nothing else is added, never the path of a shim: the directory may be gone while the shell lives. Every byte that was there stays.
 */
export function mungeShell(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  const { args, cwd = '' } = request
  const shell = programName(request.file, plan.windows)
  if (!shells.has(shell)) return request
  const index = findShellText(args.map(knownWord), 1)
  const text = index === undefined ? undefined : args[index]
  if (index === undefined || text === undefined) return request
  const munged = mungeShellText(text, {
    shell,
    own: ownOptionsOf(request, plan),
    plan,
    readText: (path) => files.readText(cwd === '' ? path : absolute(path, cwd)),
  })
  if (munged === text) return startsNodeAlone(request, index, shell, plan) ? { ...request, shimless: true } : request
  return { ...request, args: args.map((argument, at) => (at === index ? munged : argument)) }
}
