// A module that changes while the program runs, as its caller sees it.
import { utimesSync } from 'node:fs'
import {
  BroodError,
  HotExportError,
  type HotHandle,
  type HotOptions,
  HotReloadError,
  hot,
  hotHandle,
  type ReloadOutcome,
} from 'brood/module'
import t from '../tap.js'
import { type Anything, becomesWithin, makeWorkshop, type Workshop } from './workshop.js'

const load = (shop: Workshop, name: string, options: HotOptions = {}) =>
  hot<Anything>(shop.from, name, () => import(shop.path(name)), { mode: 'dynamic', ...options })

const handle = (module: object) => hotHandle(module) as HotHandle

/** The next version that a handle tells of. */
const nextReload = (module: object) =>
  new Promise<ReloadOutcome>((resolve) => {
    handle(module).on('reload', resolve)
  })

const value = (text: string) => `export const get = () => ${text}\n`

/** Far more than any change takes, and far less than a person would wait for a test. */
const soon = 5000

t.test('dymod', async (t) => {
  t.test('it is evaluated at the first call', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': `globalThis.lazy = (globalThis.lazy ?? 0) + 1\n${value('1')}` })
    const world = globalThis as { lazy?: number }
    const module = await load(shop, './m.js')
    t.equal(world.lazy, undefined)
    t.equal(handle(module).version, 0)
    t.equal(module.get(), 1)
    t.equal(module.get(), 1)
    t.equal(world.lazy, 1)
    t.equal(handle(module).version, 1)
    delete world.lazy
    handle(module).close()
  })

  t.test('a change is seen at the next call, by the same function', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js')
    const { get } = module
    t.equal(get(), 1)
    shop.write('m.js', value('2'))
    t.ok(becomesWithin(soon, () => get() === 2))
    t.equal(module.get, get)
    handle(module).close()
  })

  t.test('an edit before the first call, and one between the first and the second', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js')
    shop.write('m.js', value('2'))
    t.equal(module.get(), 2)
    shop.write('m.js', value('3'))
    t.ok(becomesWithin(soon, () => module.get() === 3))
    handle(module).close()
  })

  t.test('with auto off only reload() loads it', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js', { auto: false })
    t.equal(module.get(), 1)
    shop.write('m.js', value('2'))
    t.equal(
      becomesWithin(200, () => module.get() === 2),
      undefined,
    )
    t.match(handle(module).reload(), { status: 'reloaded', version: 2 })
    t.equal(module.get(), 2)
    t.same(handle(module).reload(), { status: 'unchanged', version: 2 })
  })

  t.test('static: the namespace itself', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const url = shop.from.replace('caller', 'm')
    const module = await hot(shop.from, './m.js', () => import(url) as Promise<Anything>, { mode: 'static' })
    t.equal(module, await import(url))
    t.equal(hotHandle(module), undefined)
    await t.rejects(
      hot(shop.from, './m.js', () => import(url) as Promise<Anything>, { mode: 'static', required: ['gone'] }),
      HotExportError,
    )
  })

  t.test('a function that is missing fails at its call', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': `${value('1')}export const other = () => 2\n` })
    const module = await load(shop, './m.js')
    const { get } = module
    t.equal(get(), 1)
    shop.write('m.js', `export const get = 5\nexport const other = () => 3\n`)
    t.ok(becomesWithin(soon, () => module.other() === 3))
    t.throws(() => get(), {
      code: 'ERR_BROOD_HOT_EXPORT',
      exportName: 'get',
      message: /get of m\.js is no function any more but of type number/,
    })
    shop.write('m.js', `export const other = () => 4\n`)
    t.ok(becomesWithin(soon, () => module.other() === 4))
    t.throws(() => get(), HotExportError)
    t.throws(() => module.get(), { code: 'ERR_BROOD_HOT_EXPORT', message: /get of m\.js is not exported any more/ })
    shop.write('m.js', `${value('6')}export const other = () => 5\n`)
    t.ok(becomesWithin(soon, () => module.other() === 5))
    t.equal(get(), 6, 'it is back')
    handle(module).close()
  })

  t.test('a file that is not there has not changed', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    shop.remove('m.js')
    t.equal(
      becomesWithin(100, () => module.get() !== 1),
      undefined,
    )
    t.equal(handle(module).lastError, undefined)
    t.same(handle(module).reload(), { status: 'unchanged', version: 1 })
    shop.write('m.js', value('2'))
    t.ok(becomesWithin(soon, () => module.get() === 2))
    handle(module).close()
  })

  t.test('what the caller passes survives', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': `export function count(state) { state.sheep += 1; return state.sheep }\n` })
    const module = await load(shop, './m.js')
    const state = { sheep: 0 }
    t.equal(module.count(state), 1)
    shop.write('m.js', `export function count(state) { state.sheep += 10; return state.sheep }\n`)
    t.ok(becomesWithin(soon, () => module.count({ sheep: 0 }) === 10))
    t.equal(module.count(state), 11)
    handle(module).close()
  })
  t.end()
})

