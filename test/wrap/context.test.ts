import '../posix-only.js'
import childProcess, { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import wrap, { type Context, type ContextOptions, createContext, currentContext, type SpawnDetails, type SpawnListener } from 'brood'
import crossSpawn from 'cross-spawn'
import { fixture, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot

const contexts: Context[] = []
/** A context that ends with its test. */
function make(options: ContextOptions = {}): Context {
  const context = createContext(options)
  contexts.push(context)
  return context
}

t.afterEach(() => {
  for (const context of contexts.splice(0)) context.dispose()
  const left = readdirSync(shimRoot).filter((name) => /^\.node-spawn-wrap-\d/.test(name))
  if (left.length > 0) throw new Error(`left behind: ${left.join()}`)
})

interface Said {
  readonly data?: unknown
  readonly variable?: string
  readonly options?: string
  readonly carrier?: { readonly contexts: readonly string[]; readonly inherited: number }
  readonly path?: string
  readonly execArgv: readonly string[]
}

const node = process.execPath
const program = fixture('programs/say-context.cjs')
const say = [program]
const parse = (text: string | Buffer): Said => JSON.parse(text.toString().trim().split('\n').at(-1) as string)
const bare = parse(execFileSync(node, say))
const bindings = process as unknown as { binding(name: string): { spawn: unknown; Process: { prototype: { spawn: unknown } } } }
const lowest = () => [bindings.binding('spawn_sync').spawn, bindings.binding('process_wrap').Process.prototype.spawn]
const untouched = lowest()

t.same([bare.data, bare.options, bare.carrier], [undefined, undefined, undefined], 'nothing is wrapped yet')
t.equal(currentContext(), undefined, 'this process is under no context')

t.test('data arrives as it was given', (t) => {
  const shared = { x: 1 }
  const values = [
    null,
    true,
    0,
    -1.5e300,
    '',
    'ü \u0000 \ud800 \u2028 "quoted" `$(x)` \\',
    [],
    {},
    [[[]], {}],
    { 'a b': 1, '': 2, constructor: 3, toString: 'x' },
    JSON.parse('{"__proto__":{"polluted":true},"a":1}'),
    { twice: [shared, shared] },
    Object.assign(Object.create(null), { bare: true }),
    Array.from({ length: 10_000 }, (_, index) => ({ index })),
  ]
  const script = `process.stdout.write(JSON.stringify([require(${JSON.stringify(root)}).currentContext().data]))`
  for (const [index, value] of values.entries()) {
    using context = createContext({ data: value })
    const arrived: unknown = JSON.parse(context.childProcess().execFileSync(node, ['-e', script], { encoding: 'utf8' }))[0]
    t.equal(JSON.stringify(arrived), JSON.stringify(value), `value ${index}`)
  }
  t.notOk('polluted' in {})
  t.end()
})

t.test('data that is no JSON is refused, by its place', (t) => {
  const cycle: { a: unknown[] } = { a: [] }
  cycle.a.push({ back: cycle })
  let deep: unknown[] = []
  for (let depth = 0; depth < 100_000; depth++) deep = [deep]
  const holes = Object.assign(Array.from({ length: 0 }), { length: 2 })
  const cases: readonly [data: unknown, place: string, found: RegExp][] = [
    [{ a: [1, 2, undefined] }, 'data.a[2]', /undefined, which JSON leaves out/],
    [{ a: undefined }, 'data.a', /undefined/],
    [holes, 'data[0]', /undefined/],
    [10n, 'data', /a bigint/],
    [{ 'odd name': { '1': () => {} } }, 'data["odd name"]["1"]', /a function/],
    [[Number.NaN], 'data[0]', /NaN/],
    [[Number.NEGATIVE_INFINITY], 'data[0]', /-Infinity/],
    [{ at: new Date(0) }, 'data.at', /an instance of Date/],
    [new Map(), 'data', /an instance of Map/],
    [Object('boxed'), 'data', /an instance of String/],
    [{ buffer: Buffer.from('x') }, 'data.buffer', /an instance of Buffer/],
    [Symbol('x'), 'data', /a symbol/],
    [{ [Symbol('key')]: 1 }, 'data', /the property Symbol\(key\)/],
    [cycle, 'data.a[0].back', /an object that it lies in itself/],
    [deep, 'data', /nested too deeply/],
  ]
  for (const [data, place, found] of cases) {
    // biome-ignore lint/suspicious/noExplicitAny: what no type allows is passed on purpose
    t.throws(() => createContext({ data: data as any }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: place, message: found }, place)
  }
  t.end()
})

t.test('currentContext, in every process of a tree', (t) => {
  const context = make({ data: { port: 1 }, env: { FROM_CONTEXT: 'yes' }, main: fixture('wrappers/run-main.cjs'), args: ['a', 'b'] })
  const { execFileSync, execSync } = context.childProcess()
  const main = fixture('wrappers/run-main.cjs')
  const library = JSON.stringify(root)
  const show = `console.log(JSON.stringify(require(${library}).currentContext()))`
  const expected = { data: { port: 1 }, directory: context.directory, main, args: ['a', 'b'] }
  const imported = `import { currentContext } from ${JSON.stringify(join(root, 'dist/index.js'))}; console.log(JSON.stringify(currentContext()))`
  const module = join(shimRoot, 'shows.mjs')
  writeFileSync(module, imported)
  const nested = `process.stdout.write(require('child_process').execFileSync('node', ['-e', ${JSON.stringify(show)}], { env: {} }))`
  const ways: readonly [name: string, run: () => string | Buffer][] = [
    ['eval', () => execFileSync(node, ['-e', show])],
    ['print', () => execFileSync(node, ['-p', show.slice('console.log('.length, -1)])],
    ['stdin', () => execFileSync(node, [], { input: show })],
    ['an ES module', () => execFileSync(node, [module])],
    ['a shell', () => execSync('NODE_OPTIONS= node -', { input: show })],
    [
      'a Worker',
      () => execFileSync(node, ['-e', `new (require('worker_threads').Worker)(${JSON.stringify(show)}, { eval: true, env: {} })`]),
    ],
    ['a child with an empty environment', () => execFileSync(node, ['-e', nested])],
    ['a child of a shell of a child', () => execFileSync(node, ['-e', nested.replace(`'node', ['-e', `, `'sh', ['-c', 'node -e "$0"', `)])],
  ]
  for (const [name, run] of ways) t.same(JSON.parse(run().toString()), expected, name)

  const mutating = `
    const { currentContext } = require(${library})
    currentContext().data.port = 2
    currentContext().args.push('x')
    ${show}`
  t.same(JSON.parse(execFileSync(node, ['-e', mutating]).toString()), expected, 'what is changed is a copy')
  t.end()
})

t.test('of several contexts, a wrapper main knows its own, and the program the newest', (t) => {
  const path = fixture('wrappers/say-data.cjs')
  const first = make({ data: 'first', main: path, args: ['x'] })
  const undo = first.patch()
  const second = make({ data: 'second', main: path })
  const { execFileSync } = second.childProcess()
  const lines = execFileSync(node, say, { encoding: 'utf8' }).trim().split('\n')
  undo()
  t.same(
    lines.slice(0, 2).map((line) => JSON.parse(line)),
    [
      ['first', ['x'], true, null],
      ['second', [], true, 'first'],
    ],
  )
  t.equal(parse(lines[2] as string).data, 'second')
  t.end()
})

t.test('childProcess wraps what is called through it, and nothing else', async (t) => {
  const context = make({ data: 'scoped' })
  const other = make({ data: 'other' })
  const scoped = context.childProcess()
  const text = { encoding: 'utf8' } as const
  const command = `"${node}" "${program}"`
  const output = (child: childProcess.ChildProcess) =>
    new Promise<string>((resolve) => {
      let stdout = ''
      child.stdout?.on('data', (chunk) => {
        stdout += chunk
      })
      child.on('close', () => resolve(stdout))
    })
  /** Each way to start a process, as it is called on a module like child_process. */
  const ways: Readonly<Record<string, (api: typeof childProcess) => string | Promise<string>>> = {
    spawn: (api) => output(api.spawn(node, say)),
    'spawn in a shell': (api) => output(api.spawn(command, { shell: true })),
    // Without the test runner's own options, which would have the child measured.
    fork: (api) => output(api.fork(program, { stdio: 'pipe', execArgv: [] })),
    exec: (api) => output(api.exec(command)),
    'exec with a callback': (api) => new Promise((resolve) => api.exec(command, (_error, stdout) => resolve(stdout))),
    execFile: (api) => output(api.execFile(node, say)),
    execFileSync: (api) => api.execFileSync(node, say, text),
    execSync: (api) => api.execSync(command, text),
    spawnSync: (api) => api.spawnSync(node, say, text).stdout,
    'promisified exec': async (api) => (await promisify(api.exec)(command)).stdout,
    'promisified execFile': async (api) => (await promisify(api.execFile)(node, say)).stdout,
    'a ChildProcess of its own': (api) => {
      const child = new api.ChildProcess()
      const spawn = Reflect.get(child, 'spawn') as (options: object) => void
      Reflect.apply(spawn, child, [{ file: node, args: [node, ...say], envPairs: [`PATH=${process.env.PATH}`] }])
      return output(child)
    },
    'a function that was taken out': ({ spawnSync }) => spawnSync(node, say, text).stdout,
  }
  for (const [name, start] of Object.entries(ways)) {
    const started = [start(childProcess), start(scoped), start(other.childProcess()), start(childProcess)]
    t.same(lowest(), untouched, `${name}: nothing global is left patched`)
    const said = await Promise.all(started.map((text) => Promise.resolve(text)))
    t.same(
      said.map((text) => parse(text).data),
      [undefined, 'scoped', 'other', undefined],
      name,
    )
  }
  const aborted: unknown[] = []
  await output(scoped.spawn(node, say, { signal: AbortSignal.abort() }).on('error', (error) => aborted.push(error)))
  t.match(aborted, [{ name: 'AbortError' }], 'a signal that was aborted before')
  t.match(await output(scoped.spawn('there-is-no-such-program').on('error', () => {})), '', 'a program that is not there')
  t.same(lowest(), untouched)
  context.dispose()
  t.equal(parse(scoped.execFileSync(node, say)).data, undefined, 'it wraps nothing any more')
})

t.test('childProcess together with patch(): the contexts that are patched, and this one, each once', (t) => {
  const global = make({ data: 'global' })
  const scoped = make({ data: 'scoped' })
  const { execFileSync: run } = scoped.childProcess()
  const carried = (start: (file: string, args: string[]) => string | Buffer) => {
    const show = `console.log(JSON.stringify([require(${JSON.stringify(root)}).currentContext()].flatMap(function all(c) { return c ? [...all(c.outer), c.data] : [] })))`
    return JSON.parse(start(node, ['-e', show]).toString())
  }
  using _undo = global.patch()
  t.same(carried(run), ['global', 'scoped'])
  t.same(carried(childProcess.execFileSync), ['global'])
  const undo = scoped.patch()
  t.same(carried(run), ['global', 'scoped'], 'patched as well')
  t.same(carried(childProcess.execFileSync), ['global', 'scoped'])
  undo()
  t.same(carried(global.childProcess().execFileSync), ['global'])
  t.end()
})

t.test('childProcess is shaped as what it copies', (t) => {
  const context = make({ data: 'scoped' })
  const scoped = context.childProcess()
  t.same(Reflect.ownKeys(scoped), Reflect.ownKeys(childProcess))
  for (const [name, original] of Object.entries(childProcess)) {
    const copy: unknown = Reflect.get(scoped, name)
    t.equal(typeof copy, typeof original, name)
    if (typeof original !== 'function' || typeof copy !== 'function') continue
    t.same([copy.name, copy.length, Reflect.ownKeys(copy)], [original.name, original.length, Reflect.ownKeys(original)], name)
    t.not(copy, original, name)
  }
  const child = scoped.spawn('true')
  t.ok(child instanceof childProcess.ChildProcess && child instanceof scoped.ChildProcess)
  class Special extends scoped.ChildProcess {}
  t.ok(new Special() instanceof Special)

  const copied = context.childProcess(crossSpawn)
  t.equal(parse(copied.sync(node, say).stdout).data, 'scoped', 'a function with functions on it')
  t.equal(copied.spawn, copied, 'itself under another name')
  t.equal(parse(crossSpawn.sync(node, say).stdout).data, undefined)

  const self = {
    secret: 'kept',
    run(this: { secret: string }) {
      return [this.secret, parse(childProcess.execFileSync(node, say)).data]
    },
    get lazy() {
      return () => parse(childProcess.execFileSync(node, say)).data
    },
    throws: () => {
      throw new TypeError('its own')
    },
    later: async () => {
      await Promise.resolve()
      return parse(childProcess.execFileSync(node, say)).data
    },
  }
  const frozen = context.childProcess(Object.freeze(self))
  t.same(frozen.run(), ['kept', 'scoped'], 'methods of a frozen object')
  t.equal(frozen.lazy(), 'scoped', 'getters')
  t.throws(() => frozen.throws(), { name: 'TypeError', message: 'its own' })
  t.same(lowest(), untouched, 'after an error, too')
  t.throws(() => scoped.spawnSync(1 as unknown as string), { code: 'ERR_INVALID_ARG_TYPE' }, "errors are child_process's own")
  t.same(lowest(), untouched)

  const namespace = context.childProcess({ default: { execFileSync }, execFileSync })
  t.equal(parse(namespace.default.execFileSync(node, say)).data, 'scoped', 'the default of a module')
  for (const wrong of [null, 1, 'child_process']) {
    t.throws(() => context.childProcess(wrong as unknown as object), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
  }
  t.resolveMatch(frozen.later(), undefined, 'what is started behind an await is out of it')
  t.end()
})

t.test('calls within calls', (t) => {
  const first = make({ data: 'first' })
  const second = make({ data: 'second' })
  const inner: unknown[] = []
  const options = {
    get env() {
      inner.push(parse(second.childProcess().execFileSync(node, say)).data)
      return process.env
    },
  }
  t.equal(parse(first.childProcess().execFileSync(node, say, options)).data, 'first', 'the outer call is the outer context again')
  t.ok(inner.length > 0)
  t.same([...new Set(inner)], ['second'], 'a getter that starts a process through another context')
  let undo: (() => void) | undefined
  const patching = {
    get env() {
      undo ??= second.patch()
      return process.env
    },
  }
  t.equal(parse(first.childProcess().execFileSync(node, say, patching)).data, 'first')
  t.equal(parse(execFileSync(node, say)).data, 'second', 'a getter that patches')
  undo?.()
  t.equal(parse(execFileSync(node, say)).data, undefined)
  t.same(lowest(), untouched)
  t.end()
})

t.test('onSpawn: what a listener may do with a request', async (t) => {
  const context = make({ data: 'context', env: { FROM_CONTEXT: 'context' } })
  const { execFileSync: run, spawn, spawnSync } = context.childProcess()
  const answers: readonly [name: string, answer: ReturnType<SpawnListener>, check: (said: Said) => unknown, expected: unknown][] = [
    ['nothing', undefined, ({ data }) => data, 'context'],
    ['an empty object', {}, ({ data }) => data, 'context'],
    ['fields that are undefined', { file: undefined, env: undefined }, ({ data }) => data, 'context'],
    ['false', false, ({ data, variable, options }) => [data, variable, options], [undefined, undefined, undefined]],
    ['another file', { file: 'node' }, ({ data }) => data, 'context'],
    ['arguments', { args: ['--no-warnings', program] }, ({ execArgv }) => execArgv, ['--no-warnings']],
    ['variables', { env: { PATH: '/bin', FROM_CONTEXT: 'listener', GONE: undefined } }, ({ path }) => path, '/bin'],
  ]
  for (const [name, answer, check, expected] of answers) {
    using _remove = context.onSpawn(() => answer)
    t.same(check(parse(run(node, say, { env: { PATH: process.env.PATH } }))), expected, name)
  }

  const seen: SpawnDetails[] = []
  const remove = context.onSpawn((details) => {
    seen.push(details)
    return { cwd: shimRoot, argv0: 'renamed' }
  })
  const script = 'console.log(process.cwd(), process.argv0)'
  const env = { PATH: process.env.PATH, A: '1' }
  const asked = { env, argv0: 'asked', cwd: '/' }
  t.equal(run(node, ['-e', script], asked).toString(), `${shimRoot} renamed\n`)
  t.same(seen.pop(), { file: node, args: ['-e', script], argv0: 'asked', env, cwd: '/' })
  const child = spawn('node', ['-e', script], { env })
  const closed = new Promise((resolve) => child.on('close', resolve))
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  await closed
  t.equal(stdout, `${shimRoot} renamed\n`, 'by spawn, too')
  t.same(seen.pop(), { file: 'node', args: ['-e', script], argv0: 'node', env, cwd: undefined })
  t.same([child.spawnfile, child.spawnargs], ['node', ['node', '-e', script]], 'the caller sees what it asked for')
  spawnSync('exit 0', { shell: true, env })
  t.same([seen[0]?.file, seen[0]?.args], ['/bin/sh', ['-c', 'exit 0']], 'a command is given to a shell')
  remove()
  remove()
  run('true')
  t.equal(seen.length, 1, 'removed')
  childProcess.execFileSync('true')
  t.equal(seen.length, 1, 'what is not under the context is not shown')
})

t.test('onSpawn: order, removal, several contexts, and listeners that start processes', (t) => {
  const calls: string[] = []
  const first = make({ data: 'first' })
  const second = make({ data: 'second' })
  const say = (name: string) => (details: SpawnDetails) => {
    calls.push(`${name}:${details.env.MARK}`)
    return { env: { ...details.env, MARK: name } }
  }
  using _first = first.patch()
  using _second = second.patch()
  const run = () => {
    calls.length = 0
    return parse(execFileSync(node, [program], { env: { PATH: process.env.PATH, MARK: '0' } }))
  }
  const removers = [second.onSpawn(say('c')), first.onSpawn(say('a')), first.onSpawn(say('b'))]
  run()
  t.same(calls, ['a:0', 'b:a', 'c:b'], 'the oldest context first, then in order')

  const removesNext = first.onSpawn(() => removers[2]?.())
  removers.push(first.onSpawn(say('last')))
  run()
  t.same(calls, ['a:0', 'b:a', 'last:b', 'c:last'])
  run()
  t.same(calls, ['a:0', 'last:a', 'c:last'])
  removesNext()

  const addsOne = first.onSpawn(() => {
    removers.push(first.onSpawn(say('added')))
    addsOne()
  })
  run()
  t.same(calls, ['a:0', 'last:a', 'c:last'], 'one that is added is asked from the next on')
  run()
  t.same(calls, ['a:0', 'last:a', 'added:last', 'c:added'])

  const leaves = first.onSpawn(() => false)
  t.equal(run().data, 'second')
  t.same(calls, ['a:0', 'last:a', 'added:last', 'c:0'], 'a context that is left out changes nothing')
  leaves()

  for (const remove of removers) remove()
  let started: unknown
  let asked = 0
  using _starts = first.onSpawn(() => {
    asked++
    started = parse(execFileSync(node, [program])).data
  })
  t.equal(run().data, 'second')
  t.same([asked, started], [1, 'second'], 'what a listener starts is wrapped, and not shown to it')

  const scoped = make({ data: 'scoped' })
  let within: unknown
  using _within = scoped.onSpawn(() => {
    within = parse(execFileSync(node, [program])).data
  })
  t.equal(parse(scoped.childProcess().execFileSync(node, [program])).data, 'scoped')
  t.equal(within, 'second', 'a call through childProcess() does not reach into a listener')
  t.end()
})

t.test('onSpawn: a listener that fails does not fail the spawn', (t) => {
  const script = `
    const { createContext } = require(${JSON.stringify(root)})
    const context = createContext({ env: { FROM_CONTEXT: 'yes' } })
    const { execFileSync } = context.childProcess()
    const failures = [
      () => { throw new Error('thrown') },
      () => { throw null },
      () => { throw { [Symbol.toPrimitive]() { throw 1 } } },
      async () => ({ file: 'false' }),
      () => true,
      () => 'node',
      () => ({ file: 1 }),
      () => ({ args: 'x' }),
      () => ({ args: ['a\\0b'] }),
      () => ({ env: { A: 'a\\0b' } }),
      () => ({ get cwd() { throw new Error('a getter') } }),
    ]
    for (const failure of failures) context.onSpawn(failure)
    for (let times = 0; times < 2; times++) {
      process.stdout.write(execFileSync(process.execPath, ['-p', 'process.env.FROM_CONTEXT + process.argv.length']))
    }
    process.on('warning', ({ name, code, detail }) => console.log(name, code, detail.split('\\n')[0]))
    setImmediate(() => context.dispose())`
  const { stdout, status } = childProcess.spawnSync(node, ['--no-warnings', '-e', script], { encoding: 'utf8' })
  t.equal(status, 0)
  const lines = stdout.trim().split('\n')
  t.same(lines.slice(0, 2), ['yes1', 'yes1'])
  t.equal(lines.length, 13, 'each warns once')
  for (const line of lines.slice(2)) t.match(line, /^BroodWarning BROOD_ON_SPAWN ./)
  for (const [index, expected] of ['Error: thrown', 'null', '{', 'BroodError: A listener of onSpawn must return'].entries()) {
    t.ok(lines[index + 2]?.includes(expected), expected)
  }
  const context = make()
  for (const wrong of [undefined, {}, 'x']) {
    t.throws(() => context.onSpawn(wrong as unknown as SpawnListener), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
  }
  t.end()
})

t.test('environment: variables for a spawner that brood cannot patch', (t) => {
  const context = make({ data: 'context', env: { FROM_CONTEXT: 'yes' }, main: fixture('wrappers/run-main.cjs') })
  const own = { HOME: '/home', PATH: process.env.PATH, NODE_OPTIONS: '--no-warnings', EMPTY: '', NONE: undefined, 'odd-name': '1' }
  const base = Object.freeze({ ...own })
  const environment = context.environment(base)
  const start = (env: Readonly<Record<string, string | undefined>>) => parse(childProcess.execFileSync(node, say, { env }))
  const said = start(environment)
  t.same([said.data, said.variable, said.options, said.path, said.carrier], ['context', 'yes', '--no-warnings', own.PATH, undefined])
  t.same(said.execArgv, [])
  t.same(base, own, 'the base stays')
  t.notOk('NONE' in environment)
  t.equal(environment['odd-name'], '1')
  t.equal(parse(childProcess.execFileSync('sh', ['-c', `NODE_OPTIONS= node ${program}`], { env: environment })).data, 'context', 'shims')
  t.same(context.environment(environment), environment, 'applied twice it does not accumulate')
  t.same(lowest(), untouched, 'nothing is patched')

  const without = context.environment({})
  t.same(Object.keys(without), ['PATH', 'NODE_OPTIONS', 'BROOD_CONTEXT'])
  t.equal(start(without).path, undefined)
  t.same(context.environment(without), without)
  t.equal(start(context.environment()).data, 'context', 'process.env is the default')

  const other = make({ data: 'other' })
  const both = start(other.environment(environment))
  t.same([both.data, both.variable, both.options, both.path], ['other', 'yes', '--no-warnings', own.PATH], 'on top of what another gave')
  using _undo = other.patch()
  const patched = start(environment)
  t.same([patched.data, patched.variable, patched.options, patched.path], ['context', 'yes', '--no-warnings', own.PATH], 'through a patch')
  t.equal(start(context.environment()).data, 'context', 'beside one that is patched')
  for (const wrong of [null, 1, 'x']) {
    t.throws(() => context.environment(wrong as unknown as Record<string, string>), { code: 'ERR_BROOD_INVALID_ARGUMENT' })
  }
  t.end()
})

t.test('visible: native code that passes process.env on', (t) => {
  const native = fixture('programs/native-spawn.cjs')
  const shell = `node ${program} && NODE_OPTIONS= node ${program} && env -i ${node} ${program}`
  for (const [visible, expected] of [
    [true, 'context'],
    [false, undefined],
  ] as const) {
    const context = make({ data: 'context', env: { FROM_CONTEXT: 'context' }, visible })
    const { execFileSync: run } = context.childProcess()
    const name = visible ? 'visible' : 'not visible'
    t.equal(parse(run(node, [native, node, ...say])).data, expected, `${name}: a child of native code`)
    t.equal(parse(run(node, [native, node, native, node, ...say])).data, expected, `${name}: of native code in a child of native code`)
    t.equal(
      parse(
        run(node, [
          '-e',
          `require('child_process').execFileSync(process.execPath, ['${native}', process.execPath, '${program}'], { stdio: 'inherit' })`,
        ]),
      ).data,
      expected,
      `${name}: below a child that brood started`,
    )
    const lines = run(node, [native, 'sh', '-c', shell], { encoding: 'utf8' }).trim().split('\n')
    t.same(
      lines.map((line) => parse(line).data),
      [expected, expected, undefined],
      `${name}: by name, in a shell`,
    )
  }
  t.end()
})

t.test('visible: nothing accumulates, and nothing else shows', (t) => {
  const context = make({ data: 'context', visible: true, env: { FROM_CONTEXT: 'context' } })
  const native = fixture('programs/native-spawn.cjs')
  const { execFileSync: run } = context.childProcess()
  const env = { PATH: '/usr/bin:/bin', NODE_OPTIONS: '--no-warnings' }
  const once = parse(run(node, say, { env }))
  t.ok(once.options?.startsWith('--require ') && once.options.endsWith('preload.cjs --no-warnings'), String(once.options))
  t.equal(once.path, `${context.directory}:/usr/bin:/bin`)
  t.same(once.execArgv, [])
  t.same(once.carrier?.contexts, [context.directory])
  const depth = (level: number): string[] => (level === 0 ? say : [native, node, ...depth(level - 1)])
  for (const [name, said] of [
    ['native code in native code', parse(run(node, depth(3), { env }))],
    ['a shell', parse(run('sh', ['-c', `node ${native} sh -c "node ${program}"`], { env: { ...env, PATH: process.env.PATH } }))],
  ] as const) {
    t.equal(said.options, once.options, name)
    t.equal(said.path?.split(':').filter((entry) => entry.includes('.node-spawn-wrap-')).length, 1, name)
    t.same(said.execArgv, [], name)
  }
  const overriding = `process.env.FROM_CONTEXT = 'own'; process.env.NODE_OPTIONS = '--no-deprecation ' + process.env.NODE_OPTIONS; process.argv.splice(1, 0, '-'); require('${native}')`
  const overridden = parse(run(node, ['-e', overriding, node, ...say], { env }))
  t.same([overridden.data, overridden.variable], ['context', 'own'], 'what a program sets for its children stays')
  t.ok(overridden.options?.endsWith('preload.cjs --no-deprecation --no-warnings'), String(overridden.options))

  const nested = `
    const { createContext } = require(${JSON.stringify(root)})
    const context = createContext({ data: 'inner' })
    process.stdout.write(context.childProcess().execFileSync('sh', ['-c', 'env; node ${program}']))
    context.dispose()`
  const output = run(node, ['-e', nested], { encoding: 'utf8' })
  t.equal(output.match(/^NODE_OPTIONS=.*$/m)?.[0].match(/preload\.cjs/g)?.length, 1, 'a context within: NODE_OPTIONS once')
  t.equal(parse(output).data, 'inner')
  const workers = `new (require('worker_threads').Worker)(${JSON.stringify(program)}, { env: { ...process.env, IN: 'worker' } })`
  const wrapped = make({ data: 'worker', visible: true, main: fixture('wrappers/say-and-run.cjs'), args: ['wrapper'] })
  t.equal(
    wrapped.childProcess().execFileSync(node, ['-e', workers], { encoding: 'utf8' }).split('\n').length,
    2,
    'no wrapper main in a Worker',
  )
  t.end()
})

t.test('everything that takes something back is disposable, and does it once', (t) => {
  let listening = 0
  {
    using context = createContext({ data: 1 })
    using _patch = context.patch()
    using _listener = context.onSpawn(() => {
      listening++
    })
    t.notSame(lowest(), untouched)
    execFileSync('true')
    t.equal(existsSync(context.directory), true)
  }
  t.same(lowest(), untouched)
  {
    using _unwrap = wrap({ FROM_CONTEXT: 'wrapped' })
    t.equal(parse(execFileSync(node, say)).variable, 'wrapped')
  }
  t.equal(parse(execFileSync(node, say)).variable, undefined)
  t.equal(listening, 1)
  const context = createContext()
  context.dispose()
  context.dispose()
  for (const use of [() => context.patch(), () => context.childProcess(), () => context.environment(), () => context.onSpawn(() => {})]) {
    t.throws(use, { code: 'ERR_BROOD_DISPOSED' })
  }
  t.end()
})
