import type { ShellProgram } from '../../syntax/shell.js'
import type { SimpleCommand } from '../../syntax/shell-command.js'
import type { Word } from '../../syntax/shell-word.js'

/** A place in a shell text from which on NODE_OPTIONS may no longer be what brood made it. */
interface Loss {
  readonly start: number
  /** Where the subshell ends that it is in. */
  readonly until: number
  /** What it does to the shell's variable. */
  readonly change: 'unset' | 'assign' | 'export' | 'unknown'
  /** May other variables have been unset as well? */
  readonly others: boolean
}

/** What a command of a shell text must reckon with. */
export interface Affected {
  /** Has the shell a variable NODE_OPTIONS that its children would not have seen without brood, which has it exported? */
  readonly unexported: boolean
  /** May the carrier be gone as well? */
  readonly losesCarrier: boolean
}

const variable = 'NODE_OPTIONS'
const declaring: ReadonlySet<string> = new Set(['export', 'readonly', 'local', 'declare', 'typeset'])
const reading: ReadonlySet<string> = new Set(['read', 'getopts', 'printf', 'print', 'mapfile', 'readarray', 'let'])
/** POSIX: a variable set in front of one of these stays set; bash keeps to it in its POSIX mode only. */
const special: ReadonlySet<string> = new Set(
  ': . break continue eval exec exit export readonly return set shift source times trap unset'.split(' '),
)

/** Knows what a shell text does to NODE_OPTIONS, outside of the commands that it sets it for. */
export class ShellLosses {
  readonly #program: ShellProgram
  readonly #losses: Loss[] = []
  readonly #bodies: readonly { start: number; end: number }[]
  /** Is what is set exported with it (`set -a`)? */
  readonly #exportsAll: boolean
  /** Adding a variable might break the text, or do nothing good: an alias or a read-only variable may stand in the way. */
  readonly hopeless: boolean

  constructor(program: ShellProgram) {
    this.#program = program
    this.#bodies = [...program.functions.values()].flat()
    this.#exportsAll = program.commands.some(exportsAll)
    this.hopeless = program.commands.some(isHopeless)
    for (const command of program.commands) this.#collect(command)
    for (const { start, variable: name } of program.loops) if (name === variable) this.#add(start, 'assign')
    this.#losses.sort((a, b) => a.start - b.start)
  }

  /**
   * @param exported is NODE_OPTIONS exported where the text begins, without brood?
   * @returns `undefined` where a command is run with what brood gave the shell
   */
  affecting(command: SimpleCommand, exported: boolean): Affected | undefined {
    const reaching = this.#losses.filter((loss) => this.#reaches(loss, command))
    if (reaching.length === 0) return undefined
    // What stands behind the command was done before it, where it was: by the caller of a function, or in the last turn of a loop.
    const behind = reaching.filter(({ start }) => start >= command.start)
    const before = reaching.filter(({ start }) => start < command.start)
    const unexported =
      this.#leavesUnexported([...behind, ...before], exported) && (before.length === 0 || this.#leavesUnexported(before, exported))
    return { unexported, losesCarrier: reaching.some((loss) => loss.others) }
  }

  #leavesUnexported(losses: readonly Loss[], exported: boolean): boolean {
    let isExported = exported
    let unexported = false
    for (const { change } of losses) {
      if (change === 'unset') isExported = false
      if (change === 'export') isExported = true
      unexported = change === 'assign' && !isExported && !this.#exportsAll
    }
    return unexported
  }

  #reaches(loss: Loss, { start }: SimpleCommand): boolean {
    if (loss.start < start && start < loss.until) return true
    // A function runs when it is called, and a loop comes round again.
    if (this.#bodies.some((body) => body.start <= start && start < body.end)) return true
    return this.#program.loops.some((loop) => loop.start <= Math.min(start, loss.start) && Math.max(start, loss.start) < loop.end)
  }

  #add(start: number, change: Loss['change'], others = false): void {
    const ends = this.#program.subshells.filter((shell) => shell.start <= start && start < shell.end).map(({ end }) => end)
    this.#losses.push({ start, until: Math.min(...ends, Number.POSITIVE_INFINITY), change, others })
  }

  #collect(command: SimpleCommand): void {
    const { start, assignments } = command
    const { name, args } = head(command)
    const sets = assignments.some((assignment) => assignment.name === variable)
    if (name === undefined) {
      if (sets && command.words.length === 0) this.#add(start, 'assign')
      return
    }
    if (sets && special.has(name) && !(name === 'exec' && args.length > 0)) this.#add(start, 'assign')
    // It lasts for the call, in which it is exported, so that bodies of functions alone need know of it.
    if (sets && this.#program.functions.has(name)) this.#losses.push({ start, until: start, change: 'export', others: false })

    if (name === 'eval' || name === '.' || name === 'source') this.#add(start, 'unknown')
    else if (name === 'unset') {
      if (args.some((word) => word.known.startsWith('-') && word.known.includes('f'))) return
      if (args.some(mayMean)) this.#add(start, args.some(means) ? 'unset' : 'unknown', !args.every((word) => word.complete))
    } else if (declaring.has(name)) {
      if (!args.some(mayMean)) return
      const exports = name === 'export' || args.some((word) => /^-[A-Za-z]*x/.test(word.known))
      this.#add(start, !args.some(means) ? 'unknown' : exports ? 'export' : 'assign')
    } else if (reading.has(name) && args.some((word) => word.known.includes(variable))) {
      this.#add(start, 'assign')
    }
  }
}

/** The command's name, where it is known, and what stands behind it. */
function head({ words }: SimpleCommand): { name: string | undefined; args: readonly Word[] } {
  let index = 0
  while (/^(command|builtin|-p)$/.test(words[index]?.known ?? '')) index++
  const word = words[index]
  return { name: word?.complete === true ? word.known : undefined, args: words.slice(index + 1) }
}

function isHopeless(command: SimpleCommand): boolean {
  const { name = '', args } = head(command)
  if (name === 'alias') return args.length > 0
  if (!declaring.has(name) || !args.some(mayMean)) return false
  return name === 'readonly' || args.some((word) => /^-[A-Za-z]*[rn]|^\+[A-Za-z]*x/.test(word.known))
}

function exportsAll(command: SimpleCommand): boolean {
  const { name, args } = head(command)
  return name === 'set' && args.some((word) => /^-[A-Za-z]*a|^allexport$/.test(word.known))
}

const means = ({ known, complete }: Word) =>
  known.startsWith(`${variable}=`) || known.startsWith(`${variable}+=`) || (complete && known === variable)

/** Could it be the variable, as far as is known? */
const mayMean = (word: Word) => means(word) || (!word.complete && `${variable}=`.startsWith(word.known))
