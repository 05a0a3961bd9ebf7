// What goes as JSON arrives as structured clone would have delivered it.
import { deepStrictEqual } from 'node:assert'
import * as fc from 'fast-check'
import { isJsonSafe } from '../../lib/process/json-safe.js'
import t from '../tap.js'

const circle: Record<string, unknown> = {}
circle.self = circle
const shared = { a: 1 }
const sparse: readonly number[] = Object.assign([1], { 2: 2 })

const safe: readonly unknown[] = [
  null,
  true,
  0,
  1.5,
  -1,
  '',
  'text',
  '\ud800',
  [],
  {},
  [1, [2, { a: null }]],
  { a: { b: ['c'] } },
  { constructor: 1 },
]
const unsafe: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['-0', -0],
  ['NaN', Number.NaN],
  ['Infinity', [Number.POSITIVE_INFINITY]],
  ['a bigint', 1n],
  ['a symbol', Symbol('x')],
  ['a function', () => {}],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['bytes', new Uint8Array(1)],
  ['a property that is undefined', { a: undefined }],
  ['a hole', sparse],
  ['an array with a property', Object.assign([1], { a: 1 })],
  ['an array with a hole and a property', Object.assign([], sparse, { a: 1 })],
  ['a class', new URL('file:///')],
  ['a class of arrays', new (class A extends Array {})()],
  ['no prototype', Object.create(null)],
  ['toJSON', { toJSON: () => 1 }],
  ['toJSON that is data', { toJSON: 1 }],
  [
    'a getter',
    {
      get a() {
        return 1
      },
    },
  ],
  ['__proto__', JSON.parse('{"__proto__":1}')],
  ['a circle', circle],
  ['a shared object', [shared, shared]],
  ['very many', Array.from({ length: 10_000 }, () => 1)],
  ['very deep', JSON.parse('['.repeat(50) + ']'.repeat(50))],
  ['a boxed number', Object(1)],
  ['a proxy', new Proxy({}, { getPrototypeOf: () => null })],
]

for (const value of safe) t.ok(isJsonSafe(value), JSON.stringify(value))
for (const [name, value] of unsafe) t.notOk(isJsonSafe(value), name)

t.test('where somebody has given all objects a toJSON', (t) => {
  const prototype: object = Object.getPrototypeOf({})
  Object.defineProperty(prototype, 'toJSON', { value: () => 1, configurable: true })
  t.notOk(isJsonSafe({}))
  t.ok(isJsonSafe(1))
  delete (prototype as { toJSON?: unknown }).toJSON
  t.end()
})

t.test('any value', (t) => {
  let taken = 0
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  })
  fc.assert(
    fc.property(value, (value) => {
      if (!isJsonSafe(value)) return
      taken++
      const arrived = JSON.parse(JSON.stringify(value)) as unknown
      deepStrictEqual(arrived, structuredClone(value))
    }),
    { numRuns: 2000 },
  )
  t.ok(taken > 100, `${taken} went as JSON`)
  t.end()
})
