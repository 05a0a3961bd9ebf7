import { boundNames, forEachChild, isFunction, type Node } from './syntax-tree.js'

/** What is found in one walk through a syntax tree. */
export interface Survey {
  /** The names that are assigned to, wherever: one of the same name further in counts as well, which costs a little speed and nothing else. */
  readonly assigned: ReadonlySet<string>
  /** `import.meta` */
  readonly metas: readonly Node[]
  /** `import()` */
  readonly imports: readonly Node[]
  /** The first `await` outside of functions, by its place in the text. */
  readonly awaitsAt: number | undefined
}

export function survey(program: Node): Survey {
  const assigned = new Set<string>()
  const metas: Node[] = []
  const imports: Node[] = []
  let awaitsAt: number | undefined
  const visit = (node: Node, isInFunction: boolean) => {
    switch (node.type) {
      case 'AssignmentExpression':
        addAll(assigned, boundNames(node.left))
        break
      case 'UpdateExpression':
        addAll(assigned, boundNames(node.argument))
        break
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') addAll(assigned, boundNames(node.left))
        break
      case 'MetaProperty':
        if (node.meta.name === 'import') metas.push(node)
        break
      case 'ImportExpression':
        imports.push(node)
        break
      default:
    }
    if (!isInFunction && awaits(node)) awaitsAt ??= node.start
    const isInner = isInFunction || isFunction(node)
    forEachChild(node, (child) => visit(child, isInner))
  }
  visit(program, false)
  return { assigned, metas, imports, awaitsAt }
}

function awaits(node: Node): boolean {
  if (node.type === 'AwaitExpression') return true
  return (node.type === 'ForOfStatement' && node.await) || (node.type === 'VariableDeclaration' && node.kind === 'await using')
}

function addAll(names: Set<string>, added: Iterable<string>): void {
  for (const name of added) names.add(name)
}
