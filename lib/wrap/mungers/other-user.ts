import { knownWord, parsePrefixCommands } from '../../syntax/prefix-command.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { runsAsOther } from './passage.js'

/** Programs that run a command as another user, or in another root directory. */
const changing: ReadonlySet<string> = new Set(['chpst', 'chroot', 'doas', 'gosu', 'runuser', 's6-setuidgid', 'setuidgid', 'su', 'su-exec'])

/**
 * Leaves a program alone that runs its command as another user.
 *
 * The store lies in this user's directories, and node ends where it cannot read what it is to require.
 */
export function mungeOtherUser(request: SpawnRequest, plan: Plan): SpawnRequest {
  if (plan.windows) return request
  const words = [request.file, ...request.args.slice(1)]
  const { steps, target } = parsePrefixCommands(words.map(knownWord), false)
  const name = typeof target === 'number' ? programName(words[target] as string, false) : ''
  const isChanging = changing.has(name) || (name === 'setpriv' && words.some((word) => /^--(?:re|r|e)[ug]id\b/.test(word)))
  const bySudo = steps.some((step) => step.program === 'sudo' && runsAsOther(step))
  return isChanging || bySudo ? { ...request, untouched: true } : request
}
