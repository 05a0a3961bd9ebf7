// Calls both ways: what is returned, what is thrown, what cannot cross.
import '../posix-only.js'
import { loadModule } from 'brood/module'
import { observe } from '../support.js'
import t from '../tap.js'
import { isolations, load, module, refused, thrown } from './hosts.js'

for (const isolation of isolations) {
  t.test(`in a ${isolation}`, async (t) => {
    t.test('values are cloned, both ways', async (t) => {
      const loaded = await load(t, 'arithmetic.mjs', { isolation, imports: { same: (value: unknown) => value } })
      const cyclic: Record<string, unknown> = { list: [1, undefined, null] }
      cyclic.self = cyclic
      const values = [
        1,
        'text',
        undefined,
        null,
        10n ** 30n,
        new Date(0),
        /a/g,
        new Map([[1, new Set([2])]]),
        new Uint8Array([1, 2]),
        cyclic,
      ]
      for (const value of values) {
        t.same(await loaded.exports.same?.(value), { ok: true, value })
        t.same(await loaded.exports.askHost?.('same', value), { ok: true, value })
      }
      const object = { a: 1 }
      const answer = await loaded.exports.same?.(object)
      t.ok(answer?.ok === true && answer.value !== object)
      t.same(await loaded.exports.later?.(3), { ok: true, value: 3 })
      t.same(await loaded.main('you'), { ok: true, value: 'hello you' })
      t.same(await loaded.main(), { ok: true, value: 'hello nobody' })
      await loaded.unload()
    })

    t.test('a throw is a value, and the module goes on', async (t) => {
      const loaded = await load(t, 'throws.mjs', { isolation })
      const { payment, rejects, text, nothing, uncloneable, fine, beforeUnloads } = loaded.exports
      const answer = await payment?.()
      t.match(answer, {
        ok: false,
        error: { name: 'PaymentError', message: 'declined', amount: 42, cause: { name: 'TypeError', message: 'no card' } },
      })
      t.ok(answer?.ok === false && answer.error instanceof Error)
      t.match(answer?.ok === false && (answer.error as Error).stack, /throws\.mjs:\d+/)
      t.match(await rejects?.(), { ok: false, error: { name: 'RangeError', message: 'rejected' } })
      t.same(await text?.(), { ok: false, error: 'a text' })
      t.same(await nothing?.(), { ok: false, error: undefined })
      t.match(await uncloneable?.(), {
        ok: false,
        error: { code: 'ERR_BROOD_NOT_CLONEABLE', message: /^The result of uncloneable\(\)\.deep\[1\]: a function cannot be cloned/ },
      })
      t.same(await fine?.(), { ok: true, value: 'fine' })
      t.same(await beforeUnloads?.(), { ok: true, value: 0 })
      await loaded.unload()
    })

    t.test('what cannot be cloned is refused', async (t) => {
      const loaded = await load(t, 'arithmetic.mjs', { isolation, imports: { fn: () => () => {}, same: (value: unknown) => value } })
      const error = await refused(loaded.exports.add?.(1, { callback: () => {} }) as Promise<unknown>)
      t.match(error, {
        code: 'ERR_BROOD_NOT_CLONEABLE',
        path: '[1].callback',
        message: /^Argument 2 of add\(\)\.callback: a function \(callback\)/,
      })
      t.match(await loaded.exports.catchHost?.('fn'), {
        ok: true,
        value: { code: 'ERR_BROOD_NOT_CLONEABLE', caught: /^The result of imports\.fn\(\)/ },
      })
      t.same(await loaded.exports.add?.(1, 2), { ok: true, value: 3 }, 'it goes on')
      await loaded.unload()
    })

    t.test('imports', async (t) => {
      const loaded = await load(t, 'arithmetic.mjs', {
        isolation,
        imports: {
          ten: () => 10,
          later: async (value: number) => value * 2,
          slow: () => new Promise((resolve) => setImmediate(resolve, 'slow')),
        },
      })
      t.same(await loaded.exports.ten?.(), { ok: true, value: 11 })
      t.same(await loaded.exports.askHost?.('later', 4), { ok: true, value: 8 })
      t.same(await loaded.exports.askHostTwice?.('later'), { ok: true, value: [2, 4] })
      t.same(await loaded.exports.askHost?.('slow'), { ok: true, value: 'slow' })
      t.match(await loaded.exports.askHost?.('twelve'), {
        ok: false,
        error: { code: 'ERR_BROOD_INVALID_ARGUMENT', message: 'The host offers no import "twelve". It offers ten, later, slow.' },
      })
      await loaded.unload()
    })

    t.test('a throw in an import: kill-module', async (t) => {
      for (const fails of [() => Promise.reject(new TypeError('host')), throwTypeError]) {
        const loaded = await load(t, 'arithmetic.mjs', { isolation, imports: { fails, never: () => new Promise(() => {}) } })
        const pending = refused(loaded.exports.askHost?.('never') as Promise<unknown>)
        const error = await refused(loaded.exports.askHost?.('fails') as Promise<unknown>)
        t.match(error, { code: 'ERR_BROOD_CANCELLED', message: /imports\.fails\(\) threw TypeError: host/, cause: { name: 'TypeError' } })
        t.equal(await pending, error, 'pending calls reject with the reason')
        t.equal(loaded.state, 'ended')
        t.match(await refused(loaded.exports.add?.(1, 2) as Promise<unknown>), { code: 'ERR_BROOD_MODULE_GONE', cause: error })
        await loaded.gone
      }
    })

    t.test('a throw in an import: throw', async (t) => {
      const fails = () => {
        throw Object.assign(new TypeError('host', { cause: 'why' }), { extra: 7 })
      }
      const loaded = await load(t, 'arithmetic.mjs', { isolation, onImportError: 'throw', imports: { fails } })
      t.same(await loaded.exports.catchHost?.('fails'), {
        ok: true,
        value: { caught: 'host', name: 'TypeError', code: undefined, cause: 'why', extra: 7 },
      })
      t.same(await loaded.exports.add?.(1, 2), { ok: true, value: 3 })
      await loaded.unload()
    })

    t.test('messages of exports are printed with the name of the module', async (t) => {
      const loud = await observe(process.execPath, [module('stderr-host.mjs'), isolation])
      t.equal(loud.stderr, 'shop: payment() threw PaymentError: declined\n')
      const quiet = await observe(process.execPath, [module('stderr-host.mjs'), isolation, 'quiet'])
      t.equal(quiet.stderr, '')
      t.same([loud.code, quiet.code], [0, 0])
    })
  })
}

