import '../posix-only.js'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { type Context, type ContextOptions, createContext } from 'brood'
import { type Exclusion, isExcluded } from '../../lib/wrap/exclusion.js'
import { fixture, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot

const contexts: Context[] = []
/** A context that ends with its test. */
function make(options: ContextOptions): Context {
  const context = createContext(options)
  contexts.push(context)
  return context
}

t.afterEach(() => {
  for (const context of contexts.splice(0)) context.dispose()
  const left = readdirSync(shimRoot).filter((name) => /^\.node-spawn-wrap-\d/.test(name))
  if (left.length > 0) throw new Error(`left behind: ${left.join()}`)
})

const node = process.execPath

t.test('by name, path and pattern', (t) => {
  const paths = { posix: ['/usr/bin/npm', '/usr/lib/node_modules/npm/bin/npm-cli.js'], odd: ['/a dir/my tool.js'] }
  const windows = ['C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js']
  const named = (name: string) => ({ name })
  const pattern = ({ source, flags }: RegExp) => ({ source, flags })
  const cases: readonly [exclusion: Exclusion, paths: readonly string[], windows: boolean, expected: boolean][] = [
    [named('npm-cli.js'), paths.posix, false, true],
    [named('npm'), paths.posix, false, true],
    [named('bin/npm-cli.js'), paths.posix, false, true],
    [named('/usr/bin/npm'), paths.posix, false, true],
    [named('/bin/npm'), paths.posix, false, false],
    [named('cli.js'), paths.posix, false, false],
    [named('NPM'), paths.posix, false, false],
    [named('npm-cli.js'), [], false, false],
    [named('my tool.js'), paths.odd, false, true],
    [named('tool.js'), paths.odd, false, false],
    [named('dir/my tool.js'), paths.odd, false, false],
    [named('a\\b.js'), ['/x/a\\b.js'], false, true],
    [named('b.js'), ['/x/a\\b.js'], false, false],
    [named('npm-cli.js'), windows, true, true],
    [named('NPM-CLI.JS'), windows, true, true],
    [named('npm\\bin\\npm-cli.js'), windows, true, true],
    [named('npm/bin/npm-cli.js'), windows, true, true],
    [named('c:\\program files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js'), windows, true, true],
    [named('cli.js'), windows, true, false],
    [pattern(/\/npm-cli\.js$/), paths.posix, false, true],
    [pattern(/npm\/bin/), windows, true, true],
    [pattern(/NPM\/BIN/i), windows, true, true],
    [pattern(/NPM/), windows, true, false],
    [pattern(/npm/g), ['/x', '/npm', '/npm'], false, true],
    [pattern(/^npm/y), paths.posix, false, false],
    [{ source: '.', flags: 'no such flag' }, paths.posix, false, false],
    [{ source: '(', flags: '' }, paths.posix, false, false],
  ]
  for (const [exclusion, paths, windows, expected] of cases) {
    t.equal(isExcluded([exclusion], paths, windows), expected, `${JSON.stringify(exclusion)} and ${paths.at(-1)}`)
  }
  t.equal(isExcluded([named('x'), named('npm')], paths.posix, false), true, 'any of them')
  t.end()
})

t.test('a process that is left out runs as if bare, and what it starts is wrapped', (t) => {
  const directory = join(shimRoot, 'a "dir" ü')
  mkdirSync(directory)
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const applied = fixture('programs/say-applied.cjs')
  const load = `require(${JSON.stringify(applied)})`
  const tool = file('tool.js', load)
  const extensionless = file('extensionless', load)
  const module = file('module.mjs', `import ${JSON.stringify(applied)}`)
  const indexed = join(directory, 'indexed')
  mkdirSync(indexed)
  file('indexed/index.js', load)
  const link = join(directory, 'linked-tool')
  symlinkSync(tool, link)
  const required = file('required.cjs', 'globalThis.required = (globalThis.required ?? 0) + 1')
  const imported = file('imported.mjs', 'globalThis.imported = await Promise.resolve((globalThis.imported ?? 0) + 1)')
  const options = { data: 'context', env: { FROM_CONTEXT: 'yes' }, require: [required], import: [imported] }
  const wrapped = JSON.stringify({ data: 'context', variable: 'yes', required: 1, imported: 1 })
  const out = '{}'

  const cases: readonly [exclude: ContextOptions['exclude'], args: readonly string[], expected: string][] = [
    ['tool.js', [tool], out],
    [['other.js', 'tool.js'], [tool], out],
    [['other.js'], [tool], wrapped],
    ['ool.js', [tool], wrapped],
    [/\/tool\.[cm]?js$/, [tool], out],
    [/TOOL/gi, [tool], out],
    [/^tool/, [tool], wrapped],
    ['tool.js', [join(directory, 'tool')], out],
    ['tool.js', ['--no-warnings', tool, 'x.js'].slice(0, 2), out],
    ['tool.js', [link], out],
    ['tool.js', ['--preserve-symlinks-main', link], out],
    ['linked-tool', [link], out],
    ['linked-tool', [tool], wrapped],
    ['extensionless', [extensionless], out],
    ['module.mjs', [module], out],
    ['index.js', [indexed], out],
    ['indexed', [indexed], out],
    ['a "dir" ü/tool.js', [tool], out],
    ['ü/tool.js', [tool], wrapped],
    [tool, [tool], out],
    [`./${relative(process.cwd(), tool)}`.replace('./..', '..'), [tool], out],
    ['say-applied.cjs', ['-e', load], wrapped],
    ['tool.js', ['-e', load.replace('require', 'process.argv.pop(); require'), tool], wrapped],
    [[], [tool], wrapped],
  ]
  for (const [exclude, args, expected] of cases) {
    using context = createContext({ ...options, exclude })
    const said = context.childProcess().execFileSync(node, [...args], { encoding: 'utf8', env: { PATH: process.env.PATH } })
    const shown = Array.isArray(exclude) ? exclude.join() : exclude
    t.equal(said.trim(), expected, `exclude ${String(shown)}, node ${args.map((argument) => basename(argument)).join(' ')}`)
  }

  for (const main of [undefined, fixture('wrappers/say-and-run.cjs')]) {
    const context = make({ ...options, main, args: ['wrapper'], exclude: 'tool.js' })
    const { execFileSync: run, execSync } = context.childProcess()
    const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('{'))
    const deep = [tool, applied, link, extensionless, tool, tool, module]
    const expected = [out, wrapped, out, wrapped, out, out, wrapped]
    const said = run('node', deep, { encoding: 'utf8' })
    t.same(lines(said), expected, 'all the way down')
    t.equal(said.split('\n').filter((line) => line === 'wrapper').length, main?.includes('say-and-run') ? 3 : 0, 'no wrapper main')
    const words = deep.map((word) => `'${word}'`).join(' ')
    t.same(lines(execSync(`unset NODE_OPTIONS; node ${words}`, { encoding: 'utf8' })), expected, 'through a shell')
  }

  const flags = make({ execArgv: ['-r', required, `--import=${imported}`], exclude: 'tool.js' })
  const flagged = flags.childProcess().execFileSync(node, [tool, applied], { encoding: 'utf8' })
  t.equal(flagged, '{}\n{"required":1,"imported":1}\n', 'modules among the flags of node')

  const inner = make({ ...options, data: 'context', exclude: 'extensionless', visible: true })
  const outer = make({ data: 'outer', exclude: ['tool.js'], env: { FROM_CONTEXT: 'outer' }, require: [required] })
  using _undo = outer.patch()
  const said = inner.childProcess().execFileSync(node, [tool, extensionless, applied], { encoding: 'utf8' }).trim().split('\n')
  t.match(
    said.map((line) => JSON.parse(line)),
    [
      { data: 'context', variable: 'yes', required: 1, imported: 1 },
      { data: 'outer', variable: 'outer', required: 1, imported: undefined },
      { data: 'context', variable: 'yes', required: 1, imported: 1 },
    ],
    'each context leaves out its own',
  )
  t.end()
})