t.test('what is seen', async (t) => {
  t.test('in a loop that never yields', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('0') })
    const module = await load(shop, './m.js')
    for (let count = 1; count <= 20; count++) {
      shop.write('m.js', value(String(count)))
      t.ok(
        becomesWithin(soon, () => module.get() === count),
        `edit ${count}`,
      )
    }
    handle(module).close()
  })

  t.test('with turns of the event loop, as events', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js')
    module.get()
    const reload = nextReload(module)
    shop.write('m.js', value('2'))
    const timer = setInterval(() => module.get(), 1)
    const outcome = await reload
    clearInterval(timer)
    t.same(outcome, { status: 'reloaded', version: 2, files: [shop.path('m.js')], leftovers: [] })
    handle(module).close()
  })

  t.test('atomic saves, one after the other', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('0') })
    const module = await load(shop, './m.js')
    for (let count = 1; count <= 20; count++) {
      shop.save('m.js', value(String(count)))
      t.ok(
        becomesWithin(soon, () => module.get() === count),
        `save ${count}`,
      )
    }
    handle(module).close()
  })

  t.test('no half of a file that is being written', async (t) => {
    const halves: readonly [name: string, text: string][] = [
      ['nothing', ''],
      ['a part without its exports', '// what is to be expor\n'],
      ['a part that ends in a line', `${value('1')}if (true) globalThis.no`],
    ]
    for (const [name, text] of halves) {
      const shop = makeWorkshop(t, { 'm.js': value('1') })
      const module = await load(shop, './m.js')
      t.equal(module.get(), 1)
      shop.write('m.js', text)
      // The clock of files may be ahead of the other one, and that lasts longer than this test looks.
      const ahead = Date.now() / 1000 + 0.04
      utimesSync(shop.path('m.js'), ahead, ahead)
      const other = becomesWithin(30, () => module.get() !== 1 || handle(module).version !== 1)
      t.equal(other, undefined, name)
      shop.write('m.js', value('2'))
      t.ok(becomesWithin(soon, () => module.get() === 2))
      t.equal(handle(module).lastError, undefined)
      handle(module).close()
    }
  })

  t.test('an export that is taken out', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': `${value('1')}export const other = 1\n` })
    const module = await load(shop, './m.js')
    t.equal(module.other, 1)
    shop.write('m.js', value('2'))
    t.ok(becomesWithin(soon, () => module.get() === 2))
    t.notOk('other' in module)
    handle(module).close()
  })

  t.test('a file of the same size and time', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    utimesSync(shop.path('m.js'), 1e9, 1e9)
    t.equal(
      becomesWithin(50, () => module.get() !== 1),
      undefined,
      'touched, and the same',
    )
    t.equal(handle(module).version, 1)
    shop.write('m.js', value('2'))
    utimesSync(shop.path('m.js'), 1e9, 1e9)
    t.ok(becomesWithin(soon, () => module.get() === 2))
    handle(module).close()
  })

  t.test('a directory that is moved away and made anew', async (t) => {
    const shop = makeWorkshop(t, { 'sub/m.js': value('1') })
    const module = await load(shop, './sub/m.js')
    t.equal(module.get(), 1)
    const { renameSync } = await import('node:fs')
    renameSync(shop.path('sub'), shop.path('old'))
    shop.write('sub/m.js', value('2'))
    t.ok(becomesWithin(soon, () => module.get() === 2))
    shop.write('sub/m.js', value('3'))
    t.ok(
      becomesWithin(soon, () => module.get() === 3),
      'and it is watched',
    )
    handle(module).close()
  })

  t.test('a dependency, one of that, and one that is new', async (t) => {
    const shop = makeWorkshop(t, {
      'm.js': `export { get } from './a.js'\n`,
      'a.js': `import { b } from './deep/b.js'\nexport const get = () => b\n`,
      'deep/b.js': 'export const b = 1\n',
    })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    shop.write('deep/b.js', 'export const b = 2\n')
    t.ok(becomesWithin(soon, () => module.get() === 2))
    shop.write('c.js', 'export const c = 3\n')
    shop.write('deep/b.js', `import { c } from '../c.js'\nexport { c as b }\n`)
    t.ok(becomesWithin(soon, () => module.get() === 3))
    shop.write('c.js', 'export const c = 4\n')
    t.ok(
      becomesWithin(soon, () => module.get() === 4),
      'the new one is watched',
    )
    t.same([...handle(module).files].sort(), ['a.js', 'c.js', 'deep/b.js', 'm.js'].map((name) => shop.path(name)).sort())
    handle(module).close()
  })

  t.test('not after close()', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': value('1') })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    handle(module).close()
    shop.write('m.js', value('2'))
    t.equal(
      becomesWithin(100, () => module.get() === 2),
      undefined,
    )
    const never = await load(shop, './m.js')
    handle(never).close()
    t.equal(never.get(), 2, 'what was closed before its first call is evaluated all the same')
  })
  t.end()
})

