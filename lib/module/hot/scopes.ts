// Which identifiers of a module mean one of a few names of its outermost scope, and not something of the same name further in.
import { boundNames, forEachChild, isFunction, type Node } from './syntax-tree.js'

/** An identifier that means one of the names that were asked for. */
export interface Reference {
  readonly name: string
  readonly start: number
  readonly end: number
  /** `{ a }`, and `{ a = 1 }` of a pattern: the name is the key as well. */
  readonly isShorthand: boolean
  /** `a()` and a`…`: what is put in its place must not become a method call. */
  readonly isCallee: boolean
  /** Does a statement of a list of statements begin with it? The one before may have no semicolon. */
  readonly startsStatement: boolean
}

/**
 * Finds the references to names that are declared outside, or nowhere.
 *
 * @param wanted the names that are asked for. What declares one of them further in hides it there.
 */
export function findReferences(program: Node, wanted: ReadonlySet<string>): readonly Reference[] {
  const found: Reference[] = []
  if (wanted.size > 0) new Finder(wanted, found).visit(program, undefined, wanted)
  return found
}

type Names = ReadonlySet<string>

class Finder {
  readonly #wanted: Names
  readonly #found: Reference[]
  #statementStart = -1
  #shorthandStart = -1

  constructor(wanted: Names, found: Reference[]) {
    this.#wanted = wanted
    this.#found = found
  }

  /** @param visible those of the wanted names that are not hidden here */
  visit(node: Node, parent: Node | undefined, visible: Names): void {
    if (node.type === 'Identifier') {
      if (visible.has(node.name) && isReference(node, parent)) this.#add(node, parent)
      return
    }
    if (node.type === 'ExpressionStatement' && parent !== undefined && isStatementList(parent)) this.#statementStart = node.start
    if (node.type === 'Property' && node.shorthand) this.#shorthandStart = node.start
    // What is imported and exported is told by name, elsewhere.
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return
    if (node.type === 'ExportNamedDeclaration' && !node.declaration) return
    const inner = this.#without(visible, declaredIn(node, parent))
    forEachChild(node, (child) => {
      // A property that is written in short is one identifier in two places.
      if (node.type !== 'Property' || !node.shorthand || child !== node.key) this.visit(child, node, inner)
    })
  }

  #add(node: Node & { name: string }, parent: Node | undefined): void {
    const { name, start, end } = node
    const isShorthand = start === this.#shorthandStart
    this.#found.push({ name, start, end, isShorthand, isCallee: isCallee(node, parent), startsStatement: start === this.#statementStart })
  }

  #without(visible: Names, declared: Iterable<string>): Names {
    let inner: Set<string> | undefined
    for (const name of declared) {
      if (this.#wanted.has(name) && visible.has(name)) (inner ??= new Set(visible)).delete(name)
    }
    return inner ?? visible
  }
}

const isStatementList = ({ type }: Node) =>
  type === 'Program' || type === 'BlockStatement' || type === 'StaticBlock' || type === 'SwitchCase'

function isReference(node: Node, parent: Node | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.computed || node === parent.object
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.computed || node !== parent.key || (parent.type === 'Property' && parent.shorthand)
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ImportAttribute':
      return false
    default:
      return true
  }
}

function isCallee(node: Node, parent: Node | undefined): boolean {
  return (
    (parent?.type === 'CallExpression' && parent.callee === node) || (parent?.type === 'TaggedTemplateExpression' && parent.tag === node)
  )
}

/** The names that are declared for what is inside of a node. */
function* declaredIn(node: Node, parent: Node | undefined): Iterable<string> {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      if (node.type === 'FunctionExpression' && node.id) yield node.id.name
      for (const parameter of node.params) yield* boundNames(parameter)
      break
    case 'ClassExpression':
    case 'ClassDeclaration':
      if (node.id) yield node.id.name
      break
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
      if (node.type !== 'BlockStatement' || isFunction(parent)) yield* varNames(node)
      yield* lexicalNames(node.body)
      break
    case 'SwitchStatement':
      for (const { consequent } of node.cases) yield* lexicalNames(consequent)
      break
    case 'ForStatement':
      if (node.init) yield* lexicalNames([node.init])
      break
    case 'ForInStatement':
    case 'ForOfStatement':
      yield* lexicalNames([node.left])
      break
    case 'CatchClause':
      if (node.param) yield* boundNames(node.param)
      break
    default:
  }
}

function* lexicalNames(nodes: readonly Node[]): Iterable<string> {
  for (const node of nodes) {
    const statement =
      (node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') && node.declaration ? node.declaration : node
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
      for (const { id } of statement.declarations) yield* boundNames(id)
    } else if ((statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') && statement.id) yield statement.id.name
  }
}

/** Within the same function. */
const holdsStatements = /Statement$|^SwitchCase$|^CatchClause$|^ExportNamedDeclaration$/

/** What `var` declares in a function, however deep, but for functions in it. */
function varNames(node: Node, names: string[] = []): readonly string[] {
  forEachChild(node, (child) => {
    if (child.type === 'VariableDeclaration' && child.kind === 'var') {
      for (const { id } of child.declarations) names.push(...boundNames(id))
    }
    if (holdsStatements.test(child.type)) varNames(child, names)
  })
  return names
}