t.test('npm itself, and not the scripts it runs', (t) => {
  const directory = join(shimRoot, 'package')
  mkdirSync(directory)
  const log = join(directory, 'log')
  const logs = join(directory, 'logs.cjs')
  writeFileSync(logs, `require('fs').appendFileSync(${JSON.stringify(log)}, require('path').basename(process.argv[1] ?? '-') + '\\n')`)
  writeFileSync(join(directory, 'script.js'), '')
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ scripts: { start: 'node script.js', deep: 'npm run start' } }))
  const run = (exclude: string[]) => {
    writeFileSync(log, '')
    using context = createContext({ require: [logs], exclude })
    context.childProcess().execSync('npm run deep', { cwd: directory, stdio: 'ignore' })
    return readFileSync(log, 'utf8').trim().split('\n')
  }
  t.same(run(['npm-cli.js']), ['script.js'])
  t.equal(run(['other']).length, 3)
  t.end()
})

t.test('what is refused', (t) => {
  // biome-ignore lint/suspicious/noExplicitAny: what no type allows is passed on purpose
  const create = (exclude: any, options: ContextOptions = {}) => createContext({ ...options, exclude })
  for (const [exclude, argument] of [
    [1, 'exclude'],
    ['', 'exclude'],
    [['a', {}], 'exclude[1]'],
    [['a', 'b\0c'], 'exclude[1]'],
    [[undefined], 'exclude[0]'],
  ]) {
    t.throws(() => create(exclude), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, JSON.stringify(exclude))
  }
  const modules = join(shimRoot, 'node_modules', 'import-only')
  mkdirSync(modules, { recursive: true })
  writeFileSync(join(modules, 'package.json'), JSON.stringify({ name: 'import-only', exports: { import: './index.mjs' } }))
  writeFileSync(join(modules, 'index.mjs'), '')
  const cwd = process.cwd()
  process.chdir(shimRoot)
  t.throws(() => create('x', { import: ['import-only'] }), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument: 'import' })
  make({ import: ['import-only'] })
  process.chdir(cwd)
  t.end()
})