function throwTypeError(): never {
  throw new TypeError('host')
}

t.test('a throw in an import: abort, as relib', async (t) => {
  const { signal, stdout, stderr } = await observe(process.execPath, [module('aborting-host.mjs')])
  t.equal(signal, 'SIGABRT')
  t.equal(stdout, '')
  t.match(stderr, /^arithmetic: imports\.ten\(\) threw Error: no ten/)
})

t.test('no main function', async (t) => {
  const loaded = await load(t, 'commonjs.cjs')
  t.match(await refused(loaded.main()), { code: 'ERR_BROOD_EXPORT_MISSING', exportName: 'main' })
  t.equal((loaded.exports as Record<string, unknown>).multiply, undefined)
  await loaded.unload()
})

t.test('synchronous calls', async (t) => {
  const loaded = await load(t, 'arithmetic.mjs', {
    imports: {
      ten: () => 10,
      promise: () => Promise.resolve(1),
      rejected: () => Promise.reject(new Error('nobody hears it')),
      again: () => thrown(() => loaded.sync.add?.(1, 2)).code,
      fails: throwTypeError,
    },
  })
  const { sync } = loaded
  t.same(sync.add?.(1, 2), { ok: true, value: 3 })
  t.same(sync.later?.(3), { ok: true, value: 3 }, 'of a function that returns a promise')
  t.same(sync.ten?.(), { ok: true, value: 11 }, 'imports are served meanwhile')
  t.same(sync.askHostTwice?.('ten'), { ok: true, value: [10, 10] })
  t.match(sync.catchHost?.('promise'), { ok: true, value: { code: 'ERR_BROOD_NO_SYNC', caught: /returns a promise/ } })
  t.match(sync.catchHost?.('rejected'), { ok: true, value: { code: 'ERR_BROOD_NO_SYNC' } })
  t.same(sync.askHost?.('again'), { ok: true, value: 'ERR_BROOD_NO_SYNC' }, 'one in the other')
  t.same(await loaded.exports.askHost?.('promise'), { ok: true, value: 1 }, 'and not where nobody waits')
  t.match(
    thrown(() => sync.add?.(() => {})),
    { code: 'ERR_BROOD_NOT_CLONEABLE' },
  )
  const pending = loaded.exports.askHost?.('ten')
  t.same(sync.count?.(), { ok: true, value: 1 })
  t.same(await pending, { ok: true, value: 10 }, 'what was called before is answered, too')
  t.match(
    thrown(() => sync.askHost?.('fails')),
    { code: 'ERR_BROOD_CANCELLED', cause: { name: 'TypeError' } },
  )
  t.match(
    thrown(() => sync.add?.(1, 2)),
    { code: 'ERR_BROOD_MODULE_GONE' },
  )
})

t.test('synchronous calls that nobody answers any more', async (t) => {
  const cases: readonly (readonly [name: string, args: readonly unknown[], limits: object, error: object])[] = [
    ['exit', [3], {}, { code: 'ERR_BROOD_MODULE_GONE' }],
    ['fillHeap', [], { memory: 96 }, { code: 'ERR_BROOD_MODULE_GONE' }],
    ['throwLater', [], {}, { code: 'ERR_BROOD_MODULE_GONE' }],
    ['loop', [], { callTime: 100 }, { code: 'ERR_BROOD_TIMEOUT', callTime: 100 }],
    ['never', [], { callTime: 100 }, { code: 'ERR_BROOD_TIMEOUT' }],
  ]
  for (const [name, args, limits, expected] of cases) {
    const loaded = await load(t, 'ends.mjs', { limits })
    t.match(
      thrown(() => loaded.sync[name]?.(...args)),
      expected,
      name,
    )
    await loaded.gone
    t.equal(loaded.state, 'ended')
    t.ok(loaded.reason, 'the reason is known then')
  }
})

t.test('a process cannot be waited for', async (t) => {
  const loaded = await load(t, 'arithmetic.mjs', { isolation: 'process' })
  t.match(
    thrown(() => loaded.sync.add?.(1, 2)),
    { code: 'ERR_BROOD_NO_SYNC', message: /await exports\.add\(\)/ },
  )
  await loaded.unload()
})

t.test('the memory of arguments can be shared with a Worker', async (t) => {
  const loaded = await loadModule(module('arithmetic.mjs'))
  const shared = new Int32Array(new SharedArrayBuffer(4))
  const answer = await loaded.exports.same?.(shared)
  if (answer?.ok === true) (answer.value as Int32Array)[0] = 7
  t.equal(shared[0], 7)
  await loaded.unload()
})