t.test('what is wrong', async (t) => {
  const good = value('1')
  const rows: readonly [name: string, text: string, options: HotOptions, error: object][] = [
    ['a syntax error', `${value('2')}\nexport const x = = 1\n`, {}, { line: 3, column: 18, message: /m\.js:3: Unexpected token\.$/ }],
    ['a regular expression that is none', `${value('2')}\nexport const x = /(?<a>.)(?<a>.)/u\n`, {}, { message: /m\.js:3: / }],
    ['a throw', `\n\nthrow new TypeError('no')\n${value('2')}`, {}, { line: 3, message: /m\.js:3: TypeError: no$/ }],
    [
      'a throw of something else',
      `throw 'text'\n${value('2')}`,
      {},
      { line: undefined, message: /m\.js: text was thrown$/, cause: 'text' },
    ],
    [
      'a required export is missing',
      'export const other = 1\n',
      { required: ['get'] },
      { message: /has no export "get", which is required/ },
    ],
    ['an import that is not there', `import './gone.js'\n${value('2')}`, {}, { message: /gone\.js/ }],
    ['a package that is not there', `import 'no-such-package'\n${value('2')}`, {}, { line: 1, message: /no-such-package/ }],
    [
      'an import of what is not exported',
      `import { gone } from './a.js'\nexport const get = () => gone\n`,
      {},
      { line: 1, message: /does not provide an export named 'gone'/ },
    ],
    ['await outside of functions', `await null\n${value('2')}`, {}, { line: 1, message: /awaits outside of a function/ }],
    ['native code', `import './addon.node'\n${value('2')}`, {}, { message: /native code/ }],
  ]
  for (const [name, text, options, error] of rows) {
    t.test(name, async (t) => {
      const shop = makeWorkshop(t, { 'm.js': good, 'a.js': 'export const a = 1\n', 'addon.node': '' })
      const module = await load(shop, './m.js', options)
      t.equal(module.get(), 1)
      const told: HotReloadError[] = []
      handle(module).on('error', (each) => told.push(each))
      shop.write('m.js', text)
      t.ok(becomesWithin(soon, () => module.get() !== 1 || handle(module).lastError !== undefined))
      t.equal(module.get(), 1, 'the old version answers')
      const { lastError } = handle(module)
      t.ok(lastError instanceof HotReloadError && lastError instanceof BroodError)
      t.match(lastError, { code: 'ERR_BROOD_HOT_RELOAD', file: /m\.js$|gone\.js$|addon\.node$/, ...error })
      if (lastError?.line !== undefined && name !== 'an import that is not there')
        t.match(lastError.frame, new RegExp(`^> ${lastError.line} \\| `, 'm'))
      const again = handle(module).reload()
      t.equal(again.status, 'kept-old')
      module.get()
      await new Promise(setImmediate)
      t.equal(told.length, 1, 'it is told once')
      shop.write('m.js', value('3'))
      t.ok(
        becomesWithin(soon, () => module.get() === 3),
        'the next good one is live',
      )
      t.equal(handle(module).lastError, undefined)
      handle(module).close()
    })
  }

  t.test('the same text as before ends the error', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': good })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    handle(module).on('error', () => {})
    shop.write('m.js', 'export const = 1')
    t.ok(becomesWithin(soon, () => (module.get(), handle(module).lastError !== undefined)))
    shop.write('m.js', good)
    t.ok(becomesWithin(soon, () => (module.get(), handle(module).lastError === undefined)))
    t.equal(handle(module).version, 1)
    handle(module).close()
  })

  t.test('a dependency is wrong', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': `export { get } from './a.js'\n`, 'a.js': good })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    handle(module).on('error', () => {})
    shop.write('a.js', `export const get = () => 2\nnull.x\n`)
    t.ok(becomesWithin(soon, () => (module.get(), handle(module).lastError !== undefined)))
    t.match(handle(module).lastError, { file: shop.path('a.js'), line: 2, message: /TypeError/ })
    t.equal(module.get(), 1)
    handle(module).close()
  })

  t.test('two files that fit only together', async (t) => {
    const shop = makeWorkshop(t, { 'm.js': `import { a } from './a.js'\nexport const get = () => a\n`, 'a.js': 'export const a = 1\n' })
    const module = await load(shop, './m.js')
    t.equal(module.get(), 1)
    handle(module).on('error', () => {})
    shop.write('a.js', 'export const b = 2\n')
    t.ok(becomesWithin(soon, () => (module.get(), handle(module).lastError !== undefined)))
    t.equal(module.get(), 1)
    shop.write('m.js', `import { b } from './a.js'\nexport const get = () => b\n`)
    t.ok(becomesWithin(soon, () => module.get() === 2))
    handle(module).close()
  })

  t.test('wrong from the start', async (t) => {
    const shop = makeWorkshop(t, {
      'm.js': `${value('1')}globalThis.tries = (globalThis.tries ?? 0) + 1; throw new Error('first')\n`,
      'syntax.js': 'export const = 1',
      'await.js': 'await 1',
      'addon.node': '',
      'node_modules/p/index.js': '',
    })
    const module = await load(shop, './m.js')
    t.throws(() => module.get(), { code: 'ERR_BROOD_HOT_RELOAD', line: 2, cause: { message: 'first' } })
    t.throws(() => module.get(), { code: 'ERR_BROOD_HOT_RELOAD', line: 2 }, 'again')
    t.equal((globalThis as { tries?: number }).tries, 1, 'it is not evaluated again, as long as it says the same')
    shop.write('m.js', value('1'))
    t.equal(module.get(), 1)
    handle(module).close()
    for (const name of [
      './syntax.js',
      './await.js',
      './addon.node',
      './gone.js',
      'no-such-package',
      './node_modules/p/index.js',
      'node:fs',
    ]) {
      await t.rejects(load(shop, name), HotReloadError, name)
    }
    await t.rejects(load(shop, './m.js', { required: ['gone'] }), HotExportError)
    await t.rejects(
      hot('caller.js', './m.js', () => ({}), { mode: 'dynamic' }),
      { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'from' },
    )
  })
  t.end()
})
