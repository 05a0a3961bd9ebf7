// Who imports something from brood/module is told by an editor what it is.
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../support.js'
import t from '../tap.js'

const entry = join(root, 'dist/module/index.d.ts')
const program = ts.createProgram([entry], {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  skipLibCheck: true,
  types: ['node'],
})
const checker = program.getTypeChecker()
const module = checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol

/** They say what they are by their names, which are Node's or the language's. */
const plain = /^(?:prototype|toString|toJSON|stdin|stdout|stderr|#private|__.*)$/

const isOurs = ({ declarations = [] }: ts.Symbol) =>
  declarations.some((each) => each.getSourceFile().fileName.startsWith(join(root, 'dist')))
const textOf = (symbol: ts.Symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker))

function tagsOf(symbol: ts.Symbol): string[] {
  return symbol.getJsDocTags(checker).map(({ name }) => name)
}

/** An export and, of a class or an interface, what it has of its own. */
function partsOf(symbol: ts.Symbol): (readonly [name: string, part: ts.Symbol])[] {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const members = [...(target.members?.values() ?? [])].filter(
    (member) => !(member.flags & ts.SymbolFlags.TypeParameter) && isOurs(member) && !plain.test(member.name),
  )
  return [[symbol.name, target], ...members.map((member) => [`${symbol.name}.${member.name}`, member] as const)]
}

const parts = checker.getExportsOfModule(module).flatMap(partsOf)

t.test('each export and each of its members has a comment', (t) => {
  t.ok(parts.length > 80, `${parts.length} of them`)
  for (const [name, part] of parts) {
    // A comment may be of its tags alone.
    t.ok(textOf(part) !== '' || tagsOf(part).length > 0, name)
    t.notMatch(textOf(part), /inheritDoc/, name)
  }
  t.end()
})

t.test('each option says its default', (t) => {
  const options = parts.filter(([name, part]) => /(?:Options|Limits)\./.test(name) && part.flags & ts.SymbolFlags.Optional)
  t.ok(options.length > 15, `${options.length} options`)
  for (const [name, part] of options) t.ok(tagsOf(part).includes('default'), name)
  t.end()
})

t.test('what can fail says how', (t) => {
  const cannotFail = new Set(['hotHandle', 'importsOf'])
  const functions = parts.filter(([name, part]) => part.flags & ts.SymbolFlags.Function && !cannotFail.has(name)).map(([name]) => name)
  t.ok(functions.length >= 4, functions.join())
  for (const name of [...functions, 'LoadedModule.main', 'LoadedModule.exports', 'LoadedModule.sync', 'LoadedModule.unload', 'imports']) {
    const [, part] = parts.find(([each]) => each === name) ?? []
    t.ok(part !== undefined && tagsOf(part).includes('throws'), name)
  }
  t.end()
})
