// Values that are sent in a way of their own, and tasks with what is around them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { closure, codec, Pool, spawn, type Task } from 'brood/process'
import { fixture, root } from '../support.js'
import t from '../tap.js'

interface Point {
  toData(): [number, number]
}
interface Path {
  readonly points: Point[]
}
interface Fixtures {
  readonly Point: new (x: number, y: number) => Point
  readonly Path: new (points: Point[]) => Path
  readonly addPoints: Task<(first: Point, second: Point) => Point>
  readonly reverse: Task<(path: Path, place: string) => Map<string, Path>>
  readonly besides: Task<(url: URL, path: string) => URL[]>
  readonly give: Task<(value: unknown) => unknown>
  readonly scale: Task<(captured: { readonly by: number; readonly add?: number }, number: number) => number>
  readonly callWith: Task<(call: (value: number) => number, value: number) => number>
}
const { Point, Path, addPoints, besides, give, reverse, scale, callWith } = (await import(fixture('process/codec-tasks.mjs'))) as Fixtures

t.test('an object of a class arrives as one, there and back', async (t) => {
  const sum = await spawn(addPoints, new Point(1, 2), new Point(10, 20))
  t.ok(sum instanceof Point)
  t.same(sum.toData(), [11, 22])
})

t.test('also in a pool, inside other values, and one inside the other', async (t) => {
  await using pool = new Pool({ size: 1 })
  const answer = await pool.run(reverse, new Path([new Point(1, 1), new Point(2, 2)]), 'here')
  const path = answer.get('here')
  t.ok(path instanceof Path)
  t.same(
    path?.points.map((point) => [point instanceof Point, ...point.toData()]),
    [
      [true, 2, 2],
      [true, 1, 1],
    ],
  )
})

t.test('what has no properties of its own arrives as nothing without one, as docs/process.md says', async (t) => {
  const docs = readFileSync(join(root, 'docs/process.md'), 'utf8')
  const [line = 'no codec'] = /^codec\('URL'.*$/m.exec(readFileSync(fixture('process/codec-tasks.mjs'), 'utf8')) ?? []
  t.ok(docs.includes(line), line)
  const urls = await spawn(besides, new URL('http://a.example/b?c#d'), '/e')
  t.ok(urls.every((url) => url instanceof URL))
  t.same(urls.map(String), ['http://a.example/e', 'http://a.example/b?c#d'])
  const empty = [
    new URLSearchParams('a=1'),
    new Headers({ a: '1' }),
    new Request('http://a'),
    new Response('a'),
    new FormData(),
    new EventTarget(),
  ]
  const arrived = await spawn(give, empty)
  t.strictSame(
    arrived,
    empty.map(() => ({})),
  )
})

t.test('what only one side knows is an error that says so', async (t) => {
  class Here {
    readonly isHere = true
  }
  const remove = codec('only here', { test: (value) => value instanceof Here, encode: () => 1, decode: () => new Here() })
  await t.rejects(Promise.resolve(spawn(addPoints, new Here() as unknown as Point, new Point(1, 1))), {
    code: 'ERR_BROOD_NOT_CLONEABLE',
    message: /codec "only here"/,
  })
  t.throws(() => codec('only here', { test: () => false, encode: () => 1, decode: () => new Here() }), {
    code: 'ERR_BROOD_INVALID_ARGUMENT',
  })
  remove()
  codec('only here', { test: () => false, encode: () => 1, decode: () => new Here() })()
})

t.throws(() => codec('', { test: () => false, encode: () => 1, decode: () => ({}) }), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
t.throws(() => codec('half', { test: () => false, encode: () => 1 } as never), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'decode' })

t.test('a closure has what it captures, here and there', async (t) => {
  const triple = closure(scale, { by: 3 })
  t.equal(triple(5), 15)
  t.equal(await spawn(triple, 5), 15)
  await using pool = new Pool({ size: 1 })
  const results: number[] = []
  for await (const result of pool.map(closure(scale, { by: 2, add: 1 }), [1, 2, 3])) results.push(result)
  t.same(results, [3, 5, 7])
})

t.test('a closure is sent as one, and can be made one again', async (t) => {
  t.equal(await spawn(callWith, closure(scale, { by: 4 }), 5), 20)
  t.equal(await spawn(closure(closure(scale, { by: 6 }), 7)), 42)
})

t.test('what a closure captures must be such as can be sent', async (t) => {
  const bad = closure(scale, { by: (() => 1) as unknown as number })
  await t.rejects(Promise.resolve(spawn(bad, 1)), {
    code: 'ERR_BROOD_NOT_CLONEABLE',
    message: /What a closure of task "scale" captures\.by: a function/,
  })
  t.throws(() => closure((() => 1) as never, 1), { code: 'ERR_BROOD_NOT_A_TASK' })
})
