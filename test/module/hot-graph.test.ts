import * as fc from 'fast-check'
import { evaluationOrder, type Node, planReload } from '../../lib/module/hot/graph.js'
import t from '../tap.js'

type Graph = Readonly<Record<string, readonly string[]>>

t.test('the order of evaluation', (t) => {
  const rows: readonly [name: string, graph: Graph, order: string][] = [
    ['alone', { a: [] }, 'a'],
    ['a chain', { a: ['b'], b: ['c'], c: [] }, 'cba'],
    ['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, 'dbca'],
    ['itself', { a: ['a'] }, 'a'],
    ['a circle', { a: ['b'], b: ['c'], c: ['a'] }, 'cba'],
    ['what is imported twice', { a: ['b', 'b'], b: [] }, 'ba'],
  ]
  for (const [name, graph, order] of rows) t.equal(evaluationOrder(['a'], (each) => graph[each] ?? []).join(''), order, name)
  const long = Array.from({ length: 100_000 }, (_, index) => String(index))
  const order = evaluationOrder(['0'], (name) => (Number(name) + 1 < long.length ? [String(Number(name) + 1)] : []))
  t.equal(order.length, long.length, 'a chain longer than the stack')
  t.end()
})

t.test('what is evaluated anew', (t) => {
  const graph: Graph = { root: ['left', 'right'], left: ['deep'], right: ['other'], deep: [], other: [] }
  const circle: Graph = { root: ['a'], a: ['b'], b: ['c'], c: ['a'] }
  const rows: readonly [name: string, graph: Graph, changed: string[], accepting: string[], planned: string[]][] = [
    ['nothing', graph, [], [], []],
    ['the root', graph, ['root'], [], ['root']],
    ['siblings stay', graph, ['deep'], [], ['deep', 'left', 'root']],
    ['two', graph, ['deep', 'other'], [], ['deep', 'left', 'other', 'right', 'root']],
    ['a circle', circle, ['b'], [], ['a', 'b', 'c', 'root']],
    ['up to what accepts', graph, ['deep'], ['left'], ['deep', 'left']],
    ['what accepts itself', graph, ['deep'], ['deep'], ['deep']],
    ['what was asked for twice', graph, ['deep', 'deep'], [], ['deep', 'left', 'root']],
    ['what is not there', graph, ['gone'], [], []],
  ]
  for (const [name, imports, changed, accepting, planned] of rows) {
    const nodes = new Map(
      Object.entries(imports).map(([key, each]): [string, Node] => [key, { imports: each, isAccepting: accepting.includes(key) }]),
    )
    t.same([...planReload(nodes, changed)].sort(), planned, name)
  }
  t.end()
})

t.test('of any graph: what is planned is closed under being imported, and minimal', (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const node = fc.record({ imports: fc.uniqueArray(fc.constantFrom(...names)), isAccepting: fc.boolean() })
  const nodes = fc.array(node, { minLength: names.length, maxLength: names.length })
  fc.assert(
    fc.property(nodes, fc.uniqueArray(fc.constantFrom(...names)), (list, changed) => {
      const graph = new Map(list.map((each, index) => [names[index] as string, each]))
      const planned = planReload(graph, changed)
      for (const name of changed) if (!planned.has(name)) return false
      for (const [name, { imports }] of graph) {
        const imported = imports.filter((each) => planned.has(each) && graph.get(each)?.isAccepting === false)
        if (planned.has(name) !== (changed.includes(name) || imported.length > 0)) return false
      }
      const order = evaluationOrder(['a'], (name) => graph.get(name)?.imports ?? [])
      return new Set(order).size === order.length && order.at(-1) === 'a'
    }),
  )
  t.end()
})
