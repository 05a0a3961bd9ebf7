// Frames are found again in a stream, however it is cut.
import { deepStrictEqual } from 'node:assert'
import * as fc from 'fast-check'
import { encodeFrame, type Frame, FrameReader, FrameWriter } from '../../lib/process/frame.js'
import t from '../tap.js'

interface Seen {
  readonly type: number
  readonly id: number
  readonly about: number
  readonly format: string | undefined
  readonly body: string | undefined
  readonly buffers: readonly string[]
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const seenOf = ({ type, id, about = 0, value }: Frame): Seen => ({
  type,
  id,
  about,
  format: value?.format,
  body: typeof value?.body === 'string' ? value.body : value && hex(value.body),
  buffers: (value?.buffers ?? []).map(hex),
})

/** Reads a stream that is cut at some places, each chunk in memory that is used again, or straight to where it belongs. */
function read(stream: Uint8Array, cuts: readonly number[], isDirect: (index: number) => boolean = () => false): Seen[] {
  const seen: Seen[] = []
  const reader = new FrameReader((frame) => seen.push(seenOf(frame)))
  const places = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort((a, b) => a - b)
  for (let index = 1; index < places.length; index++) {
    let chunk = Buffer.from(stream.subarray(places[index - 1], places[index]))
    if (reader.room !== undefined && isDirect(index)) {
      const length = chunk.copy(reader.room)
      reader.advance(length)
      chunk = chunk.subarray(length)
    }
    reader.push(chunk)
    chunk.fill(0xff)
  }
  t.ok(reader.isBetweenFrames)
  return seen
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7) % 256)
const frames: readonly Frame[] = [
  { type: 1, id: 0, value: undefined },
  { type: 255, id: 0xffffffff, value: { format: 'json', body: '"ü€😀"', buffers: [] } },
  { type: 2, id: 1, value: { format: 'clone', body: bytes(0), buffers: [] } },
  { type: 3, id: 2, value: { format: 'clone', body: bytes(300), buffers: [bytes(5000), bytes(0), bytes(1)] } },
  { type: 4, id: 3, value: { format: 'clone', body: bytes(1), buffers: [bytes(0)] } },
  { type: 5, id: 4, value: { format: 'clone', body: bytes(1), buffers: [bytes(0), bytes(0), bytes(2)] } },
]
const stream = Buffer.concat(frames.flatMap(encodeFrame))

t.test('cut at every place', (t) => {
  const expected = frames.map(seenOf)
  for (let cut = 0; cut <= stream.length; cut++) deepStrictEqual(read(stream, [cut]), expected)
  deepStrictEqual(
    read(
      stream,
      Array.from(stream, (_, index) => index),
    ),
    expected,
    'byte by byte',
  )
  t.end()
})

t.test('any frames, cut anywhere', (t) => {
  const clone = fc.record({
    format: fc.constant('clone' as const),
    // Also one that is a piece of its own.
    body: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(bytes(20_000))),
    buffers: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }),
  })
  const json = fc.record({
    format: fc.constant('json' as const),
    body: fc.string({ unit: 'grapheme', maxLength: 40 }),
    buffers: fc.constant([] as const),
  })
  const value = fc.oneof(clone, json)
  const frame = fc.record({
    type: fc.nat(255),
    id: fc.nat(0xffffffff),
    about: fc.nat(0xffffffff),
    value: fc.option(value, { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(2000), { maxLength: 30 }), fc.nat(), (frames, cuts, direct) => {
      const stream = Buffer.concat(frames.flatMap(encodeFrame))
      const isDirect = (index: number) => ((direct >> (index % 30)) & 1) === 1
      deepStrictEqual(read(stream, cuts, isDirect), frames.map(seenOf))
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('frames that are written together, over the end of a slab', (t) => {
  const writer = new FrameWriter()
  const written: Frame[] = []
  const pieces: Uint8Array[] = []
  for (let id = 0; id < 400; id++) {
    const frame: Frame = { type: 1, id, about: id * 2, value: { format: 'json', body: 'ü'.repeat(id * 3), buffers: [] } }
    written.push(frame)
    writer.add(frame)
    if (id % 7 === 0) pieces.push(...writer.take())
  }
  pieces.push(...writer.take())
  t.same(writer.take(), [])
  t.same(read(Buffer.concat(pieces), []), written.map(seenOf))
  const long = 'x'.repeat(1_000_000)
  t.same(read(Buffer.concat(encodeFrame({ type: 1, id: 1, value: { format: 'json', body: long, buffers: [] } })), [70_000])[0]?.body, long)
  t.end()
})

t.test('large buffers are sent as they lie, and arrive in memory of their own', (t) => {
  const buffer = bytes(100_000)
  const pieces = encodeFrame({ type: 1, id: 1, value: { format: 'clone', body: bytes(1), buffers: [buffer] } })
  t.equal(pieces[1], buffer)
  let arrived: Uint8Array | undefined
  new FrameReader(({ value }) => {
    arrived = value?.buffers[0]
  }).push(Buffer.concat(pieces))
  t.equal(arrived?.buffer.byteLength, 100_000)
  t.end()
})

t.test('what is torn, and what is no frame', (t) => {
  const reader = new FrameReader(() => {})
  reader.push(stream.subarray(0, stream.length - 1))
  t.notOk(reader.isBetweenFrames)
  t.throws(() => new FrameReader(() => {}).push(Buffer.from('GET / HTTP/1.1\r\n\r\n')), { name: 'FrameError' })
  const wrongLength = encodeFrame({ type: 1, id: 1, value: { format: 'clone', body: bytes(0), buffers: [bytes(1)] } })[0] as Buffer
  for (const length of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
    wrongLength.writeDoubleLE(length, 12)
    t.throws(() => new FrameReader(() => {}).push(Buffer.from(wrongLength)), { name: 'FrameError' }, String(length))
  }
  const many = { format: 'clone' as const, body: bytes(0), buffers: Array.from({ length: 65_536 }, () => bytes(0)) }
  t.throws(() => encodeFrame({ type: 1, id: 1, value: many }), RangeError)
  t.end()
})
