import type { Quote } from './shell-quote.js'

/** A run of a word's known text, and where it stands: `known[index]` is the character at `start`, and so on. */
interface Run {
  readonly index: number
  readonly start: number
  readonly quote: Quote
}

/** A variable that a word expands. */
interface Parameter {
  readonly name: string
  /** What follows the name up to the closing brace, as in `${name:-default}`; empty where nothing does. */
  readonly operation: string
}

/** One word of a shell text. */
export interface Word {
  readonly start: number
  /** Index behind the word's last character. */
  readonly end: number
  /** What the word means, without its quotes, up to the first thing that only the running shell knows. */
  readonly known: string
  /** Is `known` all of it? */
  readonly complete: boolean
  /** Is it one argument for sure, whatever its expansions yield? */
  readonly single: boolean
  /** Is it written without any quoting? Only so can it be a reserved word. */
  readonly bare: boolean
  readonly runs: readonly Run[]
  readonly parameters: readonly Parameter[]
}

/** A place between two characters of a text. */
export interface Place {
  readonly offset: number
  readonly quote: Quote
}

/**
 * The place in the text that is behind the first `index` characters of a word's known text, and directly behind the last of them.
 * That one must be no backslash: within double quotes it would take away the meaning of a quote behind it. Nor may it be a dollar,
 * which would give a quote behind it another meaning.
 */
export function placeIn(word: Word, index: number): Place {
  const run = word.runs.findLast((candidate) => candidate.index < index)
  return run === undefined ? { offset: word.start, quote: '' } : { offset: run.start + index - run.index, quote: run.quote }
}

/** Thrown where a text is not understood. It never leaves the parser. */
export class NotUnderstood extends Error {}

const blank = /[ \t]/
/** What ends a word, where it is not quoted. */
const wordEnd = /[ \t\n;&|<>()]/
const nameStart = /[A-Za-z_]/
const name = /[A-Za-z_][A-Za-z0-9_]*/y
const maximumDepth = 100

/** A word while it is being read. */
class WordBuilder {
  known = ''
  complete = true
  single = true
  bare = true
  readonly runs: Run[] = []
  readonly parameters: Parameter[] = []

  add(character: string, start: number, quote: Quote): void {
    if (!this.complete) return
    const last = this.runs.at(-1)
    const index = this.known.length
    if (last === undefined || last.quote !== quote || last.start + index - last.index !== start) this.runs.push({ index, start, quote })
    this.known += character
  }

  /** From here on only the running shell knows. */
  addUnknown(single: boolean): void {
    this.complete = false
    this.single &&= single
  }
}

/**
 * Reads words as POSIX shells do, with what bash, zsh and ksh add and the others do not read otherwise.
 *
 * Where shells differ it throws {@link NotUnderstood}.
 */
export abstract class WordReader {
  protected at = 0
  /** Where the part of the text that is being read ends. */
  protected limit: number
  protected inBackticks = false
  #depth = 0

  constructor(protected readonly text: string) {
    this.limit = text.length
  }

  /** Reads commands up to the `)` that ends a command substitution, or the end of backticks. */
  protected abstract readSubstitution(): void

  protected peek(ahead = 0): string {
    return this.at + ahead < this.limit ? (this.text[this.at + ahead] as string) : ''
  }

  protected startsWith(token: string): boolean {
    return this.at + token.length <= this.limit && this.text.startsWith(token, this.at)
  }

  protected eat(token: string): boolean {
    const found = this.startsWith(token)
    if (found) this.at += token.length
    return found
  }

  protected expect(token: string): void {
    if (!this.eat(token)) throw new NotUnderstood(token)
  }

  /** Keeps hostile text from exhausting the stack. */
  protected nest(read: () => void): void {
    if (++this.#depth > maximumDepth) throw new NotUnderstood('depth')
    read()
    this.#depth--
  }

  protected match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    return found !== undefined && this.at + found.length <= this.limit ? found : undefined
  }

  /** Does a word, or what is read as part of one, begin here? */
  protected atWord(): boolean {
    const character = this.peek()
    return character !== '' && (!wordEnd.test(character) || this.atProcessSubstitution())
  }

