import { closingWords, openingWords, type Range, type SimpleCommand, SimpleCommandReader } from './shell-command.js'
import { NotUnderstood } from './shell-word.js'

/** A part of the text that may run more than once. */
interface Loop extends Range {
  /** The variable that it sets, in `for` and `select`. */
  readonly variable: string | undefined
}

/** What a shell text consists of. All positions are indexes into that text. */
export interface ShellProgram {
  /** Every simple command, those in substitutions and here-documents included. */
  readonly commands: readonly SimpleCommand[]
  /** What a subshell runs: nothing in there changes a variable outside. */
  readonly subshells: readonly Range[]
  readonly loops: readonly Loop[]
  /** The bodies of functions, by name. */
  readonly functions: ReadonlyMap<string, readonly Range[]>
}

/** What shells read differently. */
export interface ShellDialect {
  /** Is `time` a reserved word, as in bash, ksh and zsh, and not a program, as in dash? */
  readonly timeIsReserved: boolean
}

/**
 * Parses a text for a POSIX shell, or one of bash, zsh or ksh as far as they agree.
 *
 * @returns `undefined` where the text is not fully understood: an error, a construct that is not known here, or one that shells read differently
 * @see POSIX.1-2024, Shell Command Language, 2.10 Shell Grammar
 */
