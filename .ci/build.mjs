// Builds dist/: the library twice (ES module and CommonJS), and the files that are copied into the store.
// The types are tsgo's, TypeScript's compiler in native code: its API, which the tests use, is still that of TypeScript 6.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, parse, relative } from 'node:path'
import { build, transformSync } from 'esbuild'
import ts from 'typescript'
import { buildPage } from './build-page.mjs'

/** Modules of Node that a child most likely does without: together they take it 5 ms to load. */
const lateBuiltins = new Set(['crypto', 'net', 'child_process', 'os', 'stream', 'tty', 'inspector', 'worker_threads'])

const shared = { bundle: true, platform: 'node', logLevel: 'warning', legalComments: 'none' }

const stored = {
  ...shared,
  format: 'cjs',
  alias: { 'node:module': './lib/boot/own-module.ts' },
}
// Any Node must be able to parse a preload, one that is too old too: it then finds out that it is.
const preloads = ['lib/boot/preload-main.cts', 'lib/boot/preload.cts']
await build({ ...stored, target: 'es2017', entryPoints: preloads, outdir: 'dist', outExtension: { '.js': '.cjs' } })
const deferred = [
  'lib/boot/record.ts',
  'lib/boot/secrets.ts',
  'lib/boot/restore.ts',
  'lib/boot/exclude.ts',
  'lib/boot/thread.ts',
  'lib/boot/visible.ts',
  'lib/boot/wrapper-main.ts',
  'lib/wrap/route.ts',
]
await build({ ...stored, target: 'node18', entryPoints: deferred, outdir: 'dist', entryNames: '[name]', outExtension: { '.js': '.cjs' } })
await build({
  ...shared,
  format: 'esm',
  target: 'node18',
  minify: true,
  entryPoints: ['lib/boot/imports.mts'],
  outfile: 'dist/imports.mjs',
})

/** Functions that most processes do not call: those for child_process, `process.execve`, deferred files, SPAWN_WRAP_DEBUG, and for what other programs start. */
const rarelyCalled = new Set([
  'readRoutes',
  'patchSpawns',
  'patchBinding',
  'patchSpawn',
  'replace',
  'patchExecve',
  'readDeferred',
  'loadDeferred',
  'describe',
  'programsBetween',
])

// In the order in which they are stored: the preloads last, since they need the others.
const scripts = [...deferred, ...preloads].map((file) => `${parse(file).name}.cjs`)
const storedNames = ['imports.mjs', ...scripts]
for (const name of scripts) {
  const isPreload = name.startsWith('preload')
  const text = withPlainExports(readFileSync(`dist/${name}`, 'utf8'))
  const { code } = transformSync(name === 'route.cjs' ? text : compileEagerly(text), {
    minifyWhitespace: true,
    minifySyntax: true,
    // V8 names a class in an error by its text.
    minifyIdentifiers: name !== 'thread.cjs',
    target: isPreload ? 'es2017' : 'node18',
  })
  // V8 then reports the file under Node's own scheme, which coverage reports and debuggers leave out.
  writeFileSync(`dist/${name}`, `${code}//# sourceURL=node:brood/${name.replace('.cjs', '')}\n`)
}

/**
 * esbuild exports through getters, and lists what is exported three times over to define them: a quarter of a millisecond in each process
 * that loads such a file. Nothing here changes what it exports, so an object does.
 */
function withPlainExports(text) {
  const [list, names] = /^__export\(\w+, \{\n([^}]*?)\n\}\);\nmodule\.exports = __toCommonJS\(\w+\);\n/m.exec(text) ?? []
  if (list === undefined) return text
  const helpers = /^var __(?:getOwnPropDesc|getOwnPropNames|hasOwnProp|toCommonJS) = [^\n]*\n|^var __copyProps = .*?^\};\n/gms
  const plain = `${text.replace(list, '').replace(helpers, '')}module.exports = {${names.replace(/\(\) => /g, '')}};\n`
  // Modules that are imported as a whole need them.
  return plain.includes('\n__export(') ? plain : plain.replace(/^var __defProp = [^\n]*\n|^var __export = .*?^\};\n/gms, '')
}

/**
 * Has the modules of a bundle made when they are asked for, each an object of what it exports: esbuild makes one with a getter for each export, which takes
 * a child that asks for none of them longer than most of what it does. None of the exports changes by then.
 */
function withPlainModules(text) {
  const exported = new Map()
  const module = /^var (\w+_exports\d*) = \{\};\n(?:__export\(\1, (\{\n[^}]*?\n\})\);\n)?/gm
  const without = text.replace(module, (_text, variable, list = '{}') => {
    exported.set(variable, list.replace(/: \(\) => /g, ': ').replace(/\s+/g, ' '))
    return ''
  })
  return without
    .replace(/^(getState\(\)\.modules = .*)$/m, (line) => line.replace(/\w+_exports\d*/g, (variable) => exported.get(variable)))
    .replace(/^var __defProp = [^\n]*\n|^var __export = .*?^\};\n/gms, '')
}

