// The child loads the module that registered the task, and finds the function: in every kind of module, or says why not.
import '../posix-only.js'
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import { assertSpawnIsSafe, fromModule, isChild, Pool, type SpawnOptions, spawn, spawnWith, type Task, task } from 'brood/process'
import { type BuildOptions, build } from 'esbuild'
import { observe, permissionFlag, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { type AnyTask, caught, load, program, run, said } from './programs.js'

const url = (name: string) => pathToFileURL(program(`finding/${name}`)).href
const quiet: SpawnOptions = { stdio: 'ignore' }
/** The Node under test, and what it needs for TypeScript. */
const isTyped = Boolean((process.features as { typescript?: unknown }).typescript)

t.test('a main module', async (t) => {
  const answer = [
    ['b', 42, 1, true],
    ['c', 2, 1, false],
  ]
  const cases: readonly (readonly [name: string, answer: unknown, flags?: readonly string[]])[] = [
    ['esm.mjs', answer],
    ['common.cjs', answer],
    ['init.mjs', 3],
    ['init.cjs', 3],
    ['no-stack.mjs', [3, 0, 'mine']],
    ['frozen-error.mjs', [3, 'ERR_BROOD_INVALID_ARGUMENT']],
    ['frozen-error.mjs', [3, 'ERR_BROOD_INVALID_ARGUMENT'], ['--frozen-intrinsics']],
    ['esm.mjs', answer, ['--enable-source-maps']],
    ['common.cjs', answer, ['--preserve-symlinks', '--preserve-symlinks-main']],
    ...(isTyped ? (['typed.mts', 'typed.cts', 'typed.ts'] as const).map((name) => [name, answer] as const) : []),
  ]
  for (const [name, expected, flags = []] of cases) {
    const observation = await observe(process.execPath, [...flags, program(`finding/${name}`)])
    t.same(said(observation), expected, `${name} ${flags.join(' ')}`)
    t.equal(observation.code, 0, name)
  }
})

t.test('the library that a module of CommonJS has is the one that it would have elsewhere', async (t) => {
  const scratch = temporaryDirectory(t)
  const where = `const { task } = require('brood/process')
exports.where = task('where', () => ({
  library: require.resolve('brood/process'),
  isQuick: !process.moduleLoadList.includes('NativeModule internal/modules/esm/resolve'),
}))`
  const main = `const { spawnWith, isChild } = require('brood/process')
const { where } = require(process.argv[2] ?? './tasks.cjs')
const execArgv = process.env.EXEC_ARGV?.split(' ')
if (!isChild) spawnWith({ execArgv }, where).then((answer) => console.log(JSON.stringify(answer)))`
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(scratch, file)), { recursive: true })
    writeFileSync(join(scratch, file), text)
  }
  const install = (directory: string) => {
    const copy = join(scratch, directory, 'node_modules/brood')
    for (const path of ['dist', 'package.json']) cpSync(join(root, path), join(copy, path), { recursive: true })
    return join(copy, 'dist/process.cjs')
  }
  const copied = install('copied')
  const other = install('copied/deep')
  mkdirSync(join(scratch, 'linked/node_modules'), { recursive: true })
  symlinkSync(root, join(scratch, 'linked/node_modules/brood'))
  for (const directory of ['copied', 'linked']) put(`${directory}/main.cjs`, main)
  for (const directory of ['copied', 'copied/deep', 'copied/below/it', 'linked']) put(`${directory}/tasks.cjs`, where)
  // Another package of this name, which has no such file.
  put('copied/broken/tasks.cjs', where)
  put('copied/broken/node_modules/brood/package.json', '{ "main": "./none.js" }')

  // One that puts something in front of ours.
  put('overlay/tasks.cjs', where)
  put('overlay/main.cjs', main)
  put('overlay/node_modules/brood/package.json', '{ "exports": { "./process": "./traced.cjs" } }')
  put('overlay/node_modules/brood/traced.cjs', "module.exports = require('./dist/process.cjs')")
  symlinkSync(join(root, 'dist'), join(scratch, 'overlay/node_modules/brood/dist'))

  const library = join(root, 'dist/process.cjs')
  const link = join(scratch, 'linked/node_modules/brood/dist/process.cjs')
  const allowed = [
    permissionFlag,
    '--no-warnings',
    ...['copied/below/it/*', 'copied/node_modules/*'].map((path) => `--allow-fs-read=${scratch}/${path}`),
  ]
  const keep = ['--preserve-symlinks', '--preserve-symlinks-main']
  const cases: readonly (readonly [name: string, args: readonly string[], library: string, isQuick: boolean, env?: object])[] = [
    ['a copy', ['copied/main.cjs'], copied, true],
    ['from a directory below', ['copied/main.cjs', './below/it/tasks.cjs'], copied, true],
    ['another copy than the one that runs', ['copied/main.cjs', './deep/tasks.cjs'], other, false],
    ['past a package that has none', ['copied/main.cjs', './broken/tasks.cjs'], copied, false],
    ['a link', ['linked/main.cjs'], library, true],
    ['a link that is kept', [...keep, 'linked/main.cjs'], link, false],
    ['a link that is kept, said otherwise', ['--preserve_symlinks', 'linked/main.cjs'], link, false],
    ['a link that is kept, by a variable', ['linked/main.cjs'], link, false, { NODE_PRESERVE_SYMLINKS: '1' }],
    ['in front of ours', ['overlay/main.cjs'], join(scratch, 'overlay/node_modules/brood/traced.cjs'), false],
    [
      'where not every directory may be looked at',
      ['copied/main.cjs', './below/it/tasks.cjs'],
      copied,
      true,
      { EXEC_ARGV: allowed.join(' ') },
    ],
  ]
  // Later versions of Node have it from the start.
  const bare = join(scratch, 'bare.cjs')
  put('bare.cjs', "process.stdout.write(String(process.moduleLoadList.includes('NativeModule internal/modules/esm/resolve')))")
  const hasResolver = (await observe(process.execPath, [bare])).stdout === 'true'
  for (const [name, args, expected, isQuick, env] of cases) {
    const observation = await observe(process.execPath, [...args], { cwd: scratch, env: { ...process.env, ...env } })
    t.same(said(observation), { library: expected, isQuick: isQuick && !hasResolver }, `${name} ${observation.stderr}`)
  }
})

