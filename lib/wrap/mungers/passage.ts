import { type PartialWord, type PrefixChain, type PrefixStep, parsePrefixCommands } from '../../syntax/prefix-command.js'
import { findShellText } from '../../syntax/shell-argv.js'
import { carrierVariable, encodeCarrier } from '../carrier.js'
import { type Plan, programName } from '../plan.js'
import { givesPermissions, isNode } from './node.js'

/** Something to be added to a command line. */
type CommandEdit =
  /** A new word `name=value` in front of a word. */
  | { readonly kind: 'variable'; readonly word: number; readonly name: string; readonly value: string }
  /** Text within a word, behind the first `index` characters of what it means. */
  | { readonly kind: 'text'; readonly word: number; readonly index: number; readonly text: string }

/** What becomes of brood's variables on the way through prefix commands to the command behind them. */
export interface Passage {
  /** Index of the word that names that command; `undefined` where it is not understood which it is, and where there is a text alone. */
  readonly target: number | undefined
  /** A text for a shell that is started in the end. */
  readonly text: { readonly index: number; readonly shell: string } | undefined
  /** Does NODE_OPTIONS arrive as it was in front of the first prefix command, is it gone, or has one of them set it? */
  readonly nodeOptions: 'inherited' | 'lost' | 'set'
  readonly losesCarrier: boolean
  /** May the target start node, as far as its name says? */
  readonly mayStartNode: boolean
  /** Is it a node that is put under the permission model? Brood's variables must not reach it. */
  readonly underPermissions: boolean
  /** What restores the variables that are lost or set on the way. */
  readonly edits: readonly CommandEdit[]
}

/** Shells, and whether `time` is a reserved word to them; `sh` may be any of them. */
export const shells: ReadonlyMap<string, boolean | undefined> = new Map([
  ['sh', undefined],
  ['ash', false],
  ['dash', false],
  ['yash', false],
  ['bash', true],
  ['rbash', true],
  ['zsh', true],
  ['ksh', true],
  ['ksh93', true],
  ['mksh', true],
  ['lksh', true],
])

