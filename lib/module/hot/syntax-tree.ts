import type * as acorn from 'acorn'

/** Any node of a syntax tree, as acorn makes it. */
export type Node = acorn.AnyNode

/** Calls a function with each of its children, in the order of the text. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  // Without a list of its values: a large file has a million nodes.
  for (const key in node) {
    const value = (node as unknown as Record<string, unknown>)[key]
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) visit(each)
    } else if (isNode(value)) visit(value)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** The name of an import or export, which may be written as a text. */
export function nameOf(node: acorn.Identifier | acorn.Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

/** The names that a pattern binds: `{ a, b: [c], ...d }`. */
export function* boundNames(pattern: Node): Iterable<string> {
  switch (pattern.type) {
    case 'Identifier':
      yield pattern.name
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) yield* boundNames(property.type === 'Property' ? property.value : property.argument)
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) yield* boundNames(element)
      break
    case 'AssignmentPattern':
      yield* boundNames(pattern.left)
      break
    case 'RestElement':
      yield* boundNames(pattern.argument)
      break
    default:
  }
}

export function isFunction(node: Node | undefined): boolean {
  return node?.type === 'FunctionDeclaration' || node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression'
}
