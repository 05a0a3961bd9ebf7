// A module in the thread of its host: it shares that with all else, so what it leaves is told from what others do, and that it is gone by its memory.
import { createServer } from 'node:net'
import { type LoadedModule, type LoadOptions, loadModule } from 'brood/module'
import t from '../tap.js'
import { refused } from './hosts.js'
import { type Anything, makeWorkshop, type Workshop } from './workshop.js'

const library = JSON.stringify('brood/module')

const source = `import { defineModule, imports } from ${library}
import { createServer } from 'node:net'
import { helper } from './helper.js'
let n = 0
let timer, server
const listener = () => {}
export default defineModule({
  main: (a) => ['main', a],
  exports: {
    add: (a, b) => helper(a, b),
    up: () => ++n,
    fail: () => { throw Object.assign(new RangeError('no'), { field: 1 }) },
    failLater: async () => { throw new TypeError('later') },
    change: (object) => { object.changed = true; return object },
    give: () => state,
    cannot: () => () => {},
    ask: async (name, ...args) => await imports[name](...args),
    askSync: (name) => imports[name](),
    startTimer: () => { timer = setInterval(() => {}, 1e6).unref() },
    stopTimer: () => clearInterval(timer),
    listen: () => new Promise((resolve) => { server = createServer().listen(0, resolve) }),
    unlisten: () => new Promise((resolve) => server.close(resolve)),
    on: () => { process.on('SIGUSR2', listener) },
    off: () => { process.off('SIGUSR2', listener) },
    hide: () => imports.keep.length,
    leak: () => { globalThis.leaked = () => n },
    hot: () => typeof import.meta.hot,
  },
})
const state = { n: 1 }
`
const files = { 'plugin.js': source, 'helper.js': 'export const helper = (a, b) => a + b\n' }

/** A module whose functions are the test's own. */
interface AnyLoaded extends Omit<LoadedModule, 'exports' | 'sync'> {
  readonly exports: Anything
  readonly sync: Anything
}

const load = async (shop: Workshop, options: LoadOptions = {}, name = 'plugin.js'): Promise<AnyLoaded> =>
  await loadModule(shop.path(name), { isolation: 'inline', quiet: true, ...options } as object)

t.test('calls', async (t) => {
  const module = await load(makeWorkshop(t, files))
  t.match(module, { name: 'plugin', isolation: 'inline', state: 'loaded', osPid: process.pid })
  t.same(await module.main(1), { ok: true, value: ['main', 1] })
  t.same(await module.exports.add(1, 2), { ok: true, value: 3 })
  t.same(module.sync.add(1, 2), { ok: true, value: 3 })
  t.same(
    [await module.exports.up(), module.sync.up()],
    [
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ],
  )
  t.match(await module.exports.fail(), { ok: false, error: { name: 'RangeError', message: 'no', field: 1 } })
  t.match(await module.exports.failLater(), { ok: false, error: { name: 'TypeError', message: 'later' } })
  t.match(module.sync.fail(), { ok: false, error: { message: 'no' } })
  t.same(await module.exports.hot(), { ok: true, value: 'undefined' })
  const mine = { a: 1 }
  t.same(await module.exports.change(mine), { ok: true, value: { a: 1, changed: true } }, 'values are cloned')
  t.same(mine, { a: 1 })
  const first = await module.exports.give()
  first.value.n = 5
  t.same(await module.exports.give(), { ok: true, value: { n: 1 } })
  t.match(await refused(module.exports.add(() => {}) as Promise<unknown>), { code: 'ERR_BROOD_NOT_CLONEABLE' })
  t.match(await module.exports.cannot(), { ok: false, error: { code: 'ERR_BROOD_NOT_CLONEABLE' } })
  t.throws(() => module.sync.failLater(), { code: 'ERR_BROOD_NO_SYNC', message: /returns a promise/ })
  t.match((await module.unload()).proof, { gone: 'inline', collected: true })
  t.match(await refused(module.exports.up() as Promise<unknown>), { code: 'ERR_BROOD_MODULE_GONE' })
})

t.test('imports, each module its own', async (t) => {
  const one = await load(makeWorkshop(t, files), { imports: { ten: () => 10, later: async () => 11 } })
  const two = await load(makeWorkshop(t, files), {
    imports: {
      ten: () => 20,
      bad: () => {
        throw new Error('bad')
      },
    },
    onImportError: 'throw',
  })
  t.same(await one.exports.ask('ten'), { ok: true, value: 10 })
  t.same(await two.exports.ask('ten'), { ok: true, value: 20 })
  t.same(await one.exports.ask('later'), { ok: true, value: 11 })
  t.match(await two.exports.ask('bad'), { ok: false, error: { message: 'bad' } })
  t.match(await one.exports.ask('gone'), { ok: false, error: { code: 'ERR_BROOD_INVALID_ARGUMENT' } })
  for (const each of [one, two]) await each.unload()
  const three = await load(makeWorkshop(t, files), {
    imports: {
      bad: () => {
        throw new Error('bad')
      },
    },
  })
  t.match(await refused(three.exports.ask('bad') as Promise<unknown>), { code: 'ERR_BROOD_CANCELLED' })
  t.equal(three.state, 'ended')
})

