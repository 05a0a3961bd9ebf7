import { parsePrefixCommands } from '../../syntax/prefix-command.js'
import type { Assignment, SimpleCommand } from '../../syntax/shell-command.js'
import { quoteForShell, quoteWithin } from '../../syntax/shell-quote.js'
import { placeIn, type Word } from '../../syntax/shell-word.js'
import { carrierVariable } from '../carrier.js'
import type { Plan } from '../plan.js'
import { replacedVariable } from '../replaced.js'
import { shimEntries } from './env.js'
import { holdsPlace, type Passage } from './passage.js'
import { type Detour, environmentProgram, findDetour } from './replace.js'
import { type Insertion, insertOwnOptions, type OwnOptions } from './shell-insertion.js'
import type { Affected } from './shell-losses.js'

/** May a text hold anything that replacing must see to? What is found by name on PATH needs nothing. */
export function mayReplace(text: string, { replaced }: Plan): boolean {
  return replaced !== undefined && /\/|PATH/.test(text)
}

/** What is known of NODE_OPTIONS where a command runs. */
interface Surroundings {
  readonly plan: Plan
  readonly own: OwnOptions
  readonly affected: Affected | undefined
}

/**
 * Makes of a command that names a replaced program by its path one that runs its mock, free of brood:
 *
 *     /bin/git log  →  /usr/bin/env -u BROOD_CONTEXT -u NODE_OPTIONS PATH=.. BROOD_REPLACED=/bin/git /bin/node /mock.js log
 *
 * Every byte that was there stays, and no shim is named: it may be gone while the shell lives.
 *
 * @returns `undefined` where nothing is replaced
 */
export function replaceInCommand(
  command: SimpleCommand,
  passage: Passage | undefined,
  surroundings: Surroundings,
): Insertion[] | undefined {
  const { words, assignments } = command
  const detour = findDetour(words, passage, surroundings.plan)
  if (detour === undefined) return undefined
  const { index, mock } = detour
  const before = [environmentProgram, ...restoringWords(detour, assignments, surroundings), `${replacedVariable}=`].join(' ')
  const behind = ` ${quoteForShell(mock.node)} ${quoteForShell(mock.file)}`
  if (holdsPlace(before + behind, index, parsePrefixCommands(words, true, surroundings.plan.replaced?.mocks).steps)) return undefined
  const options = surroundings.affected === undefined ? assignments.findLast(isOptions) : undefined
  const { start, end } = words[index] as Word
  return [
    ...(options === undefined ? [] : insertOwnOptions(options.word, surroundings.own)),
    ...assignments.filter(isPath).flatMap((assignment) => insertOwnPath(assignment, surroundings.plan)),
    { offset: start, text: before },
    { offset: end, text: behind },
  ]
}

/** Arguments of `env` that make of the environment what it is without brood. */
function restoringWords({ ours }: Detour, assignments: readonly Assignment[], { plan, own, affected }: Surroundings): string[] {
  // Asked while it runs, what is not known now: a profile, say, may have changed it.
  const without = (name: string, pattern: string) => `"${name}=\${${name}+\${${name}#${pattern}}}"`
  const words: string[] = ours.carrier ? [`-u ${carrierVariable}`] : []
  if (ours.nodeOptions && !assignments.some(isOptions)) {
    if (own === 'unknown' || affected !== undefined) words.push(without('NODE_OPTIONS', patternFor(plan.nodeOptions)))
    else words.push(own.value === undefined ? '-u NODE_OPTIONS' : `NODE_OPTIONS=${quoteForShell(own.value)}`)
  }
  if (ours.path && !assignments.some(isPath)) words.push(without('PATH', shimPattern(plan)))
  return words
}

/** Matches brood's entries at the beginning of a PATH, in both forms that they have. */
function shimPattern(plan: Plan): string {
  return shimEntries(plan)
    .map((entry) => `${patternFor(entry)}*:`)
    .join('')
}

/** Matches a text, for between braces in double quotes, where shells read further quotes in different ways: it needs none. */
function patternFor(text: string): string {
  return text.replace(/[^\w./:=@%+,\x80-\uffff-]/g, '?')
}

/** Keeps the stand-ins in sight where a text sets PATH for the commands behind. */
export function keepShimsOnPath({ words, assignments }: SimpleCommand, { replaced, ...plan }: Plan): Insertion[] {
  if (replaced === undefined) return []
  const own = { ...plan, replaced }
  const text = shimEntries(own).join(':')
  const set = assignments.filter((assignment) => isPath(assignment) && assignment.plain)
  const declared = /^(?:export|declare|typeset|local)$/.test(words[0]?.known ?? '')
    ? words.filter(({ known }) => known.startsWith('PATH='))
    : []
  return [
    ...set.flatMap((assignment) => [
      ...insertOwnPath(assignment, own),
      // A tilde is expanded where a value begins, and behind a colon that is not quoted.
      { offset: assignment.value, text: `${quoteForShell(text)}:` },
    ]),
    ...declared.map((word) => {
      const { offset, quote } = placeIn(word, 'PATH='.length)
      return { offset, text: `${quoteWithin(quote, text)}:` }
    }),
  ]
}

/** What a value of PATH refers to by that name must be the user's own. */
function insertOwnPath({ word, plain }: Assignment, plan: Plan): Insertion[] {
  const refers = word.parameters.some(({ name }) => name === 'PATH')
  return plain && refers ? [{ offset: word.start, text: `PATH=\${PATH#${shimPattern(plan)}} ` }] : []
}

const isOptions = ({ name }: Assignment) => name === 'NODE_OPTIONS'
const isPath = ({ name }: Assignment) => name === 'PATH'