t.test('a test runner that has a class of modules of its own', async (t) => {
  class Own {
    static readonly createRequire = createRequire
    exports: object = {}
  }
  const file = join(root, 'dist/process.cjs')
  const module = new Own()
  const names = ['exports', 'require', 'module', '__filename', '__dirname']
  compileFunction(readFileSync(file, 'utf8'), names)(module.exports, createRequire(file), module, file, dirname(file))
  const other = module.exports as { spawn: typeof spawn }
  t.same(Object.getOwnPropertySymbols(Own), [], 'what all copies share is with Node')
  t.equal(await other.spawn((await load<'add'>('tasks.mjs')).add, 1, 2), 3)
})

t.test('what most programs do without is not loaded', async (t) => {
  const script = `const { spawn } = require('brood/process')
let code
try { spawn(5) } catch (error) { code = error.code }
const loaded = ['worker_threads', 'inspector'].filter((name) => process.moduleLoadList.includes('NativeModule ' + name))
console.log(JSON.stringify([code, loaded]))`
  const scratch = temporaryDirectory(t)
  mkdirSync(join(scratch, 'node_modules'))
  symlinkSync(root, join(scratch, 'node_modules/brood'))
  writeFileSync(join(scratch, 'spawns.cjs'), script)
  t.same(said(await observe(process.execPath, [join(scratch, 'spawns.cjs')])), ['ERR_BROOD_NOT_A_TASK', []])
})

