// Errors in arguments, results and messages arrive as errors that are thrown do: whole, and one that stands twice in a message is one thing there, too.
import '../posix-only.js'
import { spawn } from 'brood/process'
import * as fc from 'fast-check'
import { codec } from '../../lib/process/codec.js'
import { pid } from '../../lib/process/current.js'
import { recordThrown, reviveThrown } from '../../lib/process/error-record.js'
import { decodeMessage, encodeMessage, isSendable } from '../../lib/process/message-value.js'
import t from '../tap.js'
import { load } from './programs.js'

/** As between processes: each large buffer arrives in memory of its own. */
// biome-ignore lint/suspicious/noExplicitAny: what arrives may be anything
function cross(value: unknown): any {
  const sent = encodeMessage(value, () => 'It')
  return decodeMessage(sent.format === 'json' ? sent : { ...sent, buffers: sent.buffers.map((bytes) => new Uint8Array(bytes)) })
}

class OwnError extends RangeError {
  readonly code = 'E_OWN'
}

t.test('whole', (t) => {
  const cause = new DOMException('given up', 'AbortError')
  const error = Object.assign(new OwnError('own', { cause }), { pid: pid(), call: () => 1, list: [new TypeError('in a list')] })
  const seen = cross(new Map([['reason', { error }]])).get('reason').error
  t.ok(seen instanceof RangeError)
  t.same([seen.constructor.name, seen.message, seen.code, seen.stack], ['OwnError', 'own', 'E_OWN', error.stack])
  t.ok(seen.pid.equals(pid()), 'what means something to brood in a property')
  t.same(Object.keys(seen), ['code', 'pid', 'list'], 'what cannot be sent stays behind')
  t.ok(seen.cause instanceof DOMException && seen.cause.name === 'AbortError')
  t.ok(seen.list[0] instanceof TypeError)

  const all = cross(new AggregateError([new TypeError('one'), 2], 'all'))
  t.ok(all instanceof AggregateError && all.errors[0] instanceof TypeError && all.errors[1] === 2)
  t.equal(cross(new Error('x', { cause: () => 1 })).cause, '() => 1')
  t.notOk(Object.hasOwn(cross(new Error()) as object, 'message'))
  const hostile = Object.defineProperties(new Error('hostile'), {
    stack: {
      get() {
        throw new Error('not to be read')
      },
    },
    mine: {
      enumerable: true,
      get() {
        throw new Error('not to be read')
      },
    },
  })
  t.equal(cross({ hostile }).hostile.message, 'hostile')
  t.end()
})

t.test('odd ones', (t) => {
  const rows: readonly (readonly [what: string, error: object, seen: (error: never) => unknown, expected: unknown])[] = [
    [
      'a getter of the class has the message',
      new (class Listed extends Error {
        readonly issues = [1]
        override get message() {
          return JSON.stringify(this.issues)
        }
      })(),
      (error: Error) => [error.message, error.constructor.name],
      ['[1]', 'Listed'],
    ],
    [
      'errors by name',
      Object.assign(new Error('x'), { errors: { name: new RangeError('too short') } }),
      (error: { errors: { name: Error } }) => [error.errors.name instanceof RangeError, Object.keys(error)],
      [true, ['errors']],
    ],
    ['a list that shows', Object.assign(new Error('x'), { errors: [1] }), (error: object) => Object.entries(error), [['errors', [1]]]],
    [
      'a property that does not show',
      Object.defineProperty(new Error('x'), 'code', { value: 'E_HIDDEN' }),
      (error: { code: string }) => [error.code, Object.keys(error)],
      ['E_HIDDEN', []],
    ],
    [
      'as they were made before there were classes',
      Object.assign(Object.create(Error.prototype) as Error, { message: 'old' }),
      (error: unknown) => [error instanceof Error, String(error)],
      [true, 'Error: old'],
    ],
    [
      'a class with the name of another one',
      new (class TypeError extends Error {})('mine'),
      (error: Error) => [error instanceof TypeError, error.constructor.name],
      [false, 'TypeError'],
    ],
    [
      'a class of exceptions',
      new (class Stopped extends DOMException {
        constructor() {
          super('stopped', 'AbortError')
        }
      })(),
      (error: Error) => [error instanceof DOMException, error.constructor.name, error.name, error.message],
      [true, 'Stopped', 'AbortError', 'stopped'],
    ],
  ]
  for (const [what, error, seen, expected] of rows) {
    t.same(seen(cross({ error }).error as never), expected, `${what}, in a value`)
    t.same(seen(reviveThrown(cross(recordThrown(error, isSendable))) as never), expected, `${what}, thrown`)
  }
  const { SuppressedError } = globalThis as { SuppressedError?: new (...args: unknown[]) => Error }
  if (SuppressedError !== undefined) {
    const seen = cross(new SuppressedError(new RangeError('second'), 'first', 'both'))
    t.ok(seen instanceof SuppressedError && seen.message === 'both')
    t.same(
      [(seen as unknown as { error: unknown }).error instanceof RangeError, (seen as unknown as { suppressed: unknown }).suppressed],
      [true, 'first'],
    )
  }
  t.end()
})

