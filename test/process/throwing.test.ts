// What a task throws is thrown where it is joined, as what it was, with the frames of who called.
import '../posix-only.js'
import { NotCloneableError, spawn } from 'brood/process'
import t from '../tap.js'
import { caught, load } from './programs.js'

const { throwNow, throwLater, readMissing, giveBack, thenable } = await load<
  'throwNow' | 'throwLater' | 'readMissing' | 'giveBack' | 'thenable'
>('throws.mjs')
const { add, call, echo } = await load<'add' | 'call' | 'echo'>('tasks.mjs')

/** A list of so many links. */
function nested(length: number, last: unknown = new Date()): unknown {
  let list = last
  for (let index = 0; index < length; index++) list = { next: list }
  return list
}

type Thrown = Error & Record<string, unknown>

t.test('errors', async (t) => {
  const cases: readonly (readonly [kind: string, prototype: object | undefined, like: object, className?: string])[] = [
    ['plain', Error.prototype, { name: 'Error', message: 'plain' }],
    ['type', TypeError.prototype, { name: 'TypeError', message: 'type' }],
    ['range', RangeError.prototype, { name: 'RangeError', message: 'range' }],
    ['http', undefined, { name: 'HttpError', status: 404 }, 'HttpError'],
    ['validation', undefined, { name: 'TypeError' }, 'ValidationError'],
    ['code', Error.prototype, { code: 'E_CODE', errno: -2, details: { list: [1, new Map([['a', 1n]])] } }],
    ['cause', Error.prototype, { cause: { name: 'RangeError', message: 'inner', cause: 'deepest' } }],
    ['aggregate', AggregateError.prototype, { errors: [{ name: 'TypeError', message: 'one' }, 'two'], message: 'several' }],
    ['dom', DOMException.prototype, { name: 'DataCloneError', code: 25, message: 'stopped' }],
    ['getters', Error.prototype, { message: 'with getters' }],
  ]
  for (const [kind, prototype, like, className] of cases) {
    for (const task of [throwNow, throwLater]) {
      const error = (await caught(spawn(task, kind))) as Thrown
      t.match(error, like, kind)
      t.ok(error instanceof Error, kind)
      if (className !== undefined) t.equal(error.constructor.name, className)
      if (prototype !== undefined) t.equal(Object.getPrototypeOf(error), prototype, kind)
      t.match(error.stack, /fixtures\/process\/throws\.mjs:\d+:\d+/, 'where it was thrown')
      t.match(error.stack, /\n +at .*throwing\.test\.(?:js|ts):\d+:\d+/, 'and who called')
    }
  }
  t.match(await caught(spawn(readMissing)), { code: 'ENOENT', errno: -2, syscall: 'open', path: '/does/not/exist' })
  t.match(((await caught(spawn(throwNow, 'stack'))) as Thrown).stack, /throwing\.test/)
  t.match(await caught(spawn(call, throwNow, 'http')), { name: 'HttpError', status: 404 }, 'through two processes')
})

t.test('what is no error', async (t) => {
  for (const [kind, value] of [
    ['undefined', undefined],
    ['null', null],
    ['string', 'a text'],
    ['number', 42],
    ['object', { reason: 'x', list: [1] }],
    ['function', 'function named() {}'],
    ['symbol', 'Symbol(s)'],
    ['proxy', 'a value of type object'],
  ] as const) {
    for (const task of [throwNow, throwLater]) {
      let thrown: unknown = t
      await spawn(task, kind)
        .join()
        .catch((error: unknown) => {
          thrown = error
        })
      t.same(thrown, value, kind)
    }
  }
})