t.test('copies of two builds in one process', async (t) => {
  const scratch = temporaryDirectory(t)
  const other = join(scratch, 'node_modules/brood')
  for (const path of ['dist', 'package.json']) cpSync(join(root, path), join(other, path), { recursive: true })
  // Another build has another name for what its copies share, and another shape of it.
  for (const name of ['process.cjs', 'process-rest.cjs', 'process-child.cjs', 'process-relay.cjs']) {
    const file = join(other, 'dist', name)
    const text = readFileSync(file, 'utf8')
    t.match(text, /"brood\.process@[0-9a-f]{16}"/, name)
    writeFileSync(file, text.replace(/"brood\.process@[0-9a-f]{16}"/g, '"brood.process@other"').replaceAll('channelEnds', 'endsOfChannels'))
  }
  writeFileSync(join(scratch, 'tasks.cjs'), "exports.add = require('brood/process').task('add', (a, b) => a + b)")
  const theirs = createRequire(join(scratch, 'tasks.cjs'))
  const { spawn: spawnThere } = theirs('brood/process') as { spawn: typeof spawn }
  const { add: addThere } = theirs('./tasks.cjs') as { add: Task<(a: number, b: number) => number> }
  const { add } = await load<'add'>('tasks.mjs')
  t.same(await Promise.all([spawnThere(addThere, 1, 2), spawn(add, 3, 4)]), [3, 7])
  t.throws(() => spawn(addThere, 1, 2), { code: 'ERR_BROOD_NOT_A_TASK' })
})

t.test('a bundle', async (t) => {
  const directory = temporaryDirectory(t)
  const answer = [
    ['b', 42, 1, true],
    ['c', 2, 1, false],
  ]
  const source = program('finding/esm.mjs')
  const settings: BuildOptions = { bundle: true, platform: 'node', packages: 'external', logLevel: 'silent', absWorkingDir: root }
  const text = readFileSync(source, 'utf8').replace("task('hidden'", "task(import.meta.url, 'hidden'")
  const stdin = { contents: text, resolveDir: program('finding'), sourcefile: 'said.mjs' }
  // In CommonJS there is no import.meta.url, and no await at the top.
  const common = readFileSync(program('finding/common.cjs'), 'utf8').replace('require.main === module', '!isChild')
  const cases: readonly (readonly [name: string, options: BuildOptions])[] = [
    ['plain.mjs', { entryPoints: [source], format: 'esm' }],
    ['minified.mjs', { entryPoints: [source], format: 'esm', minify: true, keepNames: true, sourcemap: 'inline' }],
    ['said.mjs', { stdin, format: 'esm' }],
    ['common.cjs', { stdin: { ...stdin, contents: common, sourcefile: 'common.cjs' }, format: 'cjs' }],
    [
      'said.cjs',
      {
        stdin: { ...stdin, contents: common.replace("task('hidden'", "task(undefined, 'hidden'"), sourcefile: 'common.cjs' },
        format: 'cjs',
      },
    ],
  ]
  const inPackage = join(root, '.build/test-bundles')
  t.teardown(() => rmSync(inPackage, { recursive: true, force: true }))
  for (const [name, options] of cases) {
    await build({ ...settings, ...options, outfile: join(inPackage, name) })
    t.same(said(await observe(process.execPath, [join(inPackage, name)])), answer, name)
  }
  // Those that have taken brood in: its own files are not beside them.
  const use = "if (!isChild) spawn(task('file:///x.mjs', 'x', () => 1))"
  const required = `const { isChild, spawn, task } = require('brood/process'); ${use}`
  const taking: readonly (readonly [name: string, contents: string, missing: RegExp])[] = [
    ['require', required, /\.\/process-rest\.cjs is not there/],
    ['import', `import { isChild, spawn, task } from 'brood/process'; ${use}`, /\.\/process\.cjs is not there/],
    ['module', "import { loadModule } from 'brood/module'; loadModule('x')", /\.\/module\.cjs is not there/],
  ]
  for (const [name, contents, missing] of taking) {
    for (const format of ['cjs', 'esm'] as const) {
      const outfile = join(directory, `takes-${name}.${format === 'cjs' ? 'cjs' : 'mjs'}`)
      await build({ ...settings, packages: 'bundle', stdin: { contents, resolveDir: root }, format, outfile })
      const { stderr } = await observe(process.execPath, [outfile])
      t.match(stderr, /NotStartedError\]?: .*--external:brood/, `${name} ${format}: ${stderr}`)
      t.match(stderr, missing)
      t.match(stderr, /code: 'ERR_BROOD_NOT_STARTED'/)
    }
  }
})

