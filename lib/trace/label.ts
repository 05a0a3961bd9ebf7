// What a process is called in one line of a tree, the same in the terminal and in the page: what a person would have typed, as far as that is known.
import type { TracedProcess } from './process-tree.js'
import { commandText, fileName } from './text.js'

export type Labelled = Pick<TracedProcess, 'kind' | 'command' | 'startedAs' | 'execArgv' | 'cwd'>

/** More than any line has room for, in characters of a word and in words. */
const longestWord = 400
const mostWords = 100
/** More of Node's flags hide what it runs. */
const longestFlags = 24

/** @param parent the process above it */
export function labelOf(process: Labelled, parent?: Labelled): string {
  if (parent !== undefined && isCopy(process, parent)) return `fork of ${commandText([fileName(process.command[0] ?? '')])}`
  return textOf(wordsOf(process), process)
}

/** What siblings that are alike have in common, with `…` where they differ. */
export function labelOfRun(run: readonly Labelled[]): string {
  const [first] = run
  if (first === undefined) return ''
  const all = run.map(wordsOf)
  const length = all.reduce((most, words) => Math.max(most, words.length), 0)
  return textOf(
    Array.from({ length }, (_, index) => commonText(all.map((words) => words[index] ?? ''))),
    first,
  )
}

function textOf(words: readonly string[], process: Labelled): string {
  const { kind, startedAs } = process
  const before = startedAs === undefined || isByOwnName(process) ? '' : `${commandText([fileName(startedAs[0] ?? '')])} → `
  if (kind !== 'worker') return before + (words.length === 0 ? '(unknown)' : commandText(words))
  // Node has Workers of its own, for the hooks of its module loader.
  return words.length === 0 ? 'Worker of Node itself' : `Worker ${commandText(words)}`
}

/** A copy of a shell that runs a part of its text: the system says the same words of both. */
function isCopy({ kind, command, startedAs }: Labelled, parent: Labelled): boolean {
  const isSame = command.length === parent.command.length && command.every((word, index) => word === parent.command[index])
  return kind === 'program' && parent.kind === 'program' && startedAs === undefined && isSame && command.length > 0
}

function wordsOf(process: Labelled): string[] {
  const [program = '', ...rest] = process.kind === 'node' ? nodeWords(process) : process.command
  if (process.command.length === 0) return []
  const { kind, cwd } = process
  const shown = rest.length > mostWords ? [...rest.slice(0, mostWords), '…'] : rest
  return [kind === 'worker' ? pathBelow(program, cwd) : fileName(program), ...shown.map((word) => pathBelow(word, cwd))].map(shorten)
}

/** A Node process: by the name of its script, where that is a command; by its flags only where they are few. */
function nodeWords(process: Labelled): readonly string[] {
  const { command, execArgv } = process
  const [node = '', ...words] = command
  const [script = '', ...rest] = words.slice(execArgv.length)
  if (isByOwnName(process)) return process.startedAs ?? []
  const shown = isCommand.test(script) ? fileName(script) : script
  if (execArgv.length === 0) return shown === script ? command : [shown, ...rest]
  const isLong = execArgv.join(' ').length > longestFlags && !execArgv.some((flag) => isText.test(flag))
  const scriptWords = words.length > execArgv.length ? [shown, ...rest] : []
  return [node, ...(isLong ? ['…'] : execArgv), ...scriptWords]
}

/** Was it started as a script, and not as `node script`? */
function isByOwnName({ kind, command, startedAs, execArgv }: Labelled): boolean {
  return kind === 'node' && startedAs !== undefined && fileName(startedAs[0] ?? '') === fileName(command[execArgv.length + 1] ?? '')
}

/** What is installed to be typed: `/usr/bin/npm`, `node_modules/.bin/tap`. */
const isCommand = /[\\/]\.?bin[\\/][\w-]+$/
/** What Node runs is among its flags. */
const isText = /^(?:-[ep]+|--eval|--print)\b/

/** A file below the working directory by the path from there, also where it is a URL. */
function pathBelow(word: string, cwd: string | undefined): string {
  if (cwd === undefined || cwd === '/' || cwd === '') return word
  const path = word.replace(/^file:\/\//, '')
  return path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : word
}

/** Both ends of it, so that the middle is what is left out; a program text without the empty lines around it. */
function shorten(text: string): string {
  const word = text.includes('\n') ? text.trim() : text
  return word.length > longestWord * 2 ? word.slice(0, longestWord) + word.slice(-longestWord) : word
}

function commonText(texts: readonly string[]): string {
  const [first = ''] = texts
  if (texts.every((text) => text === first)) return first
  let start = Math.min(first.length, longestWord)
  for (const text of texts) while (!text.startsWith(first.slice(0, start))) start--
  let end = Math.min(first.length - start, longestWord)
  for (const text of texts) while (!text.slice(start).endsWith(first.slice(first.length - end))) end--
  return `${first.slice(0, start)}…${first.slice(first.length - end)}`
}