t.test('what cannot be sent', async (t) => {
  const results: readonly (readonly [kind: string, path: string, message: string])[] = [
    ['function', '.a[1].run', 'Task "giveBack": the result.a[1].run: a function (run) cannot be sent to another process.'],
    ['symbol', '[0]', 'Task "giveBack": the result[0]: a symbol (Symbol(s)) cannot be sent to another process.'],
    ['weak', ".get('k')", `Task "giveBack": the result.get('k'): a WeakMap cannot be sent to another process.`],
    ['promise', '.p', 'Task "giveBack": the result.p: a Promise cannot be sent to another process.'],
    ['itself', '', 'Task "giveBack": the result: a function (itself) cannot be sent to another process.'],
  ]
  for (const [kind, path, message] of results) {
    const error = (await caught(spawn(giveBack, kind))) as Thrown
    t.match(error, { name: 'NotCloneableError', code: 'ERR_BROOD_NOT_CLONEABLE', path, task: 'giveBack' }, kind)
    t.equal(error.message, message)
    t.ok(error instanceof NotCloneableError)
  }
  // Somewhere between them is what can be written, and not be read.
  const depths = [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 6000]
  const outcomes = await Promise.all(depths.map(async (depth) => ((await caught(spawn(echo, nested(depth)))) as Thrown | undefined)?.code))
  t.same(new Set(outcomes), new Set([undefined, 'ERR_BROOD_NOT_CLONEABLE']), outcomes.join())
  t.match(await caught(spawn(giveBack, 'signal')), {
    code: 'ERR_BROOD_NOT_CLONEABLE',
    path: '',
    message: /AbortSignal can be sent among the arguments/,
  })
  t.match(await caught(spawn(giveBack, 'getter')), { code: 'ERR_BROOD_NOT_CLONEABLE', message: /to read it throws Error: sprung/ })
  t.same(await spawn(giveBack, 'fine'), {})

  class Hidden {
    readonly #secret = 1
    get secret() {
      return this.#secret
    }
  }
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  cyclic.deep = { list: [0, () => {}] }
  const values: readonly (readonly [args: readonly unknown[], message: RegExp])[] = [
    [[1, () => {}], /^Argument 2 of task "add": a function cannot/],
    [[{ on: { click() {} } }], /^Argument 1 of task "add"\.on\.click: a function \(click\) cannot/],
    [[cyclic], /^Argument 1 of task "add"\.deep\.list\[1\]: a function/],
    [[new Map([[Symbol('k'), 1]])], /^Argument 1 of task "add"\.keys\(Symbol\(k\)\): a symbol/],
    [[new Set([Promise.resolve()])], /^Argument 1 of task "add"\.values\(\)\[0\]: a Promise/],
    [
      [
        {
          get a() {
            throw new Error('sprung')
          },
        },
      ],
      /^Argument 1 of task "add"\.a: to read it throws Error: sprung/,
    ],
    [[nested(50_000)], /^The arguments of task "add": it is nested too deep/],
    [[nested(1000, () => {})], /^Argument 1 of task "add"(\.next)+: an? .* cannot be sent/],
    [[new SharedArrayBuffer(8)], /a SharedArrayBuffer cannot/],
    [[new Uint8Array(new SharedArrayBuffer(8))], /an? Uint8Array cannot/],
    [[new WeakRef({})], /a WeakRef cannot/],
  ]
  for (const [args, message] of values) {
    const handle = spawn(add, ...args)
    t.equal(handle.osPid, undefined, 'no process is started')
    t.match(await caught(handle), { code: 'ERR_BROOD_NOT_CLONEABLE', message }, String(message))
  }
  t.same(await spawn(echo, new Hidden()), {}, 'as structured clone does')
})

t.test('what is returned', async (t) => {
  t.equal(await spawn(thenable, 5), 5, 'a thenable is waited for')
  t.equal(await spawn(echo), undefined)
  t.equal(await spawn(echo, null), null)
})

t.test('what makes something else of stacks here does not replace what is thrown there', async (t) => {
  const descriptor = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace') ?? { value: undefined, configurable: true, writable: true }
  t.teardown(() => Object.defineProperty(Error, 'prepareStackTrace', descriptor))
  Error.prepareStackTrace = (_error, frames) => frames
  const error = await caught(spawn(throwNow, 'type'))
  t.match(error, { name: 'TypeError', message: 'type' })
})

t.test('a property that is another one each time that it is read', async (t) => {
  t.match(await caught(spawn(throwNow, 'flaky')), { name: 'Error', message: 'flaky' })
})
