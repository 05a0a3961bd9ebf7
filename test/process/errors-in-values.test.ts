// Errors in arguments, results and messages arrive as errors that are thrown do: whole, and one that stands twice in a message is one thing there, too.
import '../posix-only.js'
import { spawn } from 'brood/process'
import * as fc from 'fast-check'
import { codec } from '../../lib/process/codec.js'
import { pid } from '../../lib/process/current.js'
import { decodeMessage, encodeMessage, isSendable } from '../../lib/process/message-value.js'
import t from '../tap.js'
import { load } from './programs.js'

// biome-ignore lint/suspicious/noExplicitAny: what arrives may be anything
const cross = (value: unknown): any => decodeMessage(encodeMessage(value, () => 'It'))

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
  const seen = cross({ list: [new OwnError('coded')] }).list[0]
  remove()
  t.ok(seen instanceof OwnError)
  t.equal(seen.message, 'coded')
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
