import { type PrefixStep, parsePrefixCommands } from '../../syntax/prefix-command.js'
import { parseShell } from '../../syntax/shell.js'
import type { Assignment, SimpleCommand } from '../../syntax/shell-command.js'
import { escapeForBackticks, quoteForShell, quoteWithin } from '../../syntax/shell-quote.js'
import { placeIn, type Word } from '../../syntax/shell-word.js'
import { carrierVariable } from '../carrier.js'
import type { Plan } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { findInEnvFiles, isNode } from './node.js'
import { carrierFor, findPassage, knownFrom, type Passage, runsElsewhere, shells } from './passage.js'
import { type Affected, ShellLosses } from './shell-losses.js'

/** Text to be put into a shell text. */
interface Insertion {
  readonly offset: number
  readonly text: string
}

/** The shell that a text is for, and what it was started with. */
export interface ShellStart {
  /** Its name: `sh`, `bash`. */
  readonly shell: string
  /** The user's own NODE_OPTIONS in its environment. */
  readonly own: OwnOptions
  readonly plan: Plan
  /** Reads a file, from the directory that the text begins in. */
  readonly readText?: (path: string) => string
}

/** The user's own NODE_OPTIONS; `unknown` where it is not known, or whether there is one. */
type OwnOptions = { readonly value: string | undefined } | 'unknown'

/** The user's own NODE_OPTIONS in the environment of a request. */
export function ownOptionsOf({ env }: SpawnRequest, { nodeOptions, windows }: Plan): OwnOptions {
  const name = windows ? /^NODE_OPTIONS=/i : /^NODE_OPTIONS=/
  const pair = env.findLast((candidate) => name.test(candidate))
  const value = pair?.slice('NODE_OPTIONS='.length)
  if (value === undefined || value === nodeOptions) return { value: undefined }
  return { value: value.startsWith(`${nodeOptions} `) ? value.slice(nodeOptions.length + 1) : value }
}

/** What a text must hold for anything in it to be lost. Most hold none of it, and are not parsed. */
export const losing =
  /NODE_OPTIONS|--env-file|--(?:experimental-)?permission|\b(?:env|sudo|su|runuser|setpriv|chroot|unshare|eval|source|unset|export|readonly|declare|typeset|local)\b|(?:^|[\s;&|(){}])\.\s/

/** Takes a shell text to where node is reached with brood's variables again. */
export function mungeShellText(text: string, start: ShellStart): string {
  return applyInsertions(text, findInsertions(text, start))
}

function applyInsertions(text: string, insertions: readonly Insertion[]): string {
  let result = ''
  let end = 0
  for (const { offset, text: inserted } of [...insertions].sort((a, b) => a.offset - b.offset)) {
    result += text.slice(end, offset) + inserted
    end = offset
  }
  return result + text.slice(end)
}

/** Finds what a shell text lacks. A text that is not fully understood lacks nothing. */
function findInsertions(text: string, start: ShellStart): Insertion[] {
  if (!losing.test(text)) return []
  const program = parseShell(text, { timeIsReserved: shells.get(start.shell) === true })
  if (program === undefined) return []
  const losses = new ShellLosses(program)
  if (losses.hopeless) return []

  const { own, plan } = start
  const inPlace = program.commands.every(({ words }) => !moving.test(words[0]?.known ?? 'cd'))
  const isExported = own === 'unknown' || own.value !== undefined
  return program.commands.flatMap((command) => {
    if (program.functions.has(command.words[0]?.known ?? '')) return []
    const passage = findPassage(command.words, true, plan)
    const affected = losses.affecting(command, isExported)
    const insertions =
      passage === undefined
        ? stripElsewhere(command, affected, own)
        : new CommandMunger(text, command, passage, affected, inPlace ? start : { shell: start.shell, own, plan }).insertions()
    return command.inBackticks ? insertions.map(({ offset, text }) => ({ offset, text: escapeForBackticks(text) })) : insertions
  })
}

/** Takes brood's variables away from a program that runs its command where the preload cannot be read. */
function stripElsewhere({ words, assignments }: SimpleCommand, affected: Affected | undefined, own: OwnOptions): Insertion[] {
  const { steps } = parsePrefixCommands(words, true)
  // sudo keeps variables only where it is told to.
  const keeps = ({ program, options }: PrefixStep) => program !== 'sudo' || options.some(({ name }) => /^(?:-E|--preserve-env)$/.test(name))
  const index = steps.findIndex((step) => keeps(step) && runsElsewhere(step, words))
  const word = index < 0 ? undefined : words[steps[index - 1]?.command ?? 0]
  const isOurs = own !== 'unknown' && affected === undefined && !assignments.some(({ name }) => name === 'NODE_OPTIONS')
  if (word === undefined || !isOurs) return []
  const options = own.value === undefined ? '-u NODE_OPTIONS' : `NODE_OPTIONS=${quoteForShell(own.value)}`
  return [{ offset: word.start, text: `env -u ${carrierVariable} ${options} ` }]
}

/** What may change the directory, or hide something that does. */
const moving = /^(?:|cd|chdir|pushd|popd|eval|source|\.)$/

/** Restores what one command of a shell text would lose. */
class CommandMunger {
  readonly #text: string
  readonly #command: SimpleCommand
  readonly #passage: Passage
  readonly #affected: Affected | undefined
  readonly #start: ShellStart

  constructor(text: string, command: SimpleCommand, passage: Passage, affected: Affected | undefined, start: ShellStart) {
    this.#text = text
    this.#command = command
    this.#passage = passage
    this.#affected = affected
    this.#start = start
  }

