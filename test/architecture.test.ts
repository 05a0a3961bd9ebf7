import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { root } from './support.js'
import t from './tap.js'

const lib = join(root, 'lib')
/** As Windows writes them too. */
const withSlashes = (path: string) => path.replaceAll('\\', '/')
const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .map(withSlashes)
  .filter((file) => /\.[cm]?ts$/.test(file))

/** What each file imports: a path under lib, or the name of a package or a built-in module. */
const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(lib, file), 'utf8')
    // Types vanish in the build.
    const found = [...text.matchAll(/^(?:import|export)\s(?!type\b)[^'"]*?from '([^']+)'/gms)].map(([, name]) => name as string)
    const resolve = (name: string) =>
      name.startsWith('.') ? withSlashes(relative(lib, join(lib, dirname(file), name))).replace(/\.(c?)js$/, '.$1ts') : name
    return [file, found.map(resolve)]
  }),
)

/** A file, and all that it imports in turn. */
function reach(entry: string, seen = new Set<string>()): Set<string> {
  if (!seen.has(entry)) {
    seen.add(entry)
    for (const next of imports.get(entry) ?? []) reach(next, seen)
  }
  return seen
}

const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name)
const floor = (file: string) => {
  if (/^(argument|errors|error-class|diagnostics|nearest|platform)\.ts$|^(syntax|trace)\//.test(file)) return 0
  return /^(wrap|process)\//.test(file) ? 1 : 2
}

t.ok(files.length > 20, `${files.length} files`)

t.test('nothing below knows anything above', (t) => {
  for (const [file, names] of imports) {
    for (const name of names) if (files.includes(name)) t.ok(floor(name) <= floor(file), `${file} imports ${name}`)
  }
  t.end()
})

t.test('what runs in a child depends on nothing', (t) => {
  const entries = [
    'boot/preload.cts',
    'boot/preload-main.cts',
    'boot/record.ts',
    'boot/restore.ts',
    'boot/exclude.ts',
    'boot/imports.mts',
    'boot/thread.ts',
    'boot/visible.ts',
    'wrap/route.ts',
  ]
  for (const entry of entries) {
    for (const name of reach(entry)) {
      t.ok(files.includes(name) || isBuiltin(name), `${entry} reaches ${name}`)
      t.notMatch(name, /^(process|module|cli)\//, `${entry} reaches ${name}`)
    }
  }
  t.end()
})

t.test('what runs in a child runs on Node 18', (t) => {
  // New in Node 20, where the types come from.
  const newer = /\.(?:toSorted|toReversed|toSpliced|with)\(/
  for (const entry of ['boot/preload.cts', 'boot/preload-main.cts', 'boot/restore.ts', 'wrap/route.ts']) {
    for (const name of reach(entry)) if (files.includes(name)) t.notMatch(readFileSync(join(lib, name), 'utf8'), newer, name)
  }
  t.end()
})

t.test('what runs in the browser depends on nothing', (t) => {
  for (const name of reach('trace/page/main.ts')) t.match(name, /^trace\//, `the page reaches ${name}`)
  const assigning = files.filter((file) =>
    /\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|DOMParser/.test(readFileSync(join(lib, file), 'utf8')),
  )
  t.same(assigning, [], 'no text becomes markup')
  t.end()
})

t.test('mungers and parsers touch no file system and no process', (t) => {
  for (const entry of files.filter((file) => /^(syntax|wrap\/mungers)\//.test(file))) {
    for (const name of reach(entry)) t.notOk(isBuiltin(name), `${entry} reaches ${name}`)
    t.notMatch(readFileSync(join(lib, entry), 'utf8'), /\bprocess\.\w/, entry)
  }
  t.end()
})

t.test("one file alone assigns to Node's functions that start processes", (t) => {
  const having = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(join(lib, file), 'utf8')))
  t.same(having(/(?<!typeof \w+)\.(?:spawn|execve|Worker|startThread) = /), [], 'by name')
  t.same(having(/\bholder\[name\] = /), ['wrap/patch.ts'], 'by any name')
  t.end()
})

t.test('no circle of imports', (t) => {
  for (const file of files) {
    for (const name of imports.get(file) ?? []) t.notOk(files.includes(name) && reach(name).has(file), `${file} and ${name}`)
  }
  t.end()
})
