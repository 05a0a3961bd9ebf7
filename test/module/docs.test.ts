// What can be imported, asked for and met is written down, and the snippets run.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as library from 'brood/module'
import { type HotOptions, hot, type LoadOptions, loadModule } from 'brood/module'
import type { Test } from 'tap'
import ts from 'typescript'
import { observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { module, refused } from './hosts.js'

const docs = readFileSync(join(root, 'docs/module.md'), 'utf8')

/** The names in code, with or without what stands behind them: `unload({ force })` is `unload` and `force`. */
function namesIn(text: string): Set<string> {
  const spans = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)
  return new Set([...spans].flatMap(([, code]) => code?.match(/[A-Za-z_]\w*/g) ?? []))
}
const known = namesIn(docs)

const entry = join(root, 'dist/module/index.d.ts')
const program = ts.createProgram([entry], { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: ['node'] })
const checker = program.getTypeChecker()
const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol)

/** What an interface has of its own. */
function membersOf(name: string): readonly string[] {
  const found = declared.find((symbol) => symbol.name === name) as ts.Symbol
  return [...(checker.getAliasedSymbol(found).members?.keys() ?? [])]
    .map(String)
    .filter((member) => /^\w+$/.test(member) && !member.startsWith('__'))
}

t.test('every export', (t) => {
  const values = Object.keys(library).filter((name) => name !== 'default')
  t.ok(values.length > 10)
  for (const name of values) t.ok(known.has(name), name)
  t.end()
})

t.test('every member', (t) => {
  for (const name of [
    'HotHandle',
    'HotContext',
    'LoadedModule',
    'ModuleDefinition',
    'UnloadReport',
    'UnloadProof',
    'Leftover',
    'ModuleLimits',
  ]) {
    const members = membersOf(name)
    t.ok(members.length > 0, name)
    for (const member of members) t.ok(known.has(member), `${name}.${member}`)
  }
  t.end()
})

/** The error for an option that there is not lists those that there are. */
async function optionsOf(ask: () => Promise<unknown>): Promise<readonly string[]> {
  const [, names = ''] = /There are (.*)\.$/.exec((await refused(ask())).message) ?? []
  return names.split(', ')
}

t.test('every option, with its default', async (t) => {
  const noOption = { none: true }
  const url = module('arithmetic.mjs')
  const loaded = await loadModule(url)
  t.teardown(() => loaded.unload())
  const sets = [
    await optionsOf(() => hot(import.meta.url, './none.js', () => ({}), noOption as HotOptions)),
    await optionsOf(() => loadModule(url, noOption as LoadOptions)),
    await optionsOf(() => loadModule(url, { limits: noOption as object })),
    await optionsOf(() => loaded.unload(noOption as object)),
  ]
  t.ok(sets.flat().length >= 20, `${sets.flat().length} options`)
  for (const name of sets.flat().filter((each) => each !== 'limits'))
    t.match(docs, new RegExp(`^\\| \`(?:limits\\.)?${name}\` +\\| [^ |]`, 'm'), name)
})

t.test('every class, and every code that brood/module has', (t) => {
  const codes: readonly string[] = readFileSync(join(root, 'lib/errors.ts'), 'utf8').match(/ERR_BROOD_[A-Z_]*[A-Z]\b/g) ?? []
  const own = codes.slice(codes.indexOf('ERR_BROOD_HOT_RELOAD'))
  t.ok(own.length >= 13)
  const table = docs.slice(docs.indexOf('\n## Errors\n'))
  for (const code of own) t.match(table, code)
  for (const [name, value] of Object.entries(library)) {
    if (typeof value !== 'function' || !/^[A-Z]/.test(name)) continue
    t.match(table, `\`${name}\``)
    t.equal((value as { name?: string }).name, name)
  }
  t.end()
})

t.test('every leftover', (t) => {
  const kinds = /kind:([\s|'a-z]+)/.exec(readFileSync(join(root, 'lib/module/leftover.ts'), 'utf8'))?.[1]?.match(/[a-z]+/g) ?? []
  t.ok(kinds.length >= 10)
  for (const kind of kinds) t.match(docs, new RegExp(`^\\| [^|]*\`${kind}\``, 'm'), kind)
  t.end()
})

/** A project that has brood. */
function installBrood(t: Test): string {
  const directory = temporaryDirectory(t)
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true })
  symlinkSync(root, join(directory, 'node_modules/brood'), 'junction')
  symlinkSync(join(root, 'node_modules/@types/node'), join(directory, 'node_modules/@types/node'), 'junction')
  return directory
}

t.test('snippets', async (t) => {
  const scratch = installBrood(t)
  for (const [, name, text] of docs.matchAll(/```js\n\/\/ ([\w.]+): .*\n([\s\S]*?)```/g))
    writeFileSync(join(scratch, name as string), text as string)
  const run = (file: string, env = {}) => observe(process.execPath, [join(scratch, file)], { env: { ...process.env, ...env } })
  const answer = (stdout: string) => ({ stdout, stderr: '', code: 0, signal: null })

  for (const BROOD_HOT of ['static', 'dynamic']) t.same(await run('main.mjs', { BROOD_HOT }), answer('3 sheep\n'), BROOD_HOT)

  const host = readFileSync(join(scratch, 'host.mjs'), 'utf8')
  const promised = [...host.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, said]) => `${said}\n`)
  t.equal(promised.length, 5)
  t.same(await run('host.mjs'), answer(promised.join('')))

  writeFileSync(
    join(scratch, 'clock.mjs'),
    `import { appendFileSync } from 'node:fs'
    import { hot, hotHandle } from 'brood/module'
    const clock = await hot(import.meta.url, './ticker.mjs', () => import('./ticker.mjs'), { mode: 'dynamic', auto: false })
    while (clock.ticks() === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const before = clock.ticks()
    appendFileSync(new URL('ticker.mjs', import.meta.url), '// edited')
    const { status, leftovers } = hotHandle(clock).reload()
    console.log(status, leftovers, clock.ticks() >= before)
    process.exit()`,
  )
  t.same(await run('clock.mjs'), answer('reloaded [] true\n'))
})

t.test('the type of import.meta.hot is there for who asks for it, and for nobody else', async (t) => {
  const scratch = installBrood(t)
  const [, reference] = /```ts\n(.*)\n```/.exec(docs) ?? []
  const text = 'import.meta.hot?.dispose((data) => {\n  data.count = 1\n})\nexport {}\n'
  /** What the compiler complains of. */
  const compile = async (text: string, types: readonly string[]) => {
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types }
    writeFileSync(join(scratch, 'package.json'), '{"type":"module"}')
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['ticker.ts'] }))
    writeFileSync(join(scratch, 'ticker.ts'), text)
    return (await observe(join(root, 'node_modules/.bin/tsgo'), ['-p', scratch])).stdout
  }
  t.match(await compile(text, ['node']), "Property 'hot' does not exist on type 'ImportMeta'")
  t.equal(await compile(`${reference}\n${text}`, ['node']), '')
  t.equal(await compile(text, ['node', 'brood/module/meta']), '')
})