  insertions(): Insertion[] {
    if (this.#passage.underPermissions) return this.#strip()
    const { assignments } = this.#command
    const own = assignments.findLast(({ name }) => name === 'NODE_OPTIONS')
    return [...(own === undefined ? this.#assign() : this.#extend(own)), ...this.#behindPrefix(), ...this.#nested(own !== undefined)]
  }

  /** Takes brood's variables away from a node that could not work with them. By name, its shim does that. */
  #strip(): Insertion[] {
    const { words, assignments } = this.#command
    const { plan, own } = this.#start
    const { target, nodeOptions, losesCarrier } = this.#passage
    const node = words[target ?? words.length]
    if (node === undefined || losesCarrier || !(node.known.includes('/') || !node.complete)) return []
    const isOurs = nodeOptions === 'inherited' && this.#affected === undefined && !assignments.some(({ name }) => name === 'NODE_OPTIONS')
    const options =
      !isOurs || own === 'unknown' ? '' : own.value === undefined ? '-u NODE_OPTIONS ' : `NODE_OPTIONS=${quoteForShell(own.value)} `
    return [
      { offset: (words[0] as Word).start, text: `PATH=\${PATH#${quoteForShell(`${plan.shims.at(-1)}:`)}} ` },
      { offset: node.start, text: `env -u ${carrierVariable} ${options}` },
    ]
  }

  /** Sets the variables for this command, where the shell has them no more. */
  #assign(): Insertion[] {
    const { nodeOptions, losesCarrier, mayStartNode } = this.#passage
    const affected = this.#affected
    const word = this.#command.words[0] as Word
    if (affected === undefined) return this.#takeFromFile(word)
    if (!mayStartNode || this.#isAmbiguous(word)) return []
    const ours = quoteForShell(this.#start.plan.nodeOptions)
    let text = ''
    // Asked while it runs, since it may depend on which way the text has taken. The preload takes ours out twice, too.
    if (nodeOptions === 'inherited') text += `NODE_OPTIONS=${ours}${affected.unexported ? '' : '"${NODE_OPTIONS+ $NODE_OPTIONS}"'} `
    if (affected.losesCarrier && !losesCarrier) {
      text += `${carrierVariable}=\${${carrierVariable}:-${quoteForShell(carrierFor(this.#start.plan))}} `
    }
    return text === '' ? [] : [{ offset: word.start, text }]
  }

  /** Node takes NODE_OPTIONS from an `--env-file` where there is none in the environment. */
  #takeFromFile(first: Word): Insertion[] {
    const { own, plan, readText } = this.#start
    const { target, nodeOptions } = this.#passage
    const node = this.#command.words[target ?? this.#command.words.length]
    const isWithout = own !== 'unknown' && own.value === undefined && nodeOptions === 'inherited'
    if (!isWithout || readText === undefined || node?.complete !== true || !isNode(node.known, plan) || this.#isAmbiguous(first)) return []
    const found = findInEnvFiles(knownFrom(this.#command.words, (target as number) + 1), readText)
    return found === undefined ? [] : [{ offset: first.start, text: `NODE_OPTIONS=${quoteForShell(`${plan.nodeOptions} ${found}`)} ` }]
  }

  /** To the shell behind the name `sh`, `time` may be a reserved word, which it would be no more behind an assignment. */
  #isAmbiguous(word: Word): boolean {
    return word.bare && word.known === 'time' && shells.get(this.#start.shell) === undefined
  }

  /** Puts the preload into the value that the user sets for this command. */
  #extend({ word, value, plain }: Assignment): Insertion[] {
    const { assignments } = this.#command
    const { plan, own } = this.#start
    if (!plain || this.#passage.nodeOptions !== 'inherited' || word.known.startsWith(plan.nodeOptions, value - word.start)) return []
    // A tilde is expanded only where the value begins.
    if (this.#text[value] === '~') return []
    // Some shells would show ours to the assignments behind.
    const last = assignments.at(-1)?.word.end ?? value
    if (this.#text.slice(word.end, last).includes('NODE_OPTIONS')) return []

    const insertions = [{ offset: value, text: quoteForShell(`${plan.nodeOptions} `) }]
    const references = word.parameters.filter(({ name }) => name === 'NODE_OPTIONS')
    if (references.length === 0 || this.#affected !== undefined || own === 'unknown') return insertions
    // What it refers to must be the user's own. An empty variable stands for none, unless the text asks for the difference.
    if (own.value === undefined && references.some(({ operation }) => /^[-+=?]/.test(operation))) return insertions
    return [{ offset: word.start, text: `NODE_OPTIONS=${quoteForShell(own.value ?? '')} ` }, ...insertions]
  }

  /** Adds to the words of `env` and its like. */
  #behindPrefix(): Insertion[] {
    const { words } = this.#command
    return this.#passage.edits.map((edit) => {
      const word = words[edit.word] as Word
      if (edit.kind === 'variable') return { offset: word.start, text: `${edit.name}=${quoteForShell(edit.value)} ` }
      const { offset, quote } = placeIn(word, edit.index)
      return { offset, text: quoteWithin(quote, edit.text) }
    })
  }

  /** Does the same to the text for a shell that this command starts. */
  #nested(isSet: boolean): Insertion[] {
    const { text: nested, nodeOptions } = this.#passage
    const { plan, own } = this.#start
    const word = nested && this.#command.words[nested.index]
    if (nested === undefined || word?.complete !== true) return []
    const arrives = nodeOptions === 'inherited' && !isSet && this.#affected === undefined
    const innerOwn: OwnOptions = arrives ? own : nodeOptions === 'lost' ? { value: undefined } : 'unknown'
    return findInsertions(word.known, { shell: nested.shell, own: innerOwn, plan }).map(({ offset: index, text }) => {
      const { offset, quote } = placeIn(word, index)
      return { offset, text: quoteWithin(quote, text) }
    })
  }
}
