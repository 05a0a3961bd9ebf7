// What can be loaded, and what is refused: each refusal leaves nothing behind, and the file can be loaded again.
import '../posix-only.js'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BroodError, defineModule, imports, LoadError, type LoadOptions, loadModule, stampOf } from 'brood/module'
import { isNight, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { copyOf, hasProc, isAlive, isolations, load, module, refused, thrown } from './hosts.js'

interface Sums {
  add(a: number, b: number): number
}

t.test('a module is an ES module or CommonJS, by path or URL', async (t) => {
  const cases: readonly (readonly [file: string, how: (path: string) => string | URL])[] = [
    ['arithmetic.mjs', (path) => path],
    ['arithmetic.mjs', (path) => pathToFileURL(path)],
    ['arithmetic.mjs', (path) => pathToFileURL(path).href],
    ['commonjs.cjs', (path) => path],
    ['transpiled.cjs', (path) => path],
    ['own-abi.mjs', (path) => path],
  ]
  for (const isolation of isolations) {
    for (const [file, how] of cases) {
      const text = `${file} in a ${isolation}`
      const loaded = await loadModule<Sums>(how(module(file)), { isolation, required: ['add'] })
      t.same(await loaded.exports.add(1, 2), { ok: true, value: 3 }, text)
      t.match(
        loaded,
        { name: file.split('.')[0], url: pathToFileURL(module(file)).href, isolation, state: 'loaded', reason: undefined },
        text,
      )
      t.equal(loaded.osPid === process.pid, isolation === 'worker')
      await loaded.unload()
      t.equal(loaded.state, 'unloaded')
    }
  }
})

t.test('a copy of brood of its own', async (t) => {
  // Another copy of the file is another module to Node: what they share lies behind a symbol.
  const directory = temporaryDirectory(t)
  const copy = join(directory, 'node_modules/brood')
  mkdirSync(copy, { recursive: true })
  const { cpSync } = await import('node:fs')
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  for (const name of ['arithmetic.mjs', 'commonjs.cjs']) {
    cpSync(module(name), join(directory, name))
    const loaded = await load(t, join(directory, name), { imports: { ten: () => 10 } })
    t.same(await loaded.exports.ten?.(), { ok: true, value: name === 'commonjs.cjs' ? 10 : 11 }, name)
    await loaded.unload()
  }
})

t.test('refusals', async (t) => {
  const stamp = stampOf(module('interface-2.d.ts'))
  const cases: readonly (readonly [file: string, options: LoadOptions, error: object])[] = [
    ['not-there.mjs', {}, { code: 'ERR_BROOD_LOAD_FAILED', cause: { code: 'ENOENT' } }],
    [
      'throws-at-load.mjs',
      {},
      { code: 'ERR_BROOD_LOAD_FAILED', cause: { name: 'SyntaxError', hint: 'tomorrow' }, message: /SyntaxError: not today$/ },
    ],
    ['syntax-error.mjs', {}, { code: 'ERR_BROOD_LOAD_FAILED', cause: { name: 'SyntaxError' } }],
    ['process-exits-at-load.mjs', {}, { code: 'ERR_BROOD_LOAD_FAILED', cause: { code: 'ERR_BROOD_EXITED', exitCode: 5 } }],
    ['never-loads.mjs', { timeout: 400 }, { code: 'ERR_BROOD_LOAD_TIMEOUT', timeout: 400 }],
    ['loops-at-load.mjs', { timeout: 400 }, { code: 'ERR_BROOD_LOAD_TIMEOUT' }],
    ['no-definition.mjs', {}, { code: 'ERR_BROOD_EXPORT_MISSING', exportName: 'default', message: /defineModule/ }],
    [
      'arithmetic.mjs',
      { required: ['add', 'multiply'] as never },
      { code: 'ERR_BROOD_EXPORT_MISSING', exportName: 'multiply', message: /It has add, later/ },
    ],
    ['stamped.mjs', { stamp }, { code: 'ERR_BROOD_STAMP_MISMATCH', expected: stamp, found: stampOf(module('interface.d.ts')) }],
    ['arithmetic.mjs', { stamp }, { code: 'ERR_BROOD_STAMP_MISMATCH', found: null, message: /has no stamp/ }],
    ['other-abi.mjs', {}, { code: 'ERR_BROOD_STAMP_MISMATCH', expected: process.versions.modules, found: '1', message: /ABI 1/ }],
    ['other-protocol.mjs', {}, { code: 'ERR_BROOD_STAMP_MISMATCH', expected: '1', found: '999', message: /protocol 999/ }],
  ]
  for (const isolation of isolations) {
    for (const [file, options, expected] of cases) {
      for (const attempt of isolation === 'worker' || isNight ? ['first', 'second'] : ['first']) {
        const error = await refused(loadModule(module(file), { ...options, isolation }))
        t.match(error, { name: 'LoadError', url: pathToFileURL(module(file)).href, ...expected }, `${file} in a ${isolation}, ${attempt}`)
        t.ok(error instanceof LoadError && error instanceof BroodError)
      }
    }
  }
})

t.test('a module that calls its host while it is loaded', async (t) => {
  for (const isolation of isolations) {
    const loaded = await load(t, 'calls-at-load.mjs', { isolation, imports: { ten: () => 10 } })
    t.same(await loaded.exports.ten?.(), { ok: true, value: 10 })
    await loaded.unload()
    const fails = () => {
      throw new RangeError('no ten')
    }
    const error = await refused(load(t, 'calls-at-load.mjs', { isolation, imports: { ten: fails } }))
    t.match(error, { code: 'ERR_BROOD_LOAD_FAILED', cause: { code: 'ERR_BROOD_CANCELLED', cause: { message: 'no ten' } } })
  }
})

t.test('what a module has started that was not loaded', { skip: !hasProc && 'only Linux knows it' }, async (t) => {
  for (const isolation of isolations) {
    const error = await refused(loadModule(module('starts-and-throws.mjs'), { isolation }))
    const { osPid } = error.cause as { osPid: number }
    t.type(osPid, 'number')
    t.notOk(isAlive(osPid), isolation)
  }
})

t.test('an addon for another Node', async (t) => {
  // As Node words it. A real addon of another ABI would be a binary for each platform.
  const file = join(temporaryDirectory(t), 'addon.mjs')
  const text =
    "The module 'x.node' was compiled against a different Node.js version using NODE_MODULE_VERSION 64. This version requires 115."
  writeFileSync(file, `throw Object.assign(new Error(${JSON.stringify(text)}), { code: 'ERR_DLOPEN_FAILED' })`)
  const error = await refused(loadModule(file))
  t.match(error, {
    code: 'ERR_BROOD_STAMP_MISMATCH',
    found: '64',
    expected: process.versions.modules,
    cause: { code: 'ERR_DLOPEN_FAILED' },
  })
})

t.test('the same stamp', async (t) => {
  const stamp = stampOf(module('interface.d.ts'))
  const loaded = await load(t, 'stamped.mjs', { stamp })
  t.same(await loaded.exports.add?.(1, 2), { ok: true, value: 3 })
  await loaded.unload()
})

t.test('a stamp is of what files say', (t) => {
  const directory = temporaryDirectory(t)
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const [unix, windows, other] = [write('a', 'one\ntwo\n'), write('b', 'one\r\ntwo\r\n'), write('c', 'one\ntwo')]
  t.match(stampOf(unix), /^[0-9a-f]{32}$/)
  t.equal(stampOf(unix), stampOf(pathToFileURL(unix)))
  t.equal(stampOf(unix), stampOf(pathToFileURL(unix).href))
  t.equal(stampOf(unix), stampOf(windows), 'line ends')
  t.not(stampOf(unix), stampOf(other))
  t.not(stampOf(unix, other), stampOf(other, unix), 'the order')
  t.not(stampOf(write('d', 'ab'), write('e', 'c')), stampOf(write('f', 'a'), write('g', 'bc')), 'where a file ends')
  t.match(
    thrown(() => stampOf()),
    { code: 'ERR_BROOD_INVALID_ARGUMENT' },
  )
  t.match(
    thrown(() => stampOf(join(directory, 'none'))),
    { code: 'ENOENT' },
  )
  t.end()
})

t.test('loaded once', async (t) => {
  const file = copyOf(t, 'arithmetic.mjs')
  const link = join(temporaryDirectory(t), 'link.mjs')
  symlinkSync(file, link)
  const attempts = await Promise.allSettled(Array.from({ length: 300 }, (_each, index) => loadModule(index % 2 === 0 ? file : link)))
  const winners = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  t.equal(winners.length, 1, 'one of 300 wins')
  t.equal(
    attempts.filter(
      (each) => each.status === 'rejected' && each.reason instanceof LoadError && each.reason.code === 'ERR_BROOD_ALREADY_LOADED',
    ).length,
    299,
  )
  t.match(await refused(loadModule(link, { isolation: 'process' })), { code: 'ERR_BROOD_ALREADY_LOADED', message: /unload it first/ })
  await winners[0]?.unload()
  const again = await loadModule(file)
  t.same(await again.exports.add?.(1, 1), { ok: true, value: 2 }, 'loadable again')
  await again.unload()
})

t.test('loadable again after it has died', async (t) => {
  for (const isolation of isolations) {
    const first = await load(t, 'ends.mjs', { isolation })
    t.match(await refused(first.exports.exit?.(1) as Promise<unknown>), { code: 'ERR_BROOD_EXITED' })
    await first.gone
    const second = await load(t, 'ends.mjs', { isolation })
    t.same(await second.exports.fine?.(), { ok: true, value: 'fine' }, isolation)
    await second.unload()
  }
})

t.test('ten modules at once, with different interfaces', async (t) => {
  const loaded = await Promise.all(
    Array.from({ length: 10 }, (_each, index) =>
      load(t, copyOf(t, 'arithmetic.mjs', index), {
        isolation: index < 8 ? 'worker' : 'process',
        imports: { [`name${index}`]: () => index, ten: () => index },
      }),
    ),
  )
  const answers = await Promise.all(loaded.map(async (each, index) => await each.exports.askHost?.(`name${index}`)))
  t.same(
    answers,
    loaded.map((_each, index) => ({ ok: true, value: index })),
    'each its own',
  )
  t.same(await loaded[3]?.exports.knownImports?.(), { ok: true, value: ['name3', 'ten'] })
  await Promise.all(loaded.map((each) => each.unload()))
})

t.test('arguments that are no such', async (t) => {
  const file = module('arithmetic.mjs')
  const cases: readonly (readonly [url: unknown, options: object, argument: string])[] = [
    ['./arithmetic.mjs', {}, 'url'],
    ['https://example.org/a.mjs', {}, 'url'],
    [new URL('https://example.org/a.mjs'), {}, 'url'],
    [7, {}, 'url'],
    [file, { isolation: 'iframe' }, 'isolation'],
    [file, { isolation: null }, 'isolation'],
    [file, { isolaton: 'worker' }, 'isolaton'],
    [file, { onImportError: 'ignore' }, 'onImportError'],
    [file, { imports: { ten: 10 } }, 'imports.ten'],
    [file, { limits: { memory: -1 } }, 'limits.memory'],
    [file, { limits: { memory: Number.POSITIVE_INFINITY } }, 'limits.memory'],
    [file, { limits: { stack: 0 } }, 'limits.stack'],
    [file, { limits: { callTime: Number.NaN } }, 'limits.callTime'],
    [file, { limits: { memroy: 1 } }, 'limits.memroy'],
    [file, { limits: null }, 'limits'],
    [file, { imports: null }, 'imports'],
    [file, { timeout: '1' }, 'timeout'],
    [file, { timeout: 0 }, 'timeout'],
    [file, [], 'options'],
    [file, { stamp: 1 }, 'stamp'],
    [file, { required: 'add' }, 'required'],
    [file, { unloading: 1 }, 'unloading'],
    [file, { quiet: 'yes' }, 'quiet'],
    [file, { name: '' }, 'name'],
  ]
  for (const [url, options, argument] of cases) {
    const error = await refused(loadModule(url as string, options))
    t.match(error, { name: 'BroodError', code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, `${String(url)} ${JSON.stringify(options)}`)
  }
  const again = await loadModule(file)
  await again.unload()
})

t.test('definitions that are no such', (t) => {
  const cases: readonly (readonly [definition: unknown, argument: string])[] = [
    [undefined, 'definition'],
    [{ export: {} }, 'export'],
    [{ exports: { add: 1 } }, 'add'],
    [{ main: 'main' }, 'main'],
    [{ beforeUnload: true }, 'beforeUnload'],
    [{ stamp: 1 }, 'stamp'],
    [{ abi: 'v20' }, 'abi'],
  ]
  for (const [definition, argument] of cases)
    t.match(
      thrown(() => defineModule(definition as object)),
      { code: 'ERR_BROOD_INVALID_ARGUMENT', argument },
      JSON.stringify(definition),
    )
  const given = { exports: { add: (a: number, b: number) => a + b } }
  t.not(defineModule(given), given, 'what is passed is not changed')
  t.same(Object.getOwnPropertySymbols(given), [])
  t.end()
})

t.test('imports outside of a module', (t) => {
  const offered = imports as unknown as Record<string, () => unknown>
  t.match(
    thrown(() => offered.ten?.()),
    { code: 'ERR_BROOD_INVALID_ARGUMENT', message: /has a meaning only in a module/ },
  )
  t.same(Object.keys(offered), [])
  t.end()
})
