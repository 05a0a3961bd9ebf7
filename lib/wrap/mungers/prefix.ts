import { expandEnvSplit } from '../../syntax/env-split.js'
import { isPrefixCommand, knownWord, parsePrefixCommands } from '../../syntax/prefix-command.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pathOf } from './env.js'
import { findPassage, holdsPlace, type Passage, runsElsewhere } from './passage.js'
import { findDetour, mockWords } from './replace.js'
import { mungeShellText, ownOptionsOf } from './shell-text.js'

/**
 * Adds brood's variables behind `env -i`, `env NODE_OPTIONS=..`, `sudo` and their like, where the command behind them would lose them,
 * and to the text for a shell that is started through such a program, `nice`, `timeout` and so on.
 */
export function mungePrefix(request: SpawnRequest, plan: Plan): SpawnRequest {
  const program = programName(request.file, false)
  if (plan.windows || !isPrefixCommand(program)) return request
  const asked = [request.file, ...request.args.slice(1)]
  const words = (program === 'env' ? expandEnvSplit(asked) : undefined) ?? asked
  const known = words.map(knownWord)
  const passage = findPassage(known, false, plan)
  if (passage === undefined) {
    const { steps } = parsePrefixCommands(known, false, plan.replaced?.mocks)
    return steps.some((step) => runsElsewhere(step, known)) ? { ...request, untouched: true } : request
  }
  // At 0 stands the program itself: there is no prefix.
  if (passage.target === 0) return request
  if (passage.underPermissions) return { ...request, untouched: true }

  const munged = replaceBehind(words, passage, request, plan) ?? addTo(words, passage, request, plan)
  return munged.length === words.length && munged.every((word, at) => word === words[at])
    ? request
    : { ...request, args: [...request.args.slice(0, 1), ...munged.slice(1)] }
}

/** @returns `undefined` where the command is none that is replaced */
function replaceBehind(words: readonly string[], passage: Passage, request: SpawnRequest, plan: Plan): string[] | undefined {
  const known = words.map(knownWord)
  const detour = findDetour(known, passage, plan)
  const own = ownOptionsOf(request, plan)
  if (detour === undefined || own === 'unknown') return undefined
  const { index } = detour
  const added = mockWords(words[index] as string, detour, pathOf(request, plan), own.value)
  if (holdsPlace(added.join(' '), index, parsePrefixCommands(known, false, plan.replaced?.mocks).steps)) return undefined
  return [...words.slice(0, index), ...added, ...words.slice(index + 1)]
}

function addTo(words: readonly string[], { edits, text, nodeOptions }: Passage, request: SpawnRequest, plan: Plan): string[] {
  const munged = words.map((word) => [word])
  if (text !== undefined) {
    const own = nodeOptions === 'inherited' ? ownOptionsOf(request, plan) : nodeOptions === 'lost' ? { value: undefined } : 'unknown'
    munged[text.index] = [mungeShellText(words[text.index] as string, { shell: text.shell, own, plan })]
  }
  for (const edit of edits) {
    const word = words[edit.word] as string
    const place = munged[edit.word] as string[]
    if (edit.kind === 'variable') place.splice(-1, 0, `${edit.name}=${edit.value}`)
    else munged[edit.word] = [word.slice(0, edit.index) + edit.text + word.slice(edit.index)]
  }
  return munged.flat()
}
