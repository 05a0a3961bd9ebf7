import { knownWord } from '../../syntax/prefix-command.js'
import { findShellText } from '../../syntax/shell-argv.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { findPassage, shells } from './passage.js'
import { mungeShellText, ownOptionsOf } from './shell-text.js'

/**
 * Adds brood's variables behind `env -i`, `env NODE_OPTIONS=..`, `sudo` and their like, where the command behind them would lose them,
 * and to the text for a shell that is started through such a program, `nice`, `timeout` and so on.
 */
export function mungePrefix(request: SpawnRequest, plan: Plan): SpawnRequest {
  if (plan.windows) return request
  const words = [request.file, ...request.args.slice(1)]
  const passage = findPassage(words.map(knownWord), false, plan)
  // At 0 stands the program itself: there is no prefix.
  if (passage === undefined || passage.targetIndex === 0) return request

  const { edits, target, targetIndex, nodeOptions } = passage
  const munged = words.map((word) => [word])
  const shell = programName(target?.known ?? '', false)
  const index = shells.has(shell) && targetIndex !== undefined ? findShellText(words.map(knownWord), targetIndex + 1) : undefined
  if (index !== undefined && index < words.length) {
    const own = nodeOptions === 'inherited' ? ownOptionsOf(request, plan) : nodeOptions === 'lost' ? { value: undefined } : 'unknown'
    munged[index] = [mungeShellText(words[index] as string, { shell, own, plan })]
  }
  for (const edit of edits) {
    const word = words[edit.word] as string
    const place = munged[edit.word] as string[]
    if (edit.kind === 'variable') place.splice(-1, 0, `${edit.name}=${edit.value}`)
    else munged[edit.word] = [word.slice(0, edit.index) + edit.text + word.slice(edit.index)]
  }
  const args = munged.flat().slice(1)
  const same = args.length === request.args.length - 1 && args.every((argument, at) => argument === request.args[at + 1])
  return same ? request : { ...request, args: [...request.args.slice(0, 1), ...args] }
}