  protected atProcessSubstitution(): boolean {
    return this.startsWith('<(') || this.startsWith('>(')
  }

  protected readWord(): Word {
    const start = this.at
    const word = new WordBuilder()
    if (this.atProcessSubstitution()) {
      this.at += 2
      this.readEnclosed()
      word.addUnknown(true)
    }
    while (this.readWordPart(word, start)) {
      // Each call reads one part.
    }
    if (this.at === start || this.atProcessSubstitution()) throw new NotUnderstood('word')
    const raw = this.text.slice(start, this.at)
    // bash takes `{fd}>file` for a redirection, others for a word before one.
    if (/^\{\w+\}$/.test(raw) && /[<>]/.test(this.peek())) throw new NotUnderstood('redirection')
    if (/^\[\[?$/.test(raw)) Object.assign(word, { known: raw, complete: true, single: true })
    const { known, complete, single, runs, parameters } = word
    return { start, end: this.at, known, complete, single, bare: complete && raw === known, runs, parameters }
  }

  private readWordPart(word: WordBuilder, start: number): boolean {
    const character = this.peek()
    if (character === '' || wordEnd.test(character)) return false
    switch (character) {
      case '\\':
        return this.readEscape(word)
      case "'":
        this.at++
        this.readSingleQuoted(word)
        return true
      case '"':
        this.at++
        this.readDoubleQuoted(word, '"')
        return true
      case '$':
        this.readDollar(word, false)
        return true
      case '`':
        this.readBackticks(word, false)
        return true
      case '{':
        if (this.at === start && (this.peek(1) === '' || wordEnd.test(this.peek(1)))) break
        if (this.peek(1) === '}') break
        word.addUnknown(false)
        break
      case '~':
        // Elsewhere in a word only an assignment expands it, where it makes no difference here.
        if (this.at === start) word.addUnknown(true)
        break
      case '*':
      case '?':
      case '[':
        word.addUnknown(false)
        break
    }
    word.add(character, this.at++, '')
    return true
  }

  private readEscape(word: WordBuilder): boolean {
    const escaped = this.peek(1)
    if (escaped === '\n') {
      const next = this.peek(2)
      // A line may be continued behind a word; in a word it would have to be taken out before anything is looked at.
      if (next === '' || wordEnd.test(next)) return false
      throw new NotUnderstood('line continuation')
    }
    if (escaped === '') throw new NotUnderstood('escape')
    word.add(escaped, this.at + 1, '')
    this.at += 2
    return true
  }

  private readSingleQuoted(word: WordBuilder): void {
    for (; this.peek() !== "'"; this.at++) {
      if (this.peek() === '') throw new NotUnderstood("'")
      word.add(this.peek(), this.at, "'")
    }
    this.at++
  }

  /** Reads up to `end`; where that is empty, the body of a here-document up to its end. */
  protected readDoubleQuoted(word: WordBuilder, end: '"' | ''): void {
    while (this.peek() !== end) {
      const character = this.peek()
      if (character === '') throw new NotUnderstood('"')
      if (character === '$') this.readDollar(word, true)
      else if (character === '`') this.readBackticks(word, true)
      else if (character === '\\' && this.peek(1) === '\n') this.at += 2
      else {
        if (character === '\\' && /[$`"\\]/.test(this.peek(1))) this.at++
        word.add(this.peek(), this.at++, '"')
      }
    }
    this.at += end.length
  }

  protected readHereDocumentBody(end: number): void {
    const { limit } = this
    this.limit = end
    this.readDoubleQuoted(new WordBuilder(), '')
    this.limit = limit
  }

  private readDollar(word: WordBuilder, quoted: boolean): void {
    const next = this.peek(1)
    if (next === '(') {
      word.addUnknown(quoted)
      if (this.startsWith('$((')) {
        this.at += 3
        this.readArithmetic(word)
      } else {
        this.at += 2
        this.readEnclosed()
      }
    } else if (next === '{') {
      word.addUnknown(quoted)
      this.at += 2
      this.nest(() => this.readBraces(word, quoted))
    } else if (nameStart.test(next)) {
      word.addUnknown(quoted)
      this.at++
      word.parameters.push({ name: this.readName(), operation: '' })
    } else if (/[0-9@*#?$!-]/.test(next)) {
      word.addUnknown(quoted && next !== '@')
      this.at += 2
    } else if (next === "'" && !quoted) {
      this.readDollarQuoted(word)
    } else if (next === '[' || this.startsWith('$\\\n')) {
      throw new NotUnderstood('$')
    } else if (next === '"' && !quoted) {
      word.addUnknown(true)
      this.at += 2
      this.readDoubleQuoted(word, '"')
    } else {
      // Zsh expands some more.
      if (next !== '' && !wordEnd.test(next) && next !== '"') word.addUnknown(quoted)
      word.add('$', this.at++, quoted ? '"' : '')
    }
  }

  protected readName(): string {
    const found = this.match(name)
    if (found === undefined) throw new NotUnderstood('name')
    this.at += found.length
    return found
  }

  /** `$'..'`: dash takes the dollar literally, but sees the same end as long as no quote is escaped in it. */
  private readDollarQuoted(word: WordBuilder): void {
    word.addUnknown(true)
    this.at += 2
    for (; this.peek() !== "'"; this.at++) {
      if (this.peek() === '' || this.startsWith("\\'")) throw new NotUnderstood("$'")
    }
    this.at++
  }

  private readBraces(word: WordBuilder, quoted: boolean): void {
    const parameter = nameStart.test(this.peek()) ? this.readName() : undefined
    const operation = this.at
    // ksh and bash run commands in `${ ..}` and `${|..}`; zsh has much more.
    if (parameter === undefined && !/[0-9@*#?$!-]/.test(this.peek())) throw new NotUnderstood('${')
    const nested = new WordBuilder()
    for (;;) {
      const character = this.peek()
      if (character === '}') break
      if (character === '' || (character === "'" && quoted) || this.atProcessSubstitution()) throw new NotUnderstood('}')
      if (character === '@' || character === '*') word.single &&= quoted && character === '*'
      if (character === '\\') this.at += 2
      else if (character === '$') this.readDollar(nested, quoted)
      else if (character === '`') this.readBackticks(nested, quoted)
      else {
        this.at++
        if (character === "'") this.readSingleQuoted(nested)
        else if (character === '"') this.readDoubleQuoted(nested, '"')
      }
    }
    if (parameter !== undefined) word.parameters.push({ name: parameter, operation: this.text.slice(operation, this.at) })
    this.at++
  }

  private readArithmetic(word: WordBuilder): void {
    for (let open = 0; open > 0 || !this.startsWith('))'); ) {
      const character = this.peek()
      if (character === '' || character === "'" || (open === 0 && character === ')')) throw new NotUnderstood('))')
      if (character === '$') this.readDollar(word, true)
      else if (character === '`') this.readBackticks(word, true)
      else {
        this.at += character === '\\' ? 2 : 1
        if (character === '"') this.readDoubleQuoted(word, '"')
        if (character === '(') open++
        if (character === ')') open--
      }
    }
    this.at += 2
  }

  private readEnclosed(): void {
    this.nest(() => this.readSubstitution())
    this.expect(')')
  }

  /** What stands between backticks without a backslash is read where it stands; with one it keeps its secrets. */
  private readBackticks(word: WordBuilder, quoted: boolean): void {
    word.addUnknown(quoted)
    const start = ++this.at
    for (; this.peek() !== '`'; this.at += this.peek() === '\\' ? 2 : 1) {
      if (this.peek() === '') throw new NotUnderstood('`')
    }
    const end = this.at
    if (!this.text.slice(start, end).includes('\\')) {
      const { limit, inBackticks } = this
      this.at = start
      this.limit = end
      this.inBackticks = true
      this.nest(() => this.readSubstitution())
      if (this.at !== end) throw new NotUnderstood('`')
      this.limit = limit
      this.inBackticks = inBackticks
    }
    this.at = end + 1
  }

  /** Blanks and continued lines, and where a comment may stand, that. */
  protected skipBlanks(comments = true): void {
    for (;;) {
      if (blank.test(this.peek())) this.at++
      else if (this.startsWith('\\\n')) this.at += 2
      else break
    }
    if (comments && this.peek() === '#') while (this.peek() !== '' && this.peek() !== '\n') this.at++
  }
}
