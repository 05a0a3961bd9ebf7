// What an editor tells of a library: its exports, with their comments.
import { join } from 'node:path'
import type { Test } from 'tap'
import ts from 'typescript'
import { root } from './support.js'

/** They say what they are by their names, which are Node's or the language's. */
const plain = /^(?:prototype|toString|toJSON|stdin|stdout|stderr|#private|__.*)$/

const isOurs = ({ declarations = [] }: ts.Symbol) =>
  declarations.some((each) => each.getSourceFile().fileName.startsWith(join(root, 'dist')))

type Part = readonly [name: string, part: ts.Symbol]

export class PublicDocs {
  /** Each export and, of a class or an interface, what it has of its own. */
  readonly parts: readonly Part[]
  readonly #checker: ts.TypeChecker

  /** @param types the types of the library, within dist */
  constructor(types: string) {
    const entry = join(root, 'dist', types)
    const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, skipLibCheck: true, types: ['node'] }
    const program = ts.createProgram([entry], options)
    this.#checker = program.getTypeChecker()
    const module = this.#checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol
    this.parts = this.#checker.getExportsOfModule(module).flatMap((symbol) => this.#partsOf(symbol))
  }

  tagsOf(symbol: ts.Symbol): string[] {
    return symbol.getJsDocTags(this.#checker).map(({ name }) => name)
  }

  /** @param least how many there are at least: what is not found is not checked */
  checkComments(t: Test, least: number): void {
    t.ok(this.parts.length > least, `${this.parts.length} of them`)
    for (const [name, part] of this.parts) {
      const text = ts.displayPartsToString(part.getDocumentationComment(this.#checker))
      // A comment may be of its tags alone.
      t.ok(text !== '' || this.tagsOf(part).length > 0, name)
      t.notMatch(text, /inheritDoc/, name)
    }
  }

  /** @param of what has options, by its name */
  checkDefaults(t: Test, of: RegExp, least: number): void {
    const options = this.parts.filter(([name, part]) => of.test(name) && part.flags & ts.SymbolFlags.Optional)
    t.ok(options.length > least, `${options.length} options`)
    for (const [name, part] of options) t.ok(this.tagsOf(part).includes('default'), name)
  }

  /** The names of the functions. */
  get functions(): readonly string[] {
    return this.parts.filter(([, part]) => part.flags & ts.SymbolFlags.Function).map(([name]) => name)
  }

  #partsOf(symbol: ts.Symbol): readonly Part[] {
    const target = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol
    const members = [...(target.members?.values() ?? [])].filter(
      (member) => !(member.flags & ts.SymbolFlags.TypeParameter) && isOurs(member) && !plain.test(member.name),
    )
    return [[symbol.name, target], ...members.map((member): Part => [`${symbol.name}.${member.name}`, member])]
  }
}