t.test('what it leaves open is told from what its host does', async (t) => {
  const module = await load(makeWorkshop(t, files), { imports: { open: () => hostOpens() } })
  const mine: (() => void)[] = []
  const hostOpens = () => {
    const timer = setInterval(() => {}, 1e6)
    const server = createServer().listen(0)
    const listener = () => {}
    process.on('SIGUSR2', listener)
    mine.push(
      () => clearInterval(timer),
      () => server.close(),
      () => process.off('SIGUSR2', listener),
    )
  }
  hostOpens()
  await module.exports.ask('open')
  await module.exports.startTimer()
  await module.exports.listen()
  await module.exports.on()
  const error = (await refused(module.unload())) as unknown as {
    readonly leftovers: readonly { readonly kind: string; readonly at?: string }[]
  }
  t.match(error, { code: 'ERR_BROOD_RESOURCES_ACTIVE' })
  t.same(error.leftovers.map(({ kind }) => kind).sort(), ['listener', 'server', 'timer'])
  for (const { at } of error.leftovers) t.match(at, /plugin\.js:\d+/)
  t.same(await module.exports.add(1, 1), { ok: true, value: 2 }, 'it is usable')
  for (const name of ['stopTimer', 'unlisten', 'off']) await module.exports[name]()
  t.match(await module.unload(), { leftovers: [], proof: { collected: true } })
  for (const close of mine) close()
})

t.test('it is not unloaded as long as something refers to it', async (t) => {
  const module = await load(makeWorkshop(t, files))
  const world = globalThis as { leaked?: unknown }
  await module.exports.leak()
  t.match(await refused(module.unload()), { code: 'ERR_BROOD_STILL_LOADED', collected: false, message: /still in memory/ })
  t.equal(module.state, 'ended')
  delete world.leaked
  t.match((await module.unload()).proof, { collected: true })
})

t.test('it is not unloaded as long as a function is there that refers to nothing', async (t) => {
  const world = globalThis as { leaked?: unknown }
  const define = 'exports: { get: () => 1 }'
  const shop = makeWorkshop(t, {
    'leaks.js': `import { defineModule } from ${library}\nimport './part.js'\nexport default defineModule({ ${define} })\n`,
    'part.js': `globalThis.leaked = () => 5\n`,
    'leaks.cjs': `const { defineModule } = require(${library})\nrequire('./part.cjs')\nmodule.exports = defineModule({ ${define} })\n`,
    'part.cjs': `#!/usr/bin/env node\nglobalThis.leaked = () => 5 // without an end of the line`,
  })
  for (const name of ['leaks.js', 'leaks.cjs']) {
    const module = await load(shop, {}, name)
    t.match(await refused(module.unload()), { code: 'ERR_BROOD_STILL_LOADED', collected: false }, name)
    delete world.leaked
    t.match((await module.unload()).proof, { collected: true }, name)
  }
})

t.test('what cannot be had in this thread is refused', async (t) => {
  const shop = makeWorkshop(t, files)
  for (const limit of ['memory', 'stack', 'callTime']) {
    await t.rejects(load(shop, { limits: { [limit]: 10 } }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: `limits.${limit}` })
  }
})

t.test('loading fails', async (t) => {
  const rows: readonly [name: string, text: string, code: string][] = [
    ['a syntax error', 'export default = 1', 'ERR_BROOD_LOAD_FAILED'],
    ['a throw', `throw new Error('no')`, 'ERR_BROOD_LOAD_FAILED'],
    ['await outside of functions', `await 1`, 'ERR_BROOD_LOAD_FAILED'],
    ['no definition', 'export default 1', 'ERR_BROOD_EXPORT_MISSING'],
  ]
  const shop = makeWorkshop(t, files)
  for (const [name, text, code] of rows) {
    shop.write('wrong.js', text)
    await t.rejects(load(shop, {}, 'wrong.js'), { code }, name)
  }
  shop.write('wrong.js', source)
  await (await load(shop, {}, 'wrong.js')).unload()
})

t.test('CommonJS, and one that is a package', async (t) => {
  const shop = makeWorkshop(t, {
    'plugin.cjs': `const { defineModule } = require(${library})\nmodule.exports = defineModule({ exports: { get: () => require('./part.cjs').part } })\n`,
    'part.cjs': 'exports.part = 1\n',
    'node_modules/plug/package.json': '{"type":"module"}',
    'node_modules/plug/index.js': `import { defineModule } from ${library}\nimport { part } from './part.js'\nexport default defineModule({ exports: { get: () => part } })\n`,
    'node_modules/plug/part.js': 'export const part = 2\n',
  })
  for (const [name, value] of [
    ['plugin.cjs', 1],
    ['node_modules/plug/index.js', 2],
  ] as const) {
    const module = await load(shop, {}, name)
    t.same(await module.exports.get(), { ok: true, value })
    t.match((await module.unload()).proof, { collected: true })
  }
})

t.test('a hundred times, and nothing stays', async (t) => {
  const shop = makeWorkshop(t, files)
  for (let count = 0; count < 100; count++) {
    const module = await load(shop)
    t.same(module.sync.up(), { ok: true, value: 1 })
    t.equal((await module.unload()).proof.collected, true)
  }
})
