// What is thrown crosses a boundary as what it is.
import { deserialize, serialize } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { recordThrown, reviveThrown } from '../../lib/process/error-record.js'
import t from '../tap.js'
import { clones } from './clones.js'

/** The same way as between processes. */
const cross = (thrown: unknown, callerStack?: string): unknown =>
  reviveThrown(deserialize(serialize(recordThrown(thrown, clones))) as ReturnType<typeof recordThrown>, callerStack)
// biome-ignore lint/suspicious/noExplicitAny: what arrives may be anything
const arrived = (thrown: unknown): any => cross(thrown)

t.test('built-in errors are of their own class', (t) => {
  for (const constructor of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = new constructor('said')
    const seen = arrived(error)
    t.equal(Object.getPrototypeOf(seen), constructor.prototype, constructor.name)
    t.same([seen.name, seen.message, seen.stack], [constructor.name, 'said', error.stack])
    t.same(Object.keys(seen), [])
    t.same(Object.getOwnPropertyDescriptor(seen, 'message'), Object.getOwnPropertyDescriptor(error, 'message'))
  }
  t.notOk(Object.hasOwn(arrived(new Error()) as object, 'message'), 'an error without a message has none')
  t.equal(String(arrived(new Error(''))), 'Error')
  t.end()
})

t.test('classes of the other process', (t) => {
  class TaskError extends TypeError {
    readonly status = 404
    override readonly name: string = 'NotFound'
  }
  const seen = arrived(new TaskError('gone'))
  t.ok(seen instanceof TypeError)
  t.equal(seen.constructor.name, 'TaskError')
  t.same([seen.name, seen.status, seen.message], ['NotFound', 404, 'gone'])

  class Plain extends Error {}
  Plain.prototype.name = 'Named'
  const plain = arrived(new Plain('x'))
  t.same([plain.name, plain.constructor.name, Object.keys(plain)], ['Named', 'Plain', []])
  class Unnamed extends RangeError {}
  t.equal(arrived(new Unnamed('x')).name, 'RangeError')
  t.equal(String(arrived(new Unnamed('x'))), 'RangeError: x')
  t.end()
})

t.test('properties, code, cause', (t) => {
  const error = Object.assign(new Error('a', { cause: new TypeError('b', { cause: 'c' }) }), {
    code: 'E_CODE',
    errno: -2,
    list: [new Map([[1, { two: 2n }]])],
    inner: new RangeError('d'),
    callback: () => {},
    symbol: Symbol('x'),
  })
  const seen = arrived(error)
  t.same([seen.code, seen.errno, seen.list], ['E_CODE', -2, error.list])
  t.ok(seen.inner instanceof RangeError)
  t.same(Object.keys(seen), ['code', 'errno', 'list', 'inner'], 'what cannot be cloned stays behind')
  t.ok(seen.cause instanceof TypeError)
  t.same([seen.cause.message, seen.cause.cause], ['b', 'c'])
  t.equal(Object.getOwnPropertyDescriptor(seen, 'cause')?.enumerable, false)
  t.same(Object.getOwnPropertyDescriptor(arrived(new Error('x', { cause: undefined })), 'cause')?.value, undefined)
  t.ok(Object.hasOwn(arrived(new Error('x', { cause: undefined })) as object, 'cause'), 'a cause of undefined is a cause')
  t.equal(arrived(new Error('x', { cause: () => 1 })).cause, '() => 1', 'a cause that cannot be cloned is told of')

  const system = (() => {
    try {
      process.chdir('/there/is/none')
    } catch (thrown) {
      return thrown as NodeJS.ErrnoException
    }
  })()
  t.same(
    Object.entries(arrived(system) as object),
    Object.entries(system as object).map(([name, value]) => [name, value as unknown]),
  )
  t.end()
})

t.test('errors that refer to each other', (t) => {
  const error: Error & { self?: unknown } = new Error('a')
  error.cause = error
  error.self = error
  const seen = arrived(error)
  t.equal(seen.cause, seen)
  t.equal(seen.self, seen)

  const shared = new Error('shared')
  const all = arrived(new AggregateError([shared, shared, 'text', undefined, new TypeError('t')], 'all'))
  t.ok(all instanceof AggregateError)
  t.equal(all.errors[0], all.errors[1])
  t.same([all.message, all.errors.length, all.errors[2], all.errors[3]], ['all', 5, 'text', undefined])
  t.ok(all.errors[4] instanceof TypeError)

  let deep = new Error('0')
  for (let depth = 1; depth < 5000; depth++) deep = new Error(String(depth), { cause: deep })
  t.equal(arrived(deep).cause.message, '4998', 'as deep as it may be')
  t.end()
})

t.test('DOMException', (t) => {
  const seen = arrived(new DOMException('stopped', 'AbortError'))
  t.ok(seen instanceof DOMException)
  t.same([seen.name, seen.message, seen.code], ['AbortError', 'stopped', DOMException.ABORT_ERR])
  t.end()
})

t.test('what is no error stays what it was', (t) => {
  for (const thrown of [undefined, null, 0, -0, Number.NaN, '', 'text', 1n, true, { a: [1] }, new Map([[1, 2]]), new Uint8Array([1])]) {
    const seen = cross(thrown)
    t.ok(Object.is(seen, thrown) || t.same(seen, thrown), typeof thrown)
  }
  t.equal(
    cross(() => 1),
    '() => 1',
  )
  t.equal(cross(Symbol('x')), 'Symbol(x)')
  t.end()
})

t.test('hostile errors', (t) => {
  const throwing = new Error('said')
  for (const name of ['stack', 'name', 'cause', 'code']) {
    Object.defineProperty(throwing, name, {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    })
  }
  t.equal(arrived(throwing).message, 'said')
  const odd = Object.assign(new Error('x'), { message: { not: 'text' }, stack: 1, name: null })
  t.ok(arrived(odd) instanceof Error)
  const proxy = new Proxy(new Error('x'), {
    get() {
      throw new Error('no')
    },
    ownKeys() {
      throw new Error('no')
    },
    getPrototypeOf() {
      throw new Error('no')
    },
  })
  t.equal(typeof cross(proxy), 'string')
  const foreign = runInNewContext(`Object.assign(new TypeError('x'), { code: 1 })`)
  t.ok(arrived(foreign) instanceof TypeError, 'of another realm')
  t.equal(arrived(foreign).code, 1)
  const polluting = Object.assign(new Error('x'), JSON.parse('{"__proto__":{"polluted":1}}'))
  Object.defineProperty(polluting, '__proto__', { value: { polluted: 1 }, enumerable: true })
  t.ok(arrived(polluting) instanceof Error)
  t.equal(arrived(polluting).polluted, undefined)
  t.end()
})

t.test("the caller's frames follow", (t) => {
  const error = new Error('x')
  const seen = cross(error, '    at caller (file:///c.js:1:1)') as Error
  t.equal(seen.stack, `${error.stack}\n    at caller (file:///c.js:1:1)`)
  t.equal(cross('text', '    at caller'), 'text')
  t.end()
})