t.test('the exports of a module that is not loaded here', async (t) => {
  for (const name of ['exports.mjs', 'exports.cjs']) {
    const { add, none, constant } = fromModule<Record<'add' | 'none' | 'constant', (...args: unknown[]) => unknown>>(url(name))
    t.equal(await spawn(add, 1, 2), 3, name)
    t.equal(await spawn(fromModule<{ add(a: number, b: number): number }>(new URL(url(name))).add, 3, 4), 7)
    t.match(await caught(spawn(none)), {
      code: 'ERR_BROOD_TASK_NOT_FOUND',
      known: ['add'],
      task: 'none',
      url: url(name),
      message: /has no task "none". It has "add"/,
    })
    t.match(await caught(spawn(constant)), { code: 'ERR_BROOD_TASK_NOT_FOUND' })
    t.throws(() => add(), { code: 'ERR_BROOD_NOT_A_TASK' }, 'it is not loaded here')
  }
  t.same(await spawn(fromModule<{ default(a: number): unknown }>(url('exports.mjs')).default, 1), ['default', 1])
  t.match(await caught(spawn(fromModule<{ toString(): string }>(url('exports.mjs')).toString)), { code: 'ERR_BROOD_TASK_NOT_FOUND' })
  const tasks = fromModule<{ add(): void }>(url('exports.mjs'))
  t.equal(tasks.add, tasks.add, 'it is the same each time')
  t.equal(await Promise.resolve(tasks), tasks, 'it is no promise')
  for (const wrong of ['./work.js', '', undefined, null, 1]) {
    t.throws(() => fromModule(wrong as string), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'url' }, String(wrong))
  }
  const missing: readonly (readonly [url: string, message: RegExp, code?: string])[] = [
    [url('none.mjs'), /^There is no file \/.*\/finding\/none\.mjs, which task "x" was to be loaded from\. .* was given: file:.*none\.mjs$/],
    [
      url('imports-none.mjs'),
      /imports-none\.mjs could not be loaded for task "x": .*Cannot find module '.*\/none\.mjs' imported from .*\/imports-none\.mjs$/,
    ],
    [url('.'), /finding could not be loaded for task "x": .*finding' is not supported/, 'ERR_UNSUPPORTED_DIR_IMPORT'],
  ]
  for (const [href, message, code = 'ERR_MODULE_NOT_FOUND'] of missing) {
    const error = await caught(spawnWith(quiet, fromModule<{ x(): void }>(href).x))
    t.match(error, { code: 'ERR_BROOD_TASK_NOT_LOADED', task: 'x', url: href, message, cause: { code } })
    t.notMatch(error.message, /process-child/, "a file of brood's own explains nothing")
  }
  t.equal(await spawn(fromModule<{ x(a: number): number }>('data:text/javascript,export const x = (a) => a * 2').x, 4), 8)
})

