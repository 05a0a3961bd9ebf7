// What an ES module imports and exports, and where in its text.
import { type Program, parse } from 'acorn'
import { type Survey, survey } from './survey.js'
import { boundNames, type Node, nameOf } from './syntax-tree.js'

/** What can be said of an export by its text alone. `value`: not a function. `unknown`: only its value tells. */
export type ExportKind = 'function' | 'value' | 'unknown'

/** An import, or an export of what another module exports. */
export interface ImportedModule {
  readonly specifier: string
  /** Of `with { type: 'json' }`. */
  readonly type: string | undefined
}

/** An export, and what it stands for. */
export type ExportedName =
  | { readonly name: string; readonly local: string; readonly kind: ExportKind; readonly isConstant: boolean }
  /** Of the module at this place in the list of imports; `imported` is `undefined` for all of it as one object. */
  | { readonly name: string; readonly from: number; readonly imported: string | undefined }

/** A name that an import binds: to one export, or to all of them as one object. */
export interface Binding {
  readonly from: number
  readonly imported: string | undefined
}

export interface ParsedModule {
  readonly program: Program
  /** Each module once, in the order of the text. */
  readonly imports: readonly ImportedModule[]
  readonly bindings: ReadonlyMap<string, Binding>
  readonly exports: readonly ExportedName[]
  /** The modules of which everything is exported, by their places in the list of imports. */
  readonly stars: readonly number[]
  readonly survey: Survey
}

/** The name that a default export without one is given. It cannot be in the text: an identifier of the user's would be another one. */
export const defaultName = '*default*'

/** @throws SyntaxError with `pos`, `loc` */
export function parseModule(text: string): ParsedModule {
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
  const reader = new Reader()
  for (const statement of program.body) reader.read(statement)
  const found = survey(program)
  return { program, survey: found, ...reader.result(found.assigned) }
}

class Reader {
  readonly #imports: ImportedModule[] = []
  readonly #bindings = new Map<string, Binding>()
  readonly #exports: ExportedName[] = []
  readonly #stars: number[] = []
  readonly #kinds = new Map<string, ExportKind>()
  /** The names that keep their value, unless they are assigned to. */
  readonly #constants = new Set<string>()

  read(statement: Program['body'][number]): void {
    switch (statement.type) {
      case 'ImportDeclaration': {
        const from = this.#place(statement)
        for (const each of statement.specifiers) {
          const imported =
            each.type === 'ImportSpecifier' ? nameOf(each.imported) : each.type === 'ImportDefaultSpecifier' ? 'default' : undefined
          this.#bindings.set(each.local.name, { from, imported })
        }
        break
      }
      case 'ExportAllDeclaration': {
        const from = this.#place(statement)
        if (statement.exported) this.#exports.push({ name: nameOf(statement.exported), from, imported: undefined })
        else this.#stars.push(from)
        break
      }
      case 'ExportDefaultDeclaration': {
        const { declaration } = statement
        const isNamed = (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id
        const local = isNamed ? isNamed.name : defaultName
        this.#exports.push({ name: 'default', local, kind: kindOf(declaration), isConstant: true })
        if (!isNamed) this.#constants.add(defaultName)
        break
      }
      case 'ExportNamedDeclaration':
        this.#readNamed(statement)
        break
      default:
    }
    this.#noteKinds(statement)
  }

  /** @param assigned names that are assigned to, somewhere in the module */
  result(assigned: ReadonlySet<string>): Pick<ParsedModule, 'imports' | 'bindings' | 'exports' | 'stars'> {
    const exports = this.#exports.map((each): ExportedName => {
      if (!('local' in each)) return each
      const binding = this.#bindings.get(each.local)
      if (binding !== undefined) return { name: each.name, ...binding }
      const isConstant = this.#constants.has(each.local) && !assigned.has(each.local)
      return { ...each, kind: isConstant ? (this.#kinds.get(each.local) ?? each.kind) : 'unknown', isConstant }
    })
    return { imports: this.#imports, bindings: this.#bindings, exports, stars: this.#stars }
  }

  #readNamed({ declaration, source, specifiers, attributes }: Extract<Node, { type: 'ExportNamedDeclaration' }>): void {
    if (source) {
      const from = this.#place({ source, attributes })
      for (const each of specifiers) this.#exports.push({ name: nameOf(each.exported), from, imported: nameOf(each.local) })
    } else if (declaration?.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations) for (const name of boundNames(id)) this.#addLocal(name, name)
    } else if (declaration) this.#addLocal(declaration.id.name, declaration.id.name)
    else for (const each of specifiers) this.#addLocal(nameOf(each.exported), nameOf(each.local))
  }

  #addLocal(name: string, local: string): void {
    this.#exports.push({ name, local, kind: 'unknown', isConstant: false })
  }

  #noteKinds(statement: Node): void {
    const hasDeclaration = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
    const declaration = hasDeclaration ? statement.declaration : statement
    if ((declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration') && declaration.id) {
      this.#note(declaration.id.name, kindOf(declaration))
    } else if (declaration?.type === 'VariableDeclaration' && declaration.kind === 'const') {
      for (const { id, init } of declaration.declarations) {
        if (id.type === 'Identifier' && init) this.#note(id.name, kindOf(init))
        else for (const name of boundNames(id)) this.#note(name, 'unknown')
      }
    }
  }

  #note(name: string, kind: ExportKind): void {
    this.#kinds.set(name, kind)
    this.#constants.add(name)
  }

  #place({ source, attributes }: { readonly source: { value?: unknown }; readonly attributes: readonly Node[] }): number {
    const specifier = String(source.value)
    let type: string | undefined
    for (const each of attributes) if (each.type === 'ImportAttribute' && nameOf(each.key) === 'type') type = String(each.value.value)
    const known = this.#imports.findIndex((each) => each.specifier === specifier && each.type === type)
    return known >= 0 ? known : this.#imports.push({ specifier, type }) - 1
  }
}

function kindOf(node: Node): ExportKind {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return 'function'
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
      return 'value'
    default:
      return 'unknown'
  }
}
