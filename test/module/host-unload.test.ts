// Unloading: in which order, what keeps it from happening, and what is proved.
import '../posix-only.js'
import { loadModule } from 'brood/module'
import t from '../tap.js'
import { hasProc, isAlive, isolations, load, module, refused } from './hosts.js'

for (const isolation of isolations) {
  t.test(`in a ${isolation}`, async (t) => {
    t.test('what is proved', async (t) => {
      const loaded = await load(t, 'arithmetic.mjs', { isolation })
      const { osPid } = loaded
      await loaded.exports.add?.(1, 2)
      const report = await loaded.unload()
      t.same(report.leftovers, [])
      const { proof } = report
      t.match(proof, {
        gone: isolation === 'worker' ? 'thread' : 'process',
        bySystem: hasProc || isolation === 'process',
        processes: [],
        descriptors: 0,
      })
      if (isolation === 'process') {
        t.equal(proof.osId, osPid)
        t.notOk(isAlive(osPid as number))
      }
      const { memory } = proof
      t.ok([memory.module, memory.before, memory.loaded, memory.after].every((bytes) => (bytes ?? 0) > 1e6))
      t.ok(report.ms > 0 && report.ms < 5000)
      t.equal(await loaded.unload(), report, 'the same once more')
      t.match(await refused(loaded.exports.add?.(1, 2) as Promise<unknown>), { code: 'ERR_BROOD_MODULE_GONE', message: /is unloaded/ })
    })

    t.test('two at the same time', async (t) => {
      const loaded = await load(t, 'arithmetic.mjs', { isolation })
      const [first, second] = await Promise.all([loaded.unload(), loaded.unload({ force: true })])
      t.equal(first, second)
    })

    t.test('calls that run are waited for, and no others are taken', async (t) => {
      const loaded = await load(t, 'slow.mjs', { isolation })
      const running = loaded.exports.slow?.()
      const unloading = loaded.unload()
      t.equal(loaded.state, 'unloading')
      t.match(await refused(loaded.exports.slow?.() as Promise<unknown>), { code: 'ERR_BROOD_MODULE_GONE', message: /is being unloaded/ })
      t.same(await running, { ok: true, value: 'slow' })
      await unloading
    })

    t.test('beforeUnload: after failures of exports, with imports, joining what runs', async (t) => {
      const notes: unknown[] = []
      const loaded = await load(t, 'before-unload.mjs', { isolation, imports: { note: (text: unknown) => void notes.push(text) } })
      t.match(await loaded.exports.throws?.(), { ok: false })
      await loaded.exports.setMode?.('joins')
      await loaded.unload()
      t.same(notes, ['worked', 'joined'])
    })

    t.test('beforeUnload closes what is open: it is looked at afterwards', async (t) => {
      const loaded = await load(t, 'before-unload.mjs', { isolation })
      await loaded.exports.setMode?.('closes')
      t.same((await loaded.unload()).leftovers, [])
    })

    t.test('beforeUnload throws: the module stays, and can be unloaded later', async (t) => {
      const loaded = await load(t, 'before-unload.mjs', { isolation })
      await loaded.exports.setMode?.('throws')
      const error = await refused(loaded.unload())
      t.match(error, {
        name: 'UnloadError',
        code: 'ERR_BROOD_BEFORE_UNLOAD',
        cause: { name: 'RangeError', message: 'not yet' },
        leftovers: [],
      })
      t.same(await loaded.exports.runs?.(), { ok: true, value: 1 }, 'usable')
      await loaded.unload()
    })

    for (const mode of ['never', 'loop']) {
      t.test(`beforeUnload that does not end: ${mode}`, async (t) => {
        const loaded = await load(t, 'before-unload.mjs', { isolation })
        await loaded.exports.setMode?.(mode)
        t.match(await refused(loaded.unload({ timeout: 100 })), { code: 'ERR_BROOD_UNLOAD_TIMEOUT', message: /beforeUnload still runs/ })
        t.equal(loaded.state, 'loaded')
        await loaded.unload({ force: true, timeout: 100 })
      })
    }

    t.test('a call that does not end', async (t) => {
      const loaded = await load(t, 'before-unload.mjs', { isolation, imports: { never: () => new Promise(() => {}) } })
      const call = refused(loaded.exports.waitFor?.('never') as Promise<unknown>)
      t.match(await refused(loaded.unload({ timeout: 50 })), { code: 'ERR_BROOD_UNLOAD_TIMEOUT', message: /1 of its calls/ })
      t.same(await loaded.exports.runs?.(), { ok: true, value: 0 }, 'beforeUnload has not run')
      await loaded.unload({ force: true })
      t.match(await call, { code: 'ERR_BROOD_CANCELLED' })
    })

    t.test('by force beforeUnload is called all the same', async (t) => {
      const notes: unknown[] = []
      const loaded = await load(t, 'before-unload.mjs', { isolation, imports: { note: (text: unknown) => void notes.push(text) } })
      await loaded.exports.setMode?.('joins')
      await loaded.unload({ force: true })
      t.same(notes, ['worked', 'joined'])
      const other = await load(t, 'before-unload.mjs', { isolation })
      await other.exports.setMode?.('throws')
      t.match(await other.unload({ force: true }), { leftovers: [] }, 'what it throws does not count')
    })

    t.test('without account', async (t) => {
      const loaded = await load(t, 'leaves.mjs', { isolation, unloading: false })
      await loaded.exports.leave?.('interval')
      t.match(await refused(loaded.unload()), { code: 'ERR_BROOD_INVALID_ARGUMENT', message: /unload\(\{ force: true \}\)/ })
      t.match(await loaded.unload({ force: true }), { leftovers: [], proof: { descriptors: undefined } })
    })

    t.test('await using', async (t) => {
      for (const unloading of [true, false]) {
        const loaded = await load(t, 'arithmetic.mjs', { isolation, unloading })
        await loaded[Symbol.asyncDispose]()
        t.equal(loaded.state, 'unloaded')
      }
    })
  })
}

t.test('an import that unloads its module', async (t) => {
  const loaded = await load(t, 'before-unload.mjs', {
    imports: { unload: () => refused(loaded.unload({ timeout: 50 })).then(({ code }) => code) },
  })
  t.same(await loaded.exports.waitFor?.('unload'), { ok: true, value: 'ERR_BROOD_UNLOAD_TIMEOUT' })
  await loaded.unload()
})

t.test('arguments that are no such', async (t) => {
  const loaded = await loadModule(module('arithmetic.mjs'))
  for (const [options, argument] of [
    [{ timeout: -1 }, 'timeout'],
    [{ timeout: Number.NaN }, 'timeout'],
    [{ force: 'yes' }, 'force'],
    [{ killChildren: 1 }, 'killChildren'],
    [{ forced: true }, 'forced'],
    [null, 'options'],
    [[], 'options'],
  ] as const)
    t.match(await refused(loaded.unload(options as object)), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument })
  await loaded.unload()
})
