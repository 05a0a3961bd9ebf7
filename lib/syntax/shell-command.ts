import { NotUnderstood, type Word, WordReader } from './shell-word.js'

/** A part of a shell text. */
export interface Range {
  readonly start: number
  /** Index behind the last character. */
  readonly end: number
}

/** `NAME=value` in front of a command, or as a command of its own. */
export interface Assignment {
  readonly name: string
  readonly word: Word
  /** Where the value begins, behind the `=`. */
  readonly value: number
  /** Does it set the whole variable? `NAME+=value`, `NAME[1]=value` and `NAME=(..)` do not. */
  readonly plain: boolean
}

/** The smallest command there is: assignments, words and redirections, of which some may be missing. */
export interface SimpleCommand extends Range {
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirections: readonly Range[]
  /** Does it stand between backticks, which take a backslash out of what they hold? */
  readonly inBackticks: boolean
}

interface HereDocument {
  readonly delimiter: string
  readonly stripsTabs: boolean
  /** With a quoted delimiter nothing in the body is expanded. */
  readonly literal: boolean
}

/** Words that mean something else where a command begins; `time` only to some shells. */
export const openingWords: ReadonlySet<string> = new Set(['{', 'if', 'while', 'until', 'for', 'select', 'case', 'function', '[[', '!'])
export const closingWords: ReadonlySet<string> = new Set(['}', 'then', 'else', 'elif', 'fi', 'do', 'done', 'esac', 'in', 'coproc', ']]'])

const bareWord = /[^ \t\n;&|<>()'"\\$`]+/y
const assignment = /[A-Za-z_][A-Za-z0-9_]*(?:\[(?:[^[\]\s'"\\`]|\[[^[\]\s'"\\`]*\])*\])?\+?=/y
const redirection = /[0-9]*(?:<<<|<<-|<<|<&|<>|<|>>|>\||>&|>)|&>>|&>/y

/** Shells that know arrays take one as an argument of these. */
const declaring: ReadonlySet<string> = new Set(['declare', 'export', 'local', 'readonly', 'typeset'])

/** Reads simple commands: assignments, words and redirections, and the here-documents that begin behind their line. */
export abstract class SimpleCommandReader extends WordReader {
  protected readonly commands: SimpleCommand[] = []
  /** Here-documents that begin behind the next newline. */
  protected pending: readonly HereDocument[] = []

  /** Reads the body of a function, from behind `name()` on. */
  protected abstract readFunction(name: string): void

  protected readSimple(): void {
    const { at: start, inBackticks } = this
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirections: Range[] = []
    let end = start
    for (;;) {
      const assigns = words.length === 0 || declaring.has((words[0] as Word).known)
      const found = assigns && this.atWord() ? this.#readAssignment() : undefined
      if (found !== undefined && words.length === 0) assignments.push(found)
      else if (found !== undefined) words.push(found.word)
      else if (this.atRedirection()) redirections.push(this.#readRedirection())
      else if (this.atWord()) words.push(this.readWord())
      else break
      end = this.at
      this.skipBlanks()
    }
    const [command] = words
    if (this.peek() === '(' && command?.bare === true && start === command.start && end === command.end) {
      this.eatParentheses()
      this.readFunction(command.known)
      return
    }
    if (!this.atCommandEnd() || end === start) throw new NotUnderstood('command')
    // bash reads on to the bracket that closes it, blanks and all.
    if (command !== undefined && /^[A-Za-z_]\w*\[/.test(this.text.slice(command.start, command.end))) throw new NotUnderstood('[')
    // Behind an assignment or a redirection reserved words lose their meaning, but not in every shell.
    if (command?.bare === true && (openingWords.has(command.known) || closingWords.has(command.known))) throw new NotUnderstood('word')
    this.commands.push({ start, end, assignments, words, redirections, inBackticks })
  }

  protected atCommandEnd(): boolean {
    return /^[\n;|)&]?$/.test(this.peek()) && !this.atRedirection()
  }

  protected eatParentheses(): void {
    this.expect('(')
    this.skipBlanks()
    this.expect(')')
  }

  #readAssignment(): Assignment | undefined {
    const { at: start } = this
    const head = this.match(assignment)
    if (head === undefined) return undefined
    const name = (/^\w+/.exec(head) as RegExpExecArray)[0]
    const value = start + head.length
    if (this.text[value] !== '(') return { name, word: this.readWord(), value, plain: head === `${name}=` }
    this.at = value + 1
    this.skipNewlines()
    while (!this.eat(')')) {
      this.readWord()
      this.skipNewlines()
    }
    if (this.atWord()) throw new NotUnderstood('array')
    const word = { start, end: this.at, known: head, complete: false, single: true, bare: false, runs: [], parameters: [] }
    return { name, word, value, plain: false }
  }

  protected atRedirection(): boolean {
    return this.match(redirection) !== undefined && !this.atProcessSubstitution()
  }

  protected readRedirections(): void {
    this.skipBlanks()
    while (this.atRedirection()) {
      this.#readRedirection()
      this.skipBlanks()
    }
  }

  #readRedirection(): Range {
    const { at: start } = this
    const found = this.match(redirection) as string
    const operator = found.replace(/^\d+/, '')
    this.at += found.length
    this.skipBlanks()
    const target = this.readWord()
    if (operator === '<<' || operator === '<<-') {
      if (!target.complete || target.known.includes('\n')) throw new NotUnderstood(operator)
      this.pending = [...this.pending, { delimiter: target.known, stripsTabs: operator === '<<-', literal: !target.bare }]
    }
    return { start, end: this.at }
  }

  protected override readWord(): Word {
    const word = super.readWord()
    // Shells differ on where a here-document begins whose line ends within quotes.
    if (this.pending.length > 0 && this.text.slice(word.start, word.end).includes('\n')) throw new NotUnderstood('<<')
    return word
  }

  /** The word that begins here, if it ends as a word and is written without any quoting; else nothing. */
  protected bareWord(): string {
    const found = this.match(bareWord) ?? ''
    return /^[ \t\n;&|<>()]?$/.test(this.peek(found.length)) ? found : ''
  }

  protected skipNewlines(): void {
    this.skipBlanks()
    while (this.eat('\n')) {
      const { pending } = this
      this.pending = []
      for (const document of pending) this.#readHereDocument(document)
      this.skipBlanks()
    }
  }

  #readHereDocument({ delimiter, stripsTabs, literal }: HereDocument): void {
    const { at: start } = this
    let previous = ''
    for (;;) {
      if (this.at >= this.limit) throw new NotUnderstood(delimiter)
      const { at: lineStart } = this
      const newline = this.text.indexOf('\n', lineStart)
      const lineEnd = newline < 0 || newline > this.limit ? this.limit : newline
      const line = this.text.slice(lineStart, lineEnd)
      this.at = Math.min(lineEnd + 1, this.limit)
      if ((stripsTabs ? line.replace(/^\t+/, '') : line) === delimiter) {
        if (!literal) this.#readBody(start, lineStart, previous)
        return
      }
      previous = line
    }
  }

  #readBody(start: number, end: number, lastLine: string): void {
    // A backslash would join the last line and the delimiter, or not, as the shell sees it.
    if (lastLine.endsWith('\\')) throw new NotUnderstood('<<')
    const { at: next } = this
    this.at = start
    this.readHereDocumentBody(end)
    this.at = next
  }
}