const starters: ReadonlySet<string> = new Set(['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'corepack'])
/** They start nothing: what shells do themselves, and what shows variables. */
export const idle: ReadonlySet<string> = new Set(
  (
    '. : [ [[ alias autoload bg bind break builtin caller cd chdir compgen complete compopt continue declare dirs disown echo ' +
    'enable eval exit export false fc fg float getopts hash help history integer jobs kill let local logout mapfile popd print ' +
    'printenv printf pushd pwd read readarray readonly return set setopt shift shopt source suspend test times trap true type ' +
    'typeset ulimit umask unalias unset unsetopt wait whence where which'
  ).split(' '),
)

/**
 * Follows brood's variables through prefix commands.
 *
 * @param byShell is the command line run by a shell?
 * @returns `undefined` where no command is run that brood needs to care for
 */
export function findPassage(words: readonly PartialWord[], byShell: boolean, plan: Plan): Passage | undefined {
  const chain = parsePrefixCommands(words, byShell)
  const { steps } = chain
  const ownText = steps.at(-1)?.text
  if (chain.target === 'none' && ownText === undefined) return undefined
  const index = typeof chain.target === 'number' ? chain.target : undefined
  const target = index === undefined ? undefined : words[index]
  if (target?.complete === true && idle.has(target.known)) return undefined
  if (steps.some((step) => step.program !== 'sudo' && runsElsewhere(step, words))) return undefined

  const name = target?.complete === true ? programName(target.known, plan.windows) : undefined
  const isNamed = name !== undefined && (isNode(name, plan) || starters.has(name))
  const sudo = steps.find((step) => step.program === 'sudo')
  // Who may set variables through sudo for some commands only would be refused the others.
  if (sudo !== undefined && (!isNamed || runsElsewhere(sudo, words))) return undefined
  const isPath = target !== undefined && (!target.complete || target.known.includes('/'))
  const mayStartNode = target === undefined || isNamed || isPath || shells.has(name as string) || name === 'make'
  const mayBeNode = name === undefined ? isPath : isNode(name, plan)
  const underPermissions = index !== undefined && mayBeNode && givesPermissions(knownFrom(words, index + 1))
  const followed = follow(words, chain, plan, mayStartNode)
  const edits = underPermissions ? [] : followed.edits
  return { target: index, text: findText(words, ownText, index, name), mayStartNode, underPermissions, ...followed, edits }
}

/** Words as far as they are known. */
export function knownFrom(words: readonly PartialWord[], start: number): string[] {
  const end = words.findIndex(({ complete }, index) => index >= start && !complete)
  return words.slice(start, end < 0 ? words.length : end).map(({ known }) => known)
}

function findText(
  words: readonly PartialWord[],
  ownText: number | undefined,
  target: number | undefined,
  name: string | undefined,
): Passage['text'] {
  // Which shell a program uses that takes a text is not said; what is added holds in all of them.
  if (ownText !== undefined) return { index: ownText, shell: 'sh' }
  if (target === undefined || name === undefined || !shells.has(name)) return undefined
  const index = findShellText(words, target + 1)
  return index === undefined || index >= words.length ? undefined : { index, shell: name }
}

function follow(
  words: readonly PartialWord[],
  { steps }: PrefixChain,
  plan: Plan,
  mayStartNode: boolean,
): Pick<Passage, 'nodeOptions' | 'losesCarrier' | 'edits'> {
  let nodeOptions: Passage['nodeOptions'] = 'inherited'
  let losesCarrier = false
  let setBy: number | undefined
  let place: number | undefined
  for (const step of steps) {
    const lost = lostBy(step)
    if (lost.nodeOptions) nodeOptions = 'lost'
    if (lost.carrier) losesCarrier = true
    for (const index of step.variables) {
      if (!words[index]?.known.startsWith('NODE_OPTIONS=')) continue
      nodeOptions = 'set'
      setBy = index
    }
    if (step.takesVariables) place = step.command
    // It empties the environment, and offers no place to put anything back.
    else if (lost.carrier) place = undefined
  }

  const edits: CommandEdit[] = []
  if (nodeOptions === 'set') edits.push(...withPreload(words, setBy as number, plan))
  if (place !== undefined && mayStartNode) {
    if (nodeOptions === 'lost') edits.push({ kind: 'variable', word: place, name: 'NODE_OPTIONS', value: plan.nodeOptions })
    if (losesCarrier) edits.push({ kind: 'variable', word: place, name: carrierVariable, value: carrierFor(plan) })
  }
  return { nodeOptions, losesCarrier, edits: edits.some((edit) => isReplaced(edit, steps)) ? [] : edits }
}

/** The carrier for a process that is started with nothing of the environment that this one gave. */
export function carrierFor(plan: Plan): string {
  return encodeCarrier({ ...plan.carrier, nodeOptions: plan.nodeOptions })
}

function withPreload(words: readonly PartialWord[], word: number, { nodeOptions }: Plan): CommandEdit[] {
  const index = 'NODE_OPTIONS='.length
  if (words[word]?.known.startsWith(nodeOptions, index)) return []
  return [{ kind: 'text', word, index, text: `${nodeOptions} ` }]
}

const has = ({ options }: PrefixStep, ...names: readonly string[]) => options.some(({ name }) => names.includes(name))

function lostBy(step: PrefixStep): { nodeOptions: boolean; carrier: boolean } {
  const { program, options } = step
  if (program === 'env') {
    const clears = has(step, '-i', '--ignore-environment')
    const unsets = options.some(({ name, value }) => (name === '-u' || name === '--unset') && value === 'NODE_OPTIONS')
    return { nodeOptions: clears || unsets, carrier: clears }
  }
  if (program === 'sudo') {
    const kept = options.findLast(({ name }) => name === '-E' || name === '--preserve-env')
    if (kept === undefined) return { nodeOptions: true, carrier: true }
    return { nodeOptions: kept.value?.split(',').includes('NODE_OPTIONS') === false, carrier: kept.value !== undefined }
  }
  const clears = program === 'exec' && has(step, '-c')
  return { nodeOptions: clears, carrier: clears }
}

/** Does what is behind run as another user, or in another root directory? */
export function runsElsewhere(step: PrefixStep, words: readonly PartialWord[]): boolean {
  const { program, options, operands } = step
  const operand = (index: number) => words[operands[index] ?? words.length]?.known
  // Root can read what is this user's; another cannot, and a preload that cannot be read would end that user's node.
  const isRoot = (user: string | undefined) => user === 'root' || user === '0' || user === '#0'
  const asOther = (...names: readonly string[]) => options.some(({ name, value }) => names.includes(name) && !isRoot(value))
  if (program === 'sudo') return asOther('-u', '--user') || has(step, '-g', '--group', '-R', '--chroot')
  if (program === 'su' || program === 'runuser') {
    if (has(step, '-u', '--user')) return asOther('-u', '--user')
    const user = operand(operand(0) === '-' ? 1 : 0)
    return user !== undefined && !isRoot(user)
  }
  if (program === 'chroot') return operand(0) !== '/' || has(step, '--userspec', '--groups')
  if (program === 'unshare') return has(step, '-R', '--root') || asOther('-S', '--setuid', '-G', '--setgid')
  return program === 'setpriv' && asOther('--reuid', '--ruid', '--euid', '--regid', '--rgid', '--egid')
}

/** Would xargs or find take something in the added text for the place of its arguments? */
function isReplaced(edit: CommandEdit, steps: readonly PrefixStep[]): boolean {
  const text = edit.kind === 'text' ? edit.text : `${edit.name}=${edit.value}`
  return steps.some(({ program, options, command }) => {
    if (edit.word < command) return false
    if (program === 'find') return text.includes('{}')
    if (program !== 'xargs') return false
    return options.some(({ name, value }) => {
      if (name === '-i' || name === '--replace') return text.includes(value ?? '{}')
      return (name === '-I' || name === '-J') && (value === undefined || text.includes(value))
    })
  })
}
