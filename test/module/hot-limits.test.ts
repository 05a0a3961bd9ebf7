// What can go wrong in development mode: each item of that list in docs/module.md is one of these.
import { mkdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type HotHandle, type HotOptions, hot, hotHandle, type ReloadOutcome } from 'brood/module'
import type { Test } from 'tap'
import { observe, root } from '../support.js'
import t from '../tap.js'
import { refused, thrown } from './hosts.js'
import { type Anything, makeWorkshop, type Workshop } from './workshop.js'

type Reloaded = Extract<ReloadOutcome, { readonly status: 'reloaded' }>

/** Nothing is loaded anew but where a test says so. */
async function load({ from }: Workshop, name: string, options: HotOptions = {}): Promise<Anything> {
  return await hot<Anything>(from, `./${name}`, () => ({}), { mode: 'dynamic', auto: false, ...options })
}

const reload = (module: Anything) => (hotHandle(module) as HotHandle).reload()

const cases: Readonly<Record<string, (t: Test) => Promise<void>>> = {
  async 'A file that is there twice'(t) {
    const files = { 'sheep.js': `export { count } from './store.js'`, 'store.js': `let n = 0; export const count = () => ++n` }
    for (const [native, own] of [
      [[], 1],
      [['./store.js'], 3],
    ] as const) {
      const shop = makeWorkshop(t, files)
      const sheep = await load(shop, 'sheep.js', { native })
      sheep.count()
      sheep.count()
      const store = (await import(pathToFileURL(shop.path('store.js')).href)) as Anything
      t.equal(store.count(), own)
    }
  },

  async 'Values in variables'(t) {
    const text = (version: number) =>
      `export const f = () => ${version}; export const n = ${version}; export let m = ${version}; export const o = { f: () => ${version} }`
    const shop = makeWorkshop(t, { 'sheep.js': text(1) })
    const sheep = await load(shop, 'sheep.js')
    const { f, n, m, o } = sheep
    shop.write('sheep.js', text(2))
    reload(sheep)
    t.same([f(), n, m, o.f()], [2, 1, 1, 1])
    t.same([sheep.f(), sheep.n, sheep.m, sheep.o.f()], [2, 2, 2, 2])
  },

  async 'Classes of two versions'(t) {
    const text = (version: number) =>
      `export class Sheep { version = ${version} }; export const make = () => new Sheep(); export const is = (it) => it instanceof Sheep`
    const shop = makeWorkshop(t, { 'sheep.js': text(1) })
    const module = await load(shop, 'sheep.js')
    const old = module.make()
    t.ok(module.is(old))
    shop.write('sheep.js', text(2))
    reload(module)
    t.notOk(module.is(old))
    t.notOk(old instanceof module.Sheep)
    t.ok(module.is(new module.Sheep()))
  },

  async 'What an old version has given out'(t) {
    const text = (version: number) => `export const make = () => () => ${version}`
    const shop = makeWorkshop(t, { 'sheep.js': text(1) })
    const sheep = await load(shop, 'sheep.js')
    const old = sheep.make()
    shop.write('sheep.js', text(2))
    reload(sheep)
    t.same([old(), sheep.make()()], [1, 2])
  },

  async 'What an old version has begun'(t) {
    const text = (version: number) => `
      import { bus } from './bus.js'
      setTimeout(() => bus.emit('late'), 1)
      bus.on('ask', () => bus.said.push(${version}))
      export const getBus = () => bus`
    const bus = `import { EventEmitter } from 'node:events'; export const bus = Object.assign(new EventEmitter(), { said: [] })`
    const shop = makeWorkshop(t, { 'sheep.js': text(1), 'bus.js': bus })
    const sheep = await load(shop, 'sheep.js')
    const emitter = sheep.getBus()
    let late = 0
    const both = new Promise<void>((resolve) => {
      emitter.on('late', () => ++late === 2 && resolve())
    })
    shop.write('sheep.js', text(2))
    const { leftovers } = reload(sheep) as Reloaded
    t.same(
      leftovers.map(({ kind }) => kind),
      ['timer'],
      'the listener is not seen',
    )
    emitter.emit('ask')
    t.same(emitter.said, [1, 2], 'and is called, like that of the new version')
    await both
  },

  async '`data` is read before `dispose`'(t) {
    const text = `const { data, dispose } = import.meta.hot
      export const found = { ...data }
      data.up = true
      dispose((data) => { data.disposed = true })`
    for (const handover of ['swap', 'dispose-first'] as const) {
      const shop = makeWorkshop(t, { 'sheep.js': text })
      const sheep = await load(shop, 'sheep.js', { handover })
      t.same(sheep.found, {})
      shop.write('sheep.js', `${text}\n`)
      reload(sheep)
      t.same(sheep.found, { up: true, ...(handover === 'dispose-first' && { disposed: true }) }, handover)
    }
  },

  async 'New exports'(t) {
    const shop = makeWorkshop(t, { 'sheep.js': 'export const count = () => 1' })
    const sheep = await load(shop, 'sheep.js')
    sheep.count()
    shop.write('sheep.js', 'export const count = () => 2; export const name = () => "Dolly"')
    t.notOk('name' in sheep)
    reload(sheep)
    t.equal(sheep.name(), 'Dolly')
    t.same(Object.keys(sheep), ['count', 'name'])
  },

  async 'Exports that are gone'(t) {
    const shop = makeWorkshop(t, { 'sheep.js': 'export const count = () => 1; export const name = () => "Dolly"; export const legs = 4' })
    const sheep = await load(shop, 'sheep.js')
    sheep.count()
    shop.write('sheep.js', 'export const count = () => 2')
    reload(sheep)
    t.match(thrown(sheep.name), { code: 'ERR_BROOD_HOT_EXPORT', exportName: 'name' })
    t.notOk('legs' in sheep)
  },

  async 'Names of CommonJS'(t) {
    const shop = makeWorkshop(t, {
      'found.cjs': 'exports.count = () => 1; module.exports.name = "Dolly"',
      'hidden.cjs': 'module.exports = { count: () => 1 }',
      'callable.cjs': 'module.exports = () => 1',
    })
    t.same(Object.keys(await load(shop, 'found.cjs')).toSorted(), ['count', 'default', 'name'])
    const hidden = await load(shop, 'hidden.cjs')
    t.same(Object.keys(hidden), ['default'])
    t.equal(hidden.default.count(), 1)
    const require = createRequire(shop.path('caller.js'))
    const required = async (name: string) =>
      await hot<Anything>(shop.from, name, () => require(name) as Anything, { mode: 'dynamic', auto: false })
    const { count } = await required('./found.cjs')
    t.equal(count(), 1)
    t.equal((await required('./hidden.cjs')).count(), 1)
    t.equal(((await required('./callable.cjs')) as unknown as () => number)(), 1)
  },

  async 'Properties of functions'(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': `export function Sheep(name) { this.name = name }; Sheep.legs = 4; Sheep.prototype.say = function () { return this.name }
        export class Dog {}; Dog.legs = 4`,
    })
    const { Sheep, Dog } = await load(shop, 'sheep.js')
    const dolly = new Sheep('Dolly')
    t.same([dolly.say(), Sheep.name, Sheep.length], ['Dolly', 'Sheep', 1])
    t.same([Sheep.legs, dolly instanceof Sheep, String(Sheep).includes('this.name')], [4, true, false])
    t.same([Dog.legs, new Dog() instanceof Dog], [4, true])
    t.same([Object.keys(Sheep), Object.keys(Dog)], [[], ['legs']])
  },

  async Namespaces(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': `import * as all from './legs.js'; export const f = () => { all.added = 1; return all.added }`,
      'legs.js': 'export const legs = 4',
    })
    t.equal((await load(shop, 'sheep.js')).f(), 1)
    const native = (await import(shop.path('legs.js'))) as Anything
    t.throws(() => {
      native.added = 1
    }, TypeError)
  },

  async Links(t) {
    const shop = makeWorkshop(t, { 'one.js': 'export const get = () => 1', 'two.js': 'export const get = () => 2' })
    symlinkSync(shop.path('one.js'), shop.path('link.js'))
    const module = await load(shop, 'link.js')
    t.equal(module.get(), 1)
    unlinkSync(shop.path('link.js'))
    symlinkSync(shop.path('two.js'), shop.path('link.js'))
    t.match(reload(module), { status: 'unchanged' })
    t.equal(module.get(), 1)
  },

  async '`eval`'(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': `import { legs } from './legs.js'; const own = 1; export const f = () => eval('own'); export const g = () => eval('legs')`,
      'legs.js': 'export const legs = 4',
    })
    const sheep = await load(shop, 'sheep.js')
    t.equal(sheep.f(), 1)
    t.match(thrown(sheep.g), { name: 'ReferenceError', message: 'legs is not defined' })
  },

  async TypeScript(t) {
    const shop = makeWorkshop(t, { 'sheep.ts': 'export const count = (n: number): number => n', 'wool.ts': 'export enum Wool { White }' })
    if (!('stripTypeScriptTypes' in Module)) {
      t.match(await refused(load(shop, 'sheep.ts')), { code: 'ERR_BROOD_HOT_RELOAD', message: /install amaro/ })
      mkdirSync(shop.path('node_modules'))
      symlinkSync(join(root, 'node_modules/amaro'), shop.path('node_modules/amaro'), 'junction')
    }
    const sheep = await load(shop, 'sheep.ts')
    t.equal(sheep.count(3), 3)
    t.match(await refused(load(shop, 'wool.ts')), { code: 'ERR_BROOD_HOT_RELOAD', message: /enum/ })
  },

  async '`package.json`'(t) {
    const text = (target: string) => JSON.stringify({ type: 'module', imports: { '#legs': target } })
    const shop = makeWorkshop(t, {
      'sheep.js': `import { legs } from '#legs'; export const count = () => legs`,
      'four.js': 'export const legs = 4',
      'three.js': 'export const legs = 3',
      'package.json': text('./four.js'),
    })
    const sheep = await load(shop, 'sheep.js')
    t.equal(sheep.count(), 4)
    shop.write('package.json', text('./three.js'))
    t.equal(reload(sheep).status, 'unchanged')
    shop.write('sheep.js', `import { legs } from '#legs'; export const count = () => legs + 0`)
    t.equal(reload(sheep).status, 'reloaded')
    t.equal(sheep.count(), 4)
  },

  async 'Symbolic links'(t) {
    const shop = makeWorkshop(t, {
      'one.js': `import { legs } from 'linked'; export const count = () => legs`,
      'two.js': 'export const count = () => 2',
      'linked/package.json': JSON.stringify({ name: 'linked', type: 'module', exports: './legs.js' }),
      'linked/legs.js': 'export const legs = 4',
      'node_modules/none.txt': '',
    })
    symlinkSync('../linked', shop.path('node_modules/linked'), 'junction')
    symlinkSync('one.js', shop.path('sheep.js'))
    const sheep = await load(shop, 'sheep.js')
    t.same(hotHandle(sheep)?.files.toSorted(), [shop.path('linked/legs.js'), shop.path('one.js')], 'where they lead to')
    t.equal(sheep.count(), 4)
    shop.remove('sheep.js')
    symlinkSync('two.js', shop.path('sheep.js'))
    t.equal(reload(sheep).status, 'unchanged')
    shop.write('linked/legs.js', 'export const legs = 3')
    t.equal(reload(sheep).status, 'reloaded')
    t.equal(sheep.count(), 3)
  },

  async 'Native addons'(t) {
    const shop = makeWorkshop(t, { 'sheep.js': `import './wool.node'`, 'wool.node': '' })
    for (const name of ['wool.node', 'sheep.js'])
      t.match(await refused(load(shop, name)), { code: 'ERR_BROOD_HOT_RELOAD', message: /native code/, file: shop.path('wool.node') }, name)
  },

  async '`await` outside of functions'(t) {
    const shop = makeWorkshop(t, { 'sheep.js': `import './legs.js'`, 'legs.js': '\nawait 0', 'later.js': '' })
    t.match(await refused(load(shop, 'sheep.js')), { code: 'ERR_BROOD_HOT_RELOAD', file: shop.path('legs.js'), line: 2, column: 1 })
    const later = await load(shop, 'later.js')
    reload(later)
    shop.write('later.js', 'await 0')
    t.match(reload(later), { status: 'kept-old', error: /awaits outside of a function/ })
  },

  async Columns(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': `import { legs } from './legs.js'\nexport const f = () => { legs(); throw new Error() }\nexport const g = () => { throw new Error() }`,
      'legs.js': 'export const legs = () => 4',
    })
    const sheep = await load(shop, 'sheep.js')
    const place = (f: () => unknown) =>
      /sheep\.js:(\d+):(\d+)/
        .exec(String(thrown(f).stack))
        ?.slice(1)
        .map(Number)
    t.same(place(sheep.g), [3, 32], 'as it is written')
    const [line, column] = place(sheep.f) as [number, number]
    t.equal(line, 2)
    t.ok(column > 40, 'the import that is used in front of it is longer')
  },

  async 'Packages are loaded by `hot()`'(t) {
    const log: string[] = []
    Object.assign(globalThis, { noted: log })
    t.teardown(() => Reflect.deleteProperty(globalThis, 'noted'))
    const shop = makeWorkshop(t, {
      'sheep.js': `import 'grass'; noted.push('sheep'); export const count = () => 1`,
      'node_modules/grass/index.js': `noted.push('grass')`,
    })
    const sheep = await load(shop, 'sheep.js')
    t.same(log, ['grass'])
    sheep.count()
    t.same(log, ['grass', 'sheep'])
  },

  async 'Files that are read'(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': `import { readFileSync } from 'node:fs'
        const names = readFileSync(new URL('names.txt', import.meta.url), 'utf8'); export const list = () => names`,
      'names.txt': 'Dolly',
    })
    const sheep = await load(shop, 'sheep.js')
    t.equal(sheep.list(), 'Dolly')
    shop.write('names.txt', 'Polly')
    t.equal(reload(sheep).status, 'unchanged')
    t.equal(sheep.list(), 'Dolly')
  },

  async 'Files that are removed'(t) {
    const shop = makeWorkshop(t, { 'sheep.js': 'export const count = () => 1' })
    const sheep = await load(shop, 'sheep.js')
    sheep.count()
    shop.remove('sheep.js')
    t.equal(reload(sheep).status, 'unchanged')
    t.equal(sheep.count(), 1)
  },

  async 'Threads and processes'(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': `import { once } from 'node:events'; import { Worker } from 'node:worker_threads'
        export const ask = async () => (await once(new Worker(new URL('dog.js', import.meta.url)), 'message'))[0]`,
      'dog.js': `import { parentPort } from 'node:worker_threads'; parentPort.postMessage(typeof import.meta.hot)`,
    })
    const sheep = await load(shop, 'sheep.js')
    t.equal(await sheep.ask(), 'undefined')
    t.same(hotHandle(sheep)?.files, [shop.path('sheep.js')])
  },

  async 'Loader hooks'(t) {
    const hook = `export const load = async (url, context, next) =>
      ({ ...(await next(url, context)), ...(url.endsWith('sheep.js') && { source: 'export const count = () => "hooked"' }) })`
    const shop = makeWorkshop(t, {
      'sheep.js': 'export const count = () => "plain"',
      'main.js': `import { register } from 'node:module'
        import { hot } from 'brood/module'
        register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})
        const load = () => import('./sheep.js')
        const sheep = await hot(import.meta.url, './sheep.js', load, { mode: 'dynamic' })
        console.log(sheep.count(), (await load()).count())`,
      'node_modules/none.txt': '',
    })
    symlinkSync(root, shop.path('node_modules/brood'), 'junction')
    t.equal((await observe(process.execPath, [shop.path('main.js')])).stdout, 'plain hooked\n')
  },

  async 'What is the main module'(t) {
    const shop = makeWorkshop(t, {
      'sheep.js': 'export const isMain = () => import.meta.main',
      'sheep.cjs': 'exports.isMain = () => require.main === module; exports.isCached = () => module.id in require.cache',
    })
    t.equal((await load(shop, 'sheep.js')).isMain(), 'main' in import.meta ? false : undefined)
    const script = await load(shop, 'sheep.cjs')
    t.same([script.isMain(), script.isCached()], [false, false])
  },
}

for (const [name, run] of Object.entries(cases)) t.test(name, run)

t.test('each is in docs/module.md, and nothing else is', (t) => {
  const docs = readFileSync(join(root, 'docs/module.md'), 'utf8')
  const [, section = ''] = /\n## What can go wrong in development\n([^]*?)\n## /.exec(docs) ?? []
  const titles = [...section.matchAll(/^- \*\*(.*?)\.\*\*/gm)].map(([, title]) => title)
  t.same(titles, Object.keys(cases))
  t.end()
})
