import { isPrefixCommand, knownWord, parsePrefixCommands } from '../../syntax/prefix-command.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'

/** Programs that run a command as another user, of which brood need not know more; the prefix munger knows `sudo`, `su` and their like. */
export const changing: ReadonlySet<string> = new Set(['chpst', 'doas', 'gosu', 's6-setuidgid', 'setuidgid', 'su-exec'])

/**
 * Leaves a program alone that runs its command as another user.
 *
 * The store lies in this user's directories, and node ends where it cannot read what it is to require.
 */
export function mungeOtherUser(request: SpawnRequest, plan: Plan): SpawnRequest {
  const program = programName(request.file, false)
  if (plan.windows || !(changing.has(program) || isPrefixCommand(program))) return request
  const words = [request.file, ...request.args.slice(1)]
  const { target } = parsePrefixCommands(words.map(knownWord), false)
  const isChanging = typeof target === 'number' && changing.has(programName(words[target] as string, false))
  return isChanging ? { ...request, untouched: true } : request
}
