// A module can end in many ways: the host lives, and says how.
import '../posix-only.js'
import { pathToFileURL } from 'node:url'
import {
  BroodError,
  CancelledError,
  ExitedError,
  HotExportError,
  LoadError,
  type LoadOptions,
  ModuleGoneError,
  NoSyncError,
  NotCloneableError,
  OutOfMemoryError,
  TimeoutError,
  UnloadError,
} from 'brood/module'
import * as processes from 'brood/process'
import t from '../tap.js'
import { isAlive, isolations, load, module, refused, type TestedIsolation, thrown } from './hosts.js'

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

type Anything = abstract new (...args: never[]) => unknown
const classes: Record<string, Anything> = {
  CancelledError,
  ExitedError,
  HotExportError,
  LoadError,
  ModuleGoneError,
  NoSyncError,
  NotCloneableError,
  OutOfMemoryError,
  TimeoutError,
  UnloadError,
}

for (const isolation of isolations) {
  t.test(`errors of a module in a ${isolation} are of a class, and have its fields`, async (t) => {
    const url = pathToFileURL(module('ends.mjs')).href
    const never = { limits: { callTime: 100 } }
    const is = (error: unknown, expected: readonly string[], fields: object) => {
      const found = Object.keys(classes).filter((name) => error instanceof (classes[name] as Anything))
      t.same(found, expected)
      t.ok(error instanceof BroodError)
      t.match(error, { name: expected.at(-1), ...fields })
    }
    const end = async (name: string, options: LoadOptions = {}, ...args: unknown[]) => {
      const loaded = await load(t, 'ends.mjs', { ...options, isolation } as object)
      const error = await refused(loaded.exports[name]?.(...args) as Promise<unknown>)
      is(await refused(loaded.exports.fine?.() as Promise<unknown>), ['ModuleGoneError'], { url, cause: error })
      await loaded.gone
      return error
    }
    is(await end('exit', {}, 3), ['ExitedError'], { url, exitCode: 3, signal: null, stderr: '' })
    const full = await end('fillHeap', { limits: { memory: 96 } })
    is(full, ['ExitedError', 'OutOfMemoryError'], { url, stderr: isolation === 'worker' ? '' : /heap/ })
    t.ok('exitCode' in full && 'signal' in full, 'how it has ended')
    is(await end('never', never), ['TimeoutError'], { url, exportName: 'never', callTime: 100 })

    const loaded = await load(t, 'ends.mjs', { isolation })
    const call = refused(loaded.exports.never?.() as Promise<unknown>)
    is(await refused(loaded.unload({ timeout: 20 })), ['UnloadError'], { url, timeout: 20, leftovers: [] })
    is(await refused(loaded.exports.exit?.(() => {}) as Promise<unknown>), ['NotCloneableError'], { path: '[0]' })
    is(await refused(loaded.main()), ['LoadError'], { url, exportName: 'main' })
    if (isolation === 'process')
      is(
        thrown(() => loaded.sync.fine?.()),
        ['NoSyncError'],
        { url },
      )
    await loaded.unload({ force: true })
    is(await call, ['CancelledError'], { url })

    const late = refused(load(t, 'never-loads.mjs', { isolation, timeout: 200 }))
    is(await late, ['LoadError'], { url: pathToFileURL(module('never-loads.mjs')).href, timeout: 200 })
  })
}

t.test('errors of the same codes that are of brood/process have no module', (t) => {
  const pid = processes.pid()
  const facts = { task: 'task', pid, osPid: 1, exitCode: 1, signal: null, stderr: '', runs: 1 }
  const others = [
    new processes.ExitedError('ended', facts),
    new processes.OutOfMemoryError('full', facts),
    new processes.TimeoutError('late', { task: 'task', timeout: 1, pid }),
    new processes.CancelledError('over', { task: 'task', pid }),
  ]
  for (const error of others) {
    const found = Object.keys(classes).filter((name) => error instanceof (classes[name] as Anything))
    t.same(found, [], error.name)
  }
  t.ok(new processes.NotCloneableError('no', { path: '' }) instanceof NotCloneableError, 'that one is the same')
  t.end()
})
