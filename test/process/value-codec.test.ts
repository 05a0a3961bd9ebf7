// A value that was written and read is what structured clone would have made of it.
import { deepStrictEqual } from 'node:assert'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { decodeValue, type EncodedValue, encodeValue } from '../../lib/process/value-codec.js'
import t from '../tap.js'

const ownBytes = (bytes: Uint8Array) => new Uint8Array(bytes)

/** As a wire delivers it: nothing is shared with the sender. */
const sent = (encoded: EncodedValue): EncodedValue =>
  encoded.format === 'json' ? encoded : { ...encoded, body: ownBytes(encoded.body), buffers: encoded.buffers.map(ownBytes) }
// biome-ignore lint/suspicious/noExplicitAny: what arrives may be anything
const cross = (value: unknown): any => decodeValue(sent(encodeValue(value)))

t.test('values', (t) => {
  const values: readonly unknown[] = [
    undefined,
    -0,
    1n,
    'text',
    { a: [1, { b: null }] },
    new Date(0),
    /a/g,
    new Map<unknown, unknown>([[{ a: 1 }, new Set([1, [2]])]]),
    Object.assign([1], { 2: 3 }),
    { a: undefined },
    Object(1),
    new Uint8Array([1, 2]).buffer,
    new Error('x'),
  ]
  for (const value of values) deepStrictEqual(cross(value), structuredClone(value))
  t.equal(encodeValue({ a: 1 }).format, 'json')
  t.equal(encodeValue({ a: 1n }).format, 'clone')
  t.end()
})

t.test('circles, and what is referred to twice', (t) => {
  const circle: Record<string, unknown> = { list: [] }
  circle.self = circle
  const seen = cross(circle)
  t.equal(seen.self, seen)
  const shared = { a: 1 }
  const [one, two] = cross([shared, shared])
  t.equal(one, two)
  t.end()
})

t.test('bytes', (t) => {
  const many = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251)
  for (const length of [0, 1, 4095, 4096, 100_000]) {
    const value = { view: many(length), buffer: Buffer.from(many(length)) }
    const encoded = encodeValue(value)
    t.equal(encoded.buffers.length, length >= 4096 ? 2 : 0, `${length} bytes`)
    const seen = cross(value)
    t.ok(Buffer.isBuffer(seen.buffer), 'a Buffer stays one')
    t.equal(Object.getPrototypeOf(seen.view), Uint8Array.prototype)
    deepStrictEqual([seen.view, seen.buffer], [value.view, value.buffer])
  }

  const buffer = many(64).buffer
  const views = [
    new Int8Array(buffer, 1, 3),
    new Uint8ClampedArray(buffer, 2),
    new Int16Array(buffer, 2, 3),
    new Uint16Array(buffer),
    new Int32Array(buffer, 4),
    new Uint32Array(buffer),
    new Float32Array(buffer),
    new Float64Array(buffer, 8, 2),
    new BigInt64Array(buffer),
    new BigUint64Array(buffer, 16),
    new DataView(buffer, 3, 5),
  ]
  const seen = cross(views) as ArrayBufferView[]
  for (const [index, view] of views.entries()) {
    const arrived = seen[index] as ArrayBufferView
    t.equal(Object.getPrototypeOf(arrived), Object.getPrototypeOf(view))
    t.same([arrived.byteOffset, arrived.byteLength], [view.byteOffset, view.byteLength])
    t.equal(arrived.buffer, (seen[0] as ArrayBufferView).buffer, 'all of one ArrayBuffer')
  }
  deepStrictEqual(seen[7], views[7])

  const pooled = Buffer.from('mine')
  const [arrived, again] = cross([pooled, pooled]) as [Buffer, Buffer]
  t.equal(arrived, again)
  t.equal(arrived.toString(), 'mine')
  t.equal(arrived.buffer.byteLength, 4, 'nothing of the pool around it')
  t.equal(Buffer.byteLength(encodeValue(pooled).body) < 50, true)
  t.end()
})

t.test('more large buffers than a frame takes', (t) => {
  const shared = Buffer.alloc(4096, 7)
  const encoded = encodeValue(Array.from({ length: 65_600 }, () => Buffer.from(shared.buffer, shared.byteOffset, shared.length)))
  t.equal(encoded.buffers.length, 65_535)
  const list = decodeValue(encoded) as Buffer[]
  t.same([list.length, list[0]?.length, list[65_599]?.length, list[65_599]?.[4095]], [65_600, 4096, 4096, 7])
  t.end()
})

t.test('bytes of another realm', (t) => {
  const seen = cross(runInNewContext('[new Uint8Array([1, 2]), new DataView(new ArrayBuffer(3), 1)]'))
  t.ok(seen[0] instanceof Uint8Array && seen[1] instanceof DataView)
  t.same([[...seen[0]], seen[1].byteLength], [[1, 2], 2])
  t.end()
})

t.test('what cannot be cloned', (t) => {
  for (const value of [
    () => {},
    Symbol('x'),
    new WeakMap(),
    Promise.resolve(),
    new SharedArrayBuffer(1),
    new Uint8Array(new SharedArrayBuffer(1)),
    [() => {}],
  ]) {
    t.throws(() => encodeValue(value), { name: 'DataCloneError' })
  }
  t.end()
})

t.test('messages are apart: what is sent twice arrives twice', (t) => {
  const value = { a: new Map() }
  t.not(cross(value), cross(value))
  t.end()
})

t.test('a date that is none', (t) => {
  const crossed = cross(new Date(Number.NaN)) as Date
  t.ok(crossed instanceof Date)
  t.ok(Number.isNaN(crossed.getTime()))
  t.end()
})

t.test('any value', (t) => {
  const value = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true })
  fc.assert(
    fc.property(value, (value) => {
      // Node takes no two of them for equal.
      fc.pre(!inspect(value, { depth: 20 }).includes('Invalid Date'))
      deepStrictEqual(cross(value), structuredClone(value))
    }),
    { numRuns: 1000 },
  )
  t.end()
})