t.test('code that is evaluated has no file', async (t) => {
  const use =
    "if (!isChild) spawn(task('x', () => 1)).then(console.log, ({ code, message }) => console.log(JSON.stringify({ code, message })))"
  const esm = `import { isChild, spawn, task } from 'brood/process'; ${use}`
  const cases: readonly (readonly [name: string, args: readonly string[], input?: string])[] = [
    ['-e', ['--input-type=module', '-e', esm]],
    ['stdin', ['--input-type=module'], esm],
  ]
  for (const [name, args, input] of cases) {
    const answer = said(await observe(process.execPath, args, { cwd: root, ...(input !== undefined && { input }) }))
    t.match(
      answer,
      {
        code: 'ERR_BROOD_TASK_NOT_LOADED',
        message: /^Task "x" is of code that was evaluated \(node -e.* has no file .* Put the task into a file/,
      },
      name,
    )
  }
  const { stderr } = await observe(process.execPath, ['-e', "require('brood/process').task('x', () => 1)"], { cwd: root })
  t.match(
    stderr,
    /brood cannot see which module registers task "x".* Code that is evaluated \(node -e\) has no file .*: put the task into one/,
  )
})

t.test('names', async (t) => {
  const first = await load<'where'>('finding/first/same-name.mjs')
  const second = await load<'where'>('finding/second/same-name.mjs')
  const query = await load<'where'>('finding/first/same-name.mjs?a=1#b')
  t.same(await Promise.all([first, second, query].map(({ where }) => spawn(where))), ['first', 'second', 'first'])
  await t.rejects(load('finding/twice.mjs'), {
    code: 'ERR_BROOD_TASK_DUPLICATE',
    name: 'TaskDuplicateError',
    task: 'twice',
    url: url('twice.mjs'),
  })
  t.same(
    said(await run('finding/evaluated.mjs')).map(([code]: [string]) => code),
    Array(3).fill('ERR_BROOD_INVALID_ARGUMENT'),
  )
  const wrong: readonly (readonly [args: readonly unknown[], argument: string])[] = [
    [[''], 'name'],
    [['', () => {}], 'name'],
    [[1, () => {}], 'name'],
    [['a'], 'fn'],
    [['a', {}], 'fn'],
    [[import.meta.url, 'a', null], 'fn'],
    [['not a URL', 'a', () => {}], 'url'],
  ]
  for (const [args, argument] of wrong) {
    t.throws(() => task(...(args as [string, () => void])), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, JSON.stringify(args))
  }
})

t.test('a file that is another one by now', async (t) => {
  // In the package, where `brood` is found.
  const file = join(root, '.build', 'test-changing.mjs')
  t.teardown(() => rmSync(file, { force: true }))
  copyFileSync(program('finding/top-level-await.mjs'), file)
  const { add } = (await import(pathToFileURL(file).href)) as { add: Task<(a: number, b: number) => number> }
  t.equal(await spawn(add, 1, 2), 3)
  assertSpawnIsSafe()
  const before = readFileSync(file, 'utf8')
  await using pool = new Pool({ size: 1 })
  writeFileSync(file, `${before}\n// changed`)
  t.match(await caught(pool.run(add, 1, 2)), { code: 'ERR_BROOD_TASK_MISMATCH', name: 'TaskMismatchError' })
  writeFileSync(file, before)
  t.equal(await pool.run(add, 1, 2), 3, 'the change was taken back')
  writeFileSync(file, `${before}\n// changed`)
  t.match(await caught(spawn(add, 1, 2)), {
    code: 'ERR_BROOD_TASK_MISMATCH',
    name: 'TaskMismatchError',
    task: 'add',
    url: pathToFileURL(file).href,
  })
  t.throws(() => assertSpawnIsSafe(), { code: 'ERR_BROOD_TASK_MISMATCH', task: 'add' })
  const again = (await import(`${pathToFileURL(file).href}?again`)) as { add: Task<(a: number, b: number) => number> }
  t.equal(await spawn(again.add, 3, 4), 7, 'what was loaded since is known')

  const reloaded = join(root, '.build', 'test-reloaded.cjs')
  t.teardown(() => rmSync(reloaded, { force: true }))
  const require = createRequire(import.meta.url)
  for (const answer of [1, 2]) {
    writeFileSync(reloaded, `exports.answer = require('brood/process').task('answer', () => ${answer})`)
    Reflect.deleteProperty(require.cache, reloaded)
    const { answer: reloadedTask } = require(reloaded) as { answer: Task<() => number> }
    t.equal(await spawn(reloadedTask), answer, 'and what is evaluated anew')
  }
})

t.test('what is no task', async (t) => {
  const outer = 1
  const list = [2]
  const plain = (a: number) => a + outer + list.length + Math.max(a)
  t.throws(() => spawn(plain as AnyTask), {
    name: 'NotATaskError',
    code: 'ERR_BROOD_NOT_A_TASK',
    message: /^"plain" \(file:.*finding\.test\.js:\d+\) is not a task.*It captures `outer`, `list`: pass them as arguments\.$/,
    captured: ['outer', 'list'],
  })
  for (const [value, said] of [
    [undefined, 'of type undefined'],
    [null, 'null'],
    ['add', 'of type string'],
    [{}, 'of type object'],
  ] as const) {
    t.throws(() => spawn(value as unknown as AnyTask), { code: 'ERR_BROOD_NOT_A_TASK', message: new RegExp(`this is ${said}`) })
  }
  t.throws(() => spawn(Math.max as AnyTask), { code: 'ERR_BROOD_NOT_A_TASK', message: /"max" is not a task/ })
})

t.test('a module that a child cannot use', async (t) => {
  const cases: readonly (readonly [name: string, error: object, options?: SpawnOptions])[] = [
    [
      'throws.mjs',
      { code: 'ERR_BROOD_TASK_NOT_LOADED', cause: { name: 'RangeError', message: 'not here' }, message: /RangeError: not here/ },
    ],
    ['throws.cjs', { code: 'ERR_BROOD_TASK_NOT_LOADED', cause: { name: 'RangeError' } }],
    ['never-loaded.mjs', { code: 'ERR_BROOD_TASK_NOT_LOADED', message: /awaits what never comes/ }],
    ['loads-slowly.mjs', { code: 'ERR_BROOD_TIMEOUT' }, { timeout: 500 }],
  ]
  for (const [name, error, options = {}] of cases) {
    const { add } = await load<'add'>(`finding/${name}`)
    t.match(await caught(spawnWith({ ...quiet, ...options }, add, 1, 2)), error, name)
  }
  const { add } = await load<'add'>('finding/only-here.mjs')
  t.match(await caught(spawn(add, 1, 2)), {
    code: 'ERR_BROOD_TASK_NOT_FOUND',
    known: ['other'],
    message: /has no task "add". It has "other"/,
  })
  const late = await load<'add'>('finding/top-level-await.mjs')
  t.equal(await spawn(late.add, 1, 2), 3)
})

t.test('a module that starts processes wherever it is evaluated', async (t) => {
  for (const name of ['unguarded.mjs', 'unguarded.cjs']) {
    const observation = await run(`finding/${name}`)
    t.match(said(observation), { code: 'ERR_BROOD_UNGUARDED', url: url(name), message: /isChild.*init\(\)/ }, name)
  }
  for (const way of ['await', 'awaits', 'nextTick', 'import']) {
    const evaluations = join(temporaryDirectory(t), 'evaluations')
    const { stdout } = await run('finding/unguarded-soon.cjs', [evaluations, way])
    t.same(stdout.trim().split('\n').sort(), ['done', '{"code":"ERR_BROOD_UNGUARDED"}'], way)
    t.equal(readFileSync(evaluations, 'utf8').length, 2, way)
  }
  const file = join(temporaryDirectory(t), 'evaluations')
  const { stdout } = await run('finding/unguarded-later.mjs', [file])
  t.same(stdout.trim().split('\n').sort(), ['done', '{"code":"ERR_BROOD_UNGUARDED"}'])
  t.equal(readFileSync(file, 'utf8').length, 2, 'this process and one child have evaluated it')
  t.equal(isChild, false)
})