export function parseShell(text: string, dialect: ShellDialect): ShellProgram | undefined {
  try {
    return new ShellParser(text, dialect).parse()
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

class ShellParser extends SimpleCommandReader {
  readonly #subshells: Range[] = []
  readonly #loops: Loop[] = []
  readonly #functions = new Map<string, Range[]>()
  readonly #dialect: ShellDialect

  constructor(text: string, dialect: ShellDialect) {
    super(text)
    this.#dialect = dialect
  }

  parse(): ShellProgram {
    this.#readList()
    if (this.at < this.limit || this.pending.length > 0) throw new NotUnderstood('end')
    return { commands: this.commands, subshells: this.#subshells, loops: this.#loops, functions: this.#functions }
  }

  protected override readSubstitution(): void {
    const { at: start, pending } = this
    this.pending = []
    this.#readList()
    // Whose here-document would begin at a newline in here?
    if (this.pending.length > 0 || (pending.length > 0 && this.text.slice(start, this.at).includes('\n'))) throw new NotUnderstood('<<')
    this.pending = pending
    this.#subshells.push({ start, end: this.at })
  }

  /** Commands up to what cannot begin one; `ends` are the reserved words among that. */
  #readList(...ends: readonly string[]): number {
    for (let count = 0; ; count++) {
      this.skipNewlines()
      const character = this.peek()
      if (character === '' || character === ')' || this.#atCaseEnd() || ends.includes(this.bareWord())) return count
      const { at: start } = this
      this.#readAndOr()
      const { at: end } = this
      if (this.#atCaseEnd()) return count + 1
      // What runs in the background does so in a subshell.
      if (this.eat('&')) this.#subshells.push({ start, end })
      else if (!this.eat(';') && this.peek() !== '\n') return count + 1
    }
  }

  #readBody(...ends: readonly string[]): void {
    if (this.#readList(...ends) === 0) throw new NotUnderstood('empty list')
  }

  #atCaseEnd(): boolean {
    return this.startsWith(';;') || this.startsWith(';&')
  }

  #readAndOr(): void {
    do {
      this.skipNewlines()
      this.#readPipeline()
    } while (this.eat('&&') || this.eat('||'))
  }

  #readPipeline(): void {
    let timed = false
    for (let negated = true; negated || timed; ) {
      negated = this.#eatBareWord('!')
      timed = this.#eatTime()
      if (timed && this.atCommandEnd()) return
    }
    this.nest(() => this.#readCommand())
    this.skipBlanks()
    while (!this.startsWith('||') && (this.eat('|&') || this.eat('|'))) {
      this.skipNewlines()
      // Here it is reserved to zsh, and not to bash.
      if (this.#dialect.timeIsReserved && this.bareWord() === 'time') throw new NotUnderstood('time')
      this.nest(() => this.#readCommand())
      this.skipBlanks()
    }
  }

  #eatTime(): boolean {
    const { at } = this
    const { timeIsReserved } = this.#dialect
    if (!this.#eatBareWord('time')) return false
    if (timeIsReserved && this.#eatBareWord('-p')) this.#eatBareWord('--')
    // In front of a compound command it can be nothing else.
    if (timeIsReserved || this.peek() === '(' || openingWords.has(this.bareWord())) return true
    this.at = at
    return false
  }

  #eatBareWord(word: string): boolean {
    const found = this.bareWord() === word
    if (found) {
      this.at += word.length
      this.skipBlanks()
    }
    return found
  }

  #expectBareWord(word: string): void {
    if (!this.#eatBareWord(word)) throw new NotUnderstood(word)
  }

  #readCommand(): void {
    if (this.#readCompound()) {
      this.readRedirections()
      if (!this.atCommandEnd()) throw new NotUnderstood('command')
      return
    }
    if (closingWords.has(this.bareWord())) throw new NotUnderstood(this.bareWord())
    this.readSimple()
  }

  #readCompound(): boolean {
    const { at: start } = this
    if (this.#eatArithmetic()) return true
    if (this.eat('(')) {
      this.#readBody()
      this.expect(')')
      this.#subshells.push({ start, end: this.at })
      return true
    }
    const word = this.bareWord()
    if (!openingWords.has(word) || word === '!') return false
    this.#eatBareWord(word)
    if (word === '{') this.#readGroup()
    else if (word === 'if') this.#readIf()
    else if (word === 'for' || word === 'select') this.#readFor(start)
    else if (word === 'case') this.#readCase()
    else if (word === 'function') this.#readFunctionDefinition()
    else if (word === '[[') this.#readConditional()
    else {
      this.#readBody('do')
      this.#readDo(start, undefined)
    }
    return true
  }

  #readGroup(): void {
    this.#readBody('}')
    this.#expectBareWord('}')
  }

  #readIf(): void {
    do {
      this.#readBody('then')
      this.#expectBareWord('then')
      this.#readBody('elif', 'else', 'fi')
    } while (this.#eatBareWord('elif'))
    if (this.#eatBareWord('else')) this.#readBody('fi')
    this.#expectBareWord('fi')
  }

  #readDo(start: number, variable: string | undefined): void {
    this.#expectBareWord('do')
    this.#readBody('done')
    this.#expectBareWord('done')
    this.#loops.push({ start, end: this.at, variable })
  }

  #readFor(start: number): void {
    const variable = this.#eatArithmetic() ? undefined : this.readName()
    this.skipNewlines()
    if (variable !== undefined && this.#eatBareWord('in')) {
      while (this.atWord()) {
        this.readWord()
        this.skipBlanks()
      }
      if (this.peek() !== ';' && this.peek() !== '\n') throw new NotUnderstood('in')
    }
    if (!this.#atCaseEnd()) this.eat(';')
    this.skipNewlines()
    this.#readDo(start, variable)
  }

  #readCase(): void {
    this.readWord()
    this.skipNewlines()
    this.#expectBareWord('in')
    this.skipNewlines()
    while (!this.#eatBareWord('esac')) {
      this.eat('(')
      do {
        this.skipBlanks()
        this.readWord()
        this.skipBlanks()
      } while (this.eat('|'))
      this.expect(')')
      this.#readList('esac')
      if (!this.eat(';;&') && !this.eat(';;') && !this.eat(';&') && this.bareWord() !== 'esac') throw new NotUnderstood('esac')
      this.skipNewlines()
    }
  }

  #readFunctionDefinition(): void {
    const name = this.bareWord()
    if (name === '') throw new NotUnderstood('function')
    this.#eatBareWord(name)
    if (this.peek() === '(') this.eatParentheses()
    this.readFunction(name)
  }

  protected override readFunction(name: string): void {
    this.skipNewlines()
    const { at: start } = this
    if (!this.#readCompound()) throw new NotUnderstood('function')
    this.readRedirections()
    if (!this.atCommandEnd()) throw new NotUnderstood('function')
    this.#functions.set(name, [...(this.#functions.get(name) ?? []), { start, end: this.at }])
  }

  /** `[[ .. ]]`: nothing in it is a command, but for the substitutions in its words. */
  #readConditional(): void {
    while (!this.#eatBareWord(']]')) {
      if (this.peek() === '\n') this.skipNewlines()
      else if (this.atWord()) this.readWord()
      else if (/[()<>|]/.test(this.peek())) this.at++
      else this.expect('&&')
      this.skipBlanks(false)
    }
  }

  /** `((..))`, where the parentheses say so: arithmetic, or to a shell without it subshells, and left alone either way. */
  #eatArithmetic(): boolean {
    if (!this.startsWith('((')) return false
    let index = this.at + 2
    for (let open = 2; open > 1; index++) {
      const character = index < this.limit ? (this.text[index] as string) : ''
      if (/^['"\\`]?$/.test(character)) throw new NotUnderstood('((')
      if (character === '(') open++
      if (character === ')') open--
    }
    if (index >= this.limit || this.text[index] !== ')') return false
    // It must not hide where a here-document begins.
    if (/<<-?[ \t]*[A-Za-z_]/.test(this.text.slice(this.at, index))) throw new NotUnderstood('((')
    this.at = index + 1
    return true
  }
}