/**
 * Turns `function f() {}` into `var f = (function f() {})`: V8 compiles a function in parentheses with the file,
 * where it would else read it twice. Nearly all of what is treated so runs wherever it is loaded. The rest stays as it is: to read
 * a function over costs half of what it costs to compile it.
 */
function compileEagerly(text) {
  const { statements } = ts.createSourceFile('stored.cjs', text, ts.ScriptTarget.ES2017)
  return statements
    .map((statement) => {
      const source = text.slice(statement.pos, statement.end)
      return ts.isFunctionDeclaration(statement) && !rarelyCalled.has(statement.name.text)
        ? `var ${statement.name.text} = (${source.trim()});`
        : source
    })
    .join('\n')
}

const hash = createHash('sha256')
for (const name of storedNames) hash.update(readFileSync(`dist/${name}`))

const library = {
  ...shared,
  target: 'node20.19',
  packages: 'external',
  define: { BROOD_STORE: JSON.stringify({ names: storedNames, hash: hash.digest('hex').slice(0, 16) }) },
}
const commonjs = {
  ...library,
  format: 'cjs',
  define: { ...library.define, 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename);" },
}
await build({ ...library, format: 'esm', entryPoints: ['lib/index.ts'], outfile: 'dist/index.js' })
await build({ ...commonjs, entryPoints: ['lib/index.cts'], outfile: 'dist/index.cjs' })
await build({ ...commonjs, entryPoints: ['lib/wrap/foreground.ts'], outfile: 'dist/foreground.cjs' })
await buildInTwo('lib/process/index.cts', 'dist/process.cjs', 'lib/process/rest.ts', 'dist/process-rest.cjs')
await build({ ...library, format: 'cjs', entryPoints: ['lib/process/child/entry.cts'], outfile: 'dist/process-child.cjs' })
await build({ ...commonjs, entryPoints: ['lib/process/thread/entry.cts'], outfile: 'dist/process-relay.cjs' })
writeFileSync('dist/process.cjs', withPlainModules(withPlainExports(readFileSync('dist/process.cjs', 'utf8'))))
// A main module is Node's own. What that one has loaded is, too; test runners have modules, and a class of them, of their own.
loadBuiltinsFast('dist/process-child.cjs', () => 'module.constructor')
// V8 has nothing ready of this one.
writeFileSync('dist/process-child.cjs', compileEagerly(readFileSync('dist/process-child.cjs', 'utf8')))
loadBuiltinsFast('dist/process.cjs', (load) => `Symbol.for("brood.process") in module.constructor ? module.constructor : ${load}`)
loadBuiltinsFast('dist/process-rest.cjs')
nameState(['dist/process.cjs', 'dist/process-rest.cjs', 'dist/process-child.cjs', 'dist/process-relay.cjs'])
await writeDoor('process')
showTypesOfRest('dist/process/index.d.ts')
await build({ ...commonjs, entryPoints: ['lib/module/index.cts'], outfile: 'dist/module.cjs' })
loadBuiltinsFast('dist/module.cjs')
await build({ ...library, format: 'esm', entryPoints: ['lib/module/hot/engine.ts'], outfile: 'dist/module-hot.js' })
await build({ ...library, format: 'cjs', entryPoints: ['lib/module/hot/watch-thread.cts'], outfile: 'dist/module-watch.cjs' })
await build({ ...commonjs, entryPoints: ['lib/module/host/host.ts'], outfile: 'dist/module-host.cjs' })
// What runs beside the code of a module, and is loaded with each: no more than it takes.
for (const [part, entry] of Object.entries({ thread: 'thread.cts', process: 'process.ts' })) {
  const outfile = `dist/module-${part}.cjs`
  await build({ ...library, format: 'cjs', entryPoints: [`lib/module/host/guest/${entry}`], outfile })
  loadBuiltinsFast(outfile)
}
await writeDoor('module')
// On its own, since it holds the whole page: loaded when a page is asked for.
const page = { BROOD_PAGE: JSON.stringify(await buildPage()) }
await build({
  ...commonjs,
  define: { ...commonjs.define, ...page },
  entryPoints: ['lib/trace/render-html.ts'],
  outfile: 'dist/render-html.cjs',
})
await build({
  ...commonjs,
  entryPoints: ['lib/cli/main.ts'],
  outfile: 'dist/cli.cjs',
  banner: { js: `#!/usr/bin/env node\n${commonjs.banner.js}` },
})
chmodSync('dist/cli.cjs', 0o755)

/**
 * Builds a library as two bundles: what is always needed, and the rest, which has the modules of the first from there and not a second time. They are
 * handed over by the state that all copies share (lib/process/state.ts).
 */
