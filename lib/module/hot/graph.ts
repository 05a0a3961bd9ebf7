// Which modules are to be evaluated anew. Pure: it knows names and what leads where, and nothing else.

/** A module, as far as it matters here. */
export interface Node {
  /** What it imports. */
  readonly imports: readonly string[]
  /** Does it take its own changes in, so that what imports it need not be evaluated again? */
  readonly isAccepting: boolean
}

/** All that can be reached from modules, themselves included, each behind what it imports as far as there is no circle: the order of evaluation. */
export function evaluationOrder(roots: readonly string[], importsOf: (name: string) => readonly string[]): readonly string[] {
  const order: string[] = []
  const seen = new Set<string>()
  // Without recursion: a chain of imports may be longer than the stack.
  const stack: { readonly name: string | undefined; readonly rest: Iterator<string> }[] = [{ name: undefined, rest: roots.values() }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { done, value } = top.rest.next()
    if (done === true) {
      if (top.name !== undefined) order.push(top.name)
      stack.pop()
    } else if (!seen.has(value)) {
      seen.add(value)
      stack.push({ name: value, rest: importsOf(value)[Symbol.iterator]() })
    }
  }
  return order
}

/**
 * What has changed, and all that imports it, up to what accepts its changes.
 *
 * @param nodes what can be reached from the module that is to be loaded anew
 */
export function planReload(nodes: ReadonlyMap<string, Node>, changed: Iterable<string>): ReadonlySet<string> {
  const importers = new Map<string, string[]>()
  for (const [name, { imports }] of nodes) {
    for (const imported of imports) {
      const list = importers.get(imported)
      if (list === undefined) importers.set(imported, [name])
      else list.push(name)
    }
  }
  const planned = new Set<string>()
  const waiting = [...changed].filter((name) => nodes.has(name))
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (planned.has(name)) continue
    planned.add(name)
    if (nodes.get(name)?.isAccepting !== true) waiting.push(...(importers.get(name) ?? []))
  }
  return planned
}
