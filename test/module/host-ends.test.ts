// A module can end in many ways: the host lives, and says how.
import '../posix-only.js'
import type { LoadOptions } from 'brood/module'
import t from '../tap.js'
import { isAlive, isolations, load, refused, type TestedIsolation } from './hosts.js'

const exited = { name: 'ExitedError', code: 'ERR_BROOD_EXITED' }

type Case = readonly [end: string, args: readonly unknown[], options: Pick<LoadOptions, 'limits'>, error: object, only?: TestedIsolation]

const cases: readonly Case[] = [
  ['exit', [3], {}, { ...exited, exitCode: 3 }],
  ['exit', [0], {}, { ...exited, exitCode: 0 }],
  ['abort', [], {}, { ...exited, signal: 'SIGABRT' }, 'process'],
  ['fillHeap', [], { limits: { memory: 96 } }, { name: 'OutOfMemoryError', code: 'ERR_BROOD_OUT_OF_MEMORY', message: /limits\.memory/ }],
  ['throwLater', [], {}, { ...exited, exitCode: 1, cause: { name: 'RangeError', message: 'nobody catches it', extra: 7 } }],
  ['rejectLater', [], {}, { ...exited, cause: { name: 'TypeError', message: 'nobody handles it' } }],
  ['loop', [], { limits: { callTime: 100 } }, { name: 'TimeoutError', code: 'ERR_BROOD_TIMEOUT', callTime: 100 }],
  ['blocked', [], { limits: { callTime: 100 } }, { code: 'ERR_BROOD_TIMEOUT' }],
  [
    'never',
    [],
    { limits: { callTime: 100 } },
    { code: 'ERR_BROOD_TIMEOUT', message: /never\(\) took longer than limits\.callTime, 100 ms/ },
  ],
]

for (const isolation of isolations) {
  for (const [end, args, options, expected, only = isolation] of cases) {
    if (only !== isolation) continue
    t.test(`${end} ${args.join()} in a ${isolation}`, async (t) => {
      const loaded = await load(t, 'ends.mjs', { ...options, isolation })
      const { osPid } = loaded
      const pending = isolation === 'worker' || end !== 'blocked' ? refused(loaded.exports.never?.() as Promise<unknown>) : undefined
      const error = await refused(loaded.exports[end]?.(...args) as Promise<unknown>)
      t.match(error, expected)
      t.equal(await (pending ?? error), error, 'another call that ran')
      await loaded.gone
      t.equal(loaded.state, 'ended')
      t.equal(loaded.reason, error)
      t.match(await refused(loaded.exports.fine?.() as Promise<unknown>), {
        name: 'ModuleGoneError',
        code: 'ERR_BROOD_MODULE_GONE',
        cause: error,
      })
      t.equal(isAlive(osPid as number), isolation === 'worker')
      t.match(
        await loaded.unload(),
        { leftovers: [], proof: { gone: isolation === 'worker' ? 'thread' : 'process' } },
        'it is unloaded already',
      )
    })
  }

  t.test(`a full stack in a ${isolation}`, async (t) => {
    const loaded = await load(t, 'ends.mjs', { isolation })
    t.match(await loaded.exports.recurse?.(), { ok: false, error: { name: 'RangeError', message: /call stack/ } })
    t.same(await loaded.exports.fine?.(), { ok: true, value: 'fine' })
    const usual = await loaded.exports.depth?.()
    await loaded.unload()
    const small = await load(t, 'ends.mjs', { isolation, limits: { stack: isolation === 'worker' ? 1 : 0.4 } })
    const limited = await small.exports.depth?.()
    t.ok(usual?.ok && limited?.ok && (limited.value as number) < (usual.value as number) * 0.8, JSON.stringify([usual, limited]))
    await small.unload()
  })

  for (const end of ['loop', 'blocked', 'never']) {
    t.test(`${end} in a ${isolation} ends by force`, async (t) => {
      const loaded = await load(t, 'ends.mjs', { isolation })
      const call = refused(loaded.exports[end]?.() as Promise<unknown>)
      t.same(await refused(loaded.unload({ timeout: 30 })).then(({ code }) => code), 'ERR_BROOD_UNLOAD_TIMEOUT', 'not without')
      t.equal(loaded.state, 'loaded')
      const report = await loaded.unload({ force: true })
      // 50 ms on an idle machine, of which 20 are for the module to answer: bench measures it.
      t.ok(report.ms < 500, `${report.ms} ms`)
      t.match(await call, { code: 'ERR_BROOD_CANCELLED', message: /by force/ })
      t.match(report.proof, { gone: isolation === 'worker' ? 'thread' : 'process' })
    })
  }
}