async function buildInTwo(entry, outfile, restEntry, restOutfile) {
  const { metafile } = await build({ ...commonjs, entryPoints: [entry], outfile, metafile: true, write: false })
  const shared = Object.keys(metafile.inputs).filter((path) => path !== entry && existsSync(path))
  const imports = shared.map((path, index) => `import * as module${index} from './${path}'`)
  const list = shared.map((path, index) => `${JSON.stringify(path)}: module${index}`)
  const contents = [
    ...imports,
    `export * from './${entry}'`,
    `import './${entry}'`,
    `module${shared.indexOf('lib/process/state.ts')}.getState().modules = () => ({ ${list.join(', ')} })`,
  ]
  // `createRequire` takes a path as well, and a path is there already.
  const byPath = { ...library, format: 'cjs', define: { ...library.define, 'import.meta.url': '__filename' } }
  await build({ ...byPath, stdin: { contents: contents.join('\n'), resolveDir: '.', loader: 'ts' }, outfile })
  const state = `process.getBuiltinModule('node:module').Module[Symbol.for("brood.process")]`
  const handOver = {
    name: 'hand-over',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const name = relative('.', join(resolveDir, path)).replaceAll('\\', '/').replace(/\.js$/, '.ts')
        return shared.includes(name) ? { path: name, namespace: 'handed-over' } : undefined
      })
      onResolve({ filter: /^all$/, namespace: 'handed-over' }, ({ path }) => ({ path, namespace: 'handed-over' }))
      onLoad({ filter: /./, namespace: 'handed-over' }, ({ path }) => ({
        contents: `module.exports = ${path === 'all' ? `${state}.modules()` : `require('all')[${JSON.stringify(path)}]`}`,
      }))
    },
  }
  await build({ ...commonjs, entryPoints: [restEntry], outfile: restOutfile, plugins: [handOver] })
  const rest = readFileSync(restOutfile, 'utf8')
  writeFileSync(restOutfile, rest.replaceAll(/__toESM\((require_\w+\(\)), 1\)/g, '$1'))
}

/** Has copies of other builds in the same thread keep to a state of their own. */
function nameState(files) {
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  const build = createHash('sha256').update(texts.join('')).digest('hex').slice(0, 16)
  for (const [index, file] of files.entries()) writeFileSync(file, texts[index].replaceAll('"brood.process"', `"brood.process@${build}"`))
}

/** The types of what is loaded late are those of the rest itself: an editor then shows the comments that stand there. */
function showTypesOfRest(file) {
  writeFileSync(file, readFileSync(file, 'utf8').replace("'./late.js'", "'./rest.js'"))
}

/**
 * Has a bundle load some of Node's modules where they are first used, and none of them by `require`, which makes an ES module of each as well: a tenth
 * of a millisecond.
 *
 * @param ownModule what stands for `node:module` where it need not be loaded, which takes a child 0.3 ms
 */
function loadBuiltinsFast(file, ownModule) {
  const late = 'const late = (name, load) => new Proxy({}, { get: (_target, key) => (load ??= process.getBuiltinModule(name))[key] });\n'
  const text = readFileSync(file, 'utf8').replace("= require('node:url').", "= process.getBuiltinModule('node:url').")
  const fast = text.replaceAll(/^var (import_node_\w+) = require\("node:(\w+)"\);$/gm, (_line, variable, name) => {
    if (lateBuiltins.has(name)) return `var ${variable} = late("node:${name}");`
    const load = `process.getBuiltinModule("node:${name}")`
    return `var ${variable} = ${name === 'module' && ownModule !== undefined ? ownModule(load) : load};`
  })
  writeFileSync(file, fast.includes(' = late(') ? `${late}${fast}` : fast)
}

/** The ES module of a library that is CommonJS: it has the same exports, and opens nothing of its own. */
async function writeDoor(name) {
  const names = Object.keys(await import(`../dist/${name}.cjs`)).filter((each) => !['default', 'module.exports'].includes(each))
  // As lib/process/errors.ts says it: what has the errors is not there.
  const advice = 'Where a bundler has taken brood in, tell it to leave brood out (esbuild: --external:brood).'
  // By `import` Node would read the whole text once more, for the names of its exports.
  const text = [
    `const { _cache, createRequire } = process.getBuiltinModule('node:module')`,
    // A child has it already, and to look for it takes longer than all else here.
    `const loaded = _cache[import.meta.dirname + '/${name}.cjs']`,
    `export const { ${names.join(', ')} } = loaded?.loaded ? loaded.exports : open()`,
    `function open() {
  try {
    return createRequire(import.meta.url)('./${name}.cjs')
  } catch (cause) {
    // A bundle of CommonJS has no URL.
    if (import.meta.url !== undefined && !(cause.code === 'MODULE_NOT_FOUND' && cause.message.includes('./${name}.cjs'))) throw cause
    const text = 'brood cannot be loaded: ./${name}.cjs is not there. ${advice}'
    throw Object.assign(new Error(text, { cause }), { name: 'NotStartedError', code: 'ERR_BROOD_NOT_STARTED' })
  }
}`,
  ]
  writeFileSync(`dist/${name}.js`, `${text.join('\n')}\n`)
}