t.test('of a Buffer in a property nothing but its own bytes', (t) => {
  const bytes = Buffer.alloc(1 << 20, 'S')
  const seen = cross({
    error: Object.assign(new Error('x'), { body: bytes.subarray(0, 5000), deep: { body: bytes.subarray(7, 4107) } }),
  }).error
  t.ok(Buffer.isBuffer(seen.body))
  t.same([seen.body.length, seen.body.buffer.byteLength, seen.deep.body.length, seen.deep.body.buffer.byteLength], [5000, 5000, 4100, 4100])
  t.end()
})

t.test('one that refers to itself', (t) => {
  const error = Object.assign(new Error('round'), { code: 'E_ROUND' })
  const seen = cross({ error: Object.assign(error, { self: error, cause: error, details: { error } }) }).error
  t.equal(seen.self, seen)
  t.equal(seen.cause, seen)
  t.match(seen.details.error, { message: 'round', stack: error.stack }, 'deep in a property it is another one')
  t.ok(isSendable(error))
  t.end()
})

t.test('what they share', (t) => {
  const context = { list: [1n] }
  const errors = Array.from({ length: 40 }, (_, index) => Object.assign(new Error('x'), { index, context }))
  for (const error of errors) Object.assign(error, { others: errors })
  const seen = cross(errors)
  t.equal(seen[0].context, seen[39].context)
  t.same(seen[0].context, context)
  t.equal(seen[0].others, seen[1].others)
  t.equal(seen[0].others[0].others[39].index, 39)
  t.equal(seen[0].others[0].others[39].others, undefined, 'there are as many ways as one can go')
  t.end()
})

t.test('the codec of somebody comes first', (t) => {
  const remove = codec('own error', {
    test: (value) => value instanceof OwnError,
    encode: (value: OwnError) => value.message,
    decode: (message) => new OwnError(message),
  })
  const coded = new OwnError('coded')
  const seen = cross({ list: [coded], error: Object.assign(new Error('x', { cause: coded }), { coded }), all: new AggregateError([coded]) })
  const thrown = reviveThrown(cross(recordThrown(coded, isSendable)))
  remove()
  for (const [index, each] of [seen.list[0], seen.error.cause, seen.error.coded, seen.all.errors[0], thrown].entries()) {
    t.ok(each instanceof OwnError, `place ${index}`)
    t.equal(each.message, 'coded')
  }
  t.end()
})

t.test('any graph of them', (t) => {
  const link = fc.option(fc.nat(5), { nil: undefined })
  const node = fc.record({ cause: link, property: link, deep: link })
  fc.assert(
    fc.property(
      fc.array(node, { minLength: 6, maxLength: 6 }),
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
      (nodes, order) => {
        const errors = nodes.map((_, index) => Object.assign(new Error(`error ${index}`), { index }))
        for (const [index, { cause, property, deep }] of nodes.entries()) {
          if (cause !== undefined) Object.defineProperty(errors[index], 'cause', { value: errors[cause] })
          Object.assign(errors[index] as Error, {
            property: property === undefined ? undefined : errors[property],
            deep: { error: deep === undefined ? undefined : errors[deep] },
          })
        }
        const arrived = cross(order.map((index) => errors[index]))
        const at = new Map(order.map((index, place) => [index, arrived[place]]))
        // What is in the message itself is the same thing wherever an error refers to it; what is not is at least that error.
        const isIt = (value: unknown, index: number | undefined) =>
          index === undefined ? value === undefined : at.has(index) ? value === at.get(index) : (value as { index: number }).index === index
        return order.every((index) => {
          const { cause, property, deep } = nodes[index] as (typeof nodes)[number]
          const seen = at.get(index)
          const isDeep = deep === undefined ? seen.deep.error === undefined : seen.deep.error.index === deep
          return seen.index === index && isIt(seen.cause, cause) && isIt(seen.property, property) && isDeep
        })
      },
    ),
    { numRuns: 500 },
  )
  t.end()
})

t.test('there and back, and in what is thrown', async (t) => {
  const { echo } = await load<'echo'>('tasks.mjs')
  const { throwNow } = await load<'throwNow'>('throws.mjs')
  const seen = (await spawn(echo, [{ status: 'rejected', reason: new OwnError('no') }])) as { reason: OwnError }[]
  t.match(seen, [{ reason: { code: 'E_OWN', message: 'no' } }])
  const thrown = await Promise.resolve(spawn(throwNow, 'deep')).catch((error: unknown) => error)
  t.match(thrown, { message: 'out', details: { failures: [{ name: 'RangeError', code: 'E_IN' }] } })
})
