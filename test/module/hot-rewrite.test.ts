// What a module is as the body of a function, it is as a module of Node's own: each text is evaluated in both ways.
import { spawnSync } from 'node:child_process'
import { hot } from 'brood/module'
import t from '../tap.js'
import { type Anything, makeWorkshop } from './workshop.js'

/** `seen` of each text is compared, and the names of its exports. */
const texts: Readonly<Record<string, string>> = {
  'a default expression': `export default (1, 2); export const seen = 1`,
  'a default in parentheses, with a comment': `export default /* ( */ (a, b) => a + b // )\nexport const seen = 2`,
  'a nameless default function': `export default function () { return 3 }\nimport self from './case.js'\nexport const seen = [self.name, self()]`,
  'a nameless default generator': `export default function* /* ( */ (a) { yield a }\nimport self from './case.js'\nexport const seen = [self.name, [...self(1)]]`,
  'a nameless async default function': `export default async function(a = (1)) {}\nimport self from './case.js'\nexport const seen = [self.name, self.length]`,
  'a nameless default class': `export default class { static a = 1 }\nimport self from './case.js'\nexport const seen = [self.name, self.a]`,
  'a nameless default arrow': `export default () => {}\nimport self from './case.js'\nexport const seen = self.name`,
  'a named default function is hoisted': `export const seen = [typeof later, later()]\nexport default function later() { return 4 }`,
  'a default without semicolon before a parenthesis': `export default class {}\n(() => {})()\nexport const seen = 5`,
  'live exports': `export let n = 0\nexport const up = () => ++n\nimport { n as mine } from './case.js'\nup(); up()\nexport const seen = [n, mine]`,
  'an export under several names': `const a = 1\nexport { a, a as b, a as default, a as 'odd name' }\nexport const seen = a`,
  'destructured exports': `export const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 }\nexport const seen = [a, c, d, e]`,
  'imports under all names': `import def, { a, b as c, 'odd name' as odd } from './other.js'\nimport * as all from './other.js'\nexport const seen = [def, a, c, odd, Object.keys(all), all.a]`,
  'exports of others': `export { a as x, default as y } from './other.js'\nexport * from './other.js'\nexport * as all from './other.js'\nexport const seen = 1`,
  'an own export hides one of others': `export * from './other.js'\nexport const a = 'mine'\nimport { a as mine } from './case.js'\nexport const seen = mine`,
  'an imported name that is exported': `import { a } from './other.js'\nexport { a as again }\nimport * as self from './case.js'\nexport const seen = self.again`,
  'shadowed by parameters': `import { a } from './other.js'\nconst f = (a) => a, g = ({ a }) => a, h = ([a = 5]) => a, i = (...a) => a\nexport const seen = [f(1), g({ a: 2 }), h([]), i(3), a]`,
  'shadowed by declarations': `import { a } from './other.js'\nfunction f() { var a = 1; return a }\nfunction g() { { let a = 2; return a } }\nfunction h() { return a; function a() {} }\nfunction i() { for (const a of [3]) return a }\nfunction j() { try { throw 4 } catch (a) { return a } }\nfunction k() { if (true) { var a = 5 } return a }\nexport const seen = [f(), g(), typeof h(), i(), j(), k(), a]`,
  'shadowed by classes and function names': `import { a } from './other.js'\nconst f = function a() { return typeof a }, g = class a { static b() { return typeof a } }\n{ class a {} }\nexport const seen = [f(), g.b(), a]`,
  'a parameter default sees the import, not the variable': `import { a } from './other.js'\nfunction f(b = a) { var a = 1; return [a, b] }\nexport const seen = f()`,
  'shadowed in a switch and in a static block': `import { a } from './other.js'\nfunction f(x) { switch (x) { case 1: let a = 2; return a } }\nclass C { static { var a = 3; C.v = a } }\nexport const seen = [f(1), C.v, a]`,
  'shorthand properties with defaults': `let error\nimport { a } from './other.js'\ntry { ({ a = 1 } = {}) } catch (thrown) { error = thrown.constructor.name }\n({ setTimeout = setTimeout } = {})\nexport const seen = [error, typeof setTimeout]`,
  'globals that have a method of the object of globals': `export const seen = [toString(), typeof __proto__, hasOwnProperty.name]`,
  'import() of what is not there': `export const seen = import('./none.js').catch(({ name, code, message }) => [name, code, message.replace(/ '.*case.js$/, '')])`,
  'shorthand properties': `import { a, b } from './other.js'\nexport const seen = { a, b, c: { b } }`,
  'keys, members and labels are no references': `import { a, b } from './other.js'\nconst o = { a: 1, b() { return 2 }, get c() { return a } }\na: for (;;) { break a }\nclass C { a = 3; b = b; static a() { return 4 } }\nexport const seen = [o.a, o.b(), o.c, new C().a, new C().b, C.a(), o?.a, o['a']]`,
  'computed keys are references': `import { a } from './other.js'\nclass C { [a] = 1; static [a + 'x']() { return 2 } }\nconst { [a]: got } = { [a]: 3 }\nexport const seen = [Object.keys(new C()), C[a + 'x'](), got]`,
  'calls have no this': `import { whose } from './other.js'\nimport * as all from './other.js'\nexport const seen = [whose(), whose\`\`, whose?.(), (whose)(), all.whose() === all]`,
  'calls where the line before has no semicolon': `import { f } from './other.js'\nlet x = 1\nf()\nx = 2\nf\`\`\nif (x) f()\nelse\nf()\nexport const seen = x`,
  constructors: `import { Klass } from './other.js'\nclass Sub extends Klass {}\nexport const seen = [new Klass().v, new Klass instanceof Klass, new Sub().v]`,
  'templates and regular expressions': `import { a } from './other.js'\nexport const seen = [\`\${a} \\\${a} \${\`\${a}\`}\`, /import { a } from/.test('a'), "import('x')"]`,
  'assigning to an import': `import { a } from './other.js'\nlet error\ntry { a = 1 } catch (thrown) { error = thrown.constructor.name }\nexport const seen = error`,
  'too early': `let error\ntry { later } catch (thrown) { error = thrown.constructor.name }\nlet later = 1\nexport { later }\nexport const seen = error`,
  'this and strict mode': `export const seen = [typeof this, (function () { return typeof this })()]`,
  'import.meta': `import { fileURLToPath } from 'node:url'\nexport const seen = [typeof import.meta, fileURLToPath(import.meta.url).endsWith('case.js'), import.meta.resolve('./other.js').endsWith('other.js'), import.meta.filename.endsWith('case.js'), Object.getPrototypeOf(import.meta)]`,
  'import()': `export const load = async () => { const { a } = await import('./other.js'); const { basename } = await import('node:path'); return [a, basename('/x/y'), Object.prototype.toString.call(await import('./data.json', { with: { type: 'json' } }))] }\nexport const seen = load()`,
  'import of built-in modules': `import fs, { existsSync } from 'node:fs'\nimport * as path from 'path'\nexport const seen = [existsSync === fs.existsSync, path.basename('a/b'), typeof path.default]`,
  'import of JSON': `import data from './data.json' with { type: 'json' }\nexport const seen = data`,
  'import of CommonJS': `import cjs, { named } from './script.cjs'\nimport * as all from './script.cjs'\nexport const seen = [cjs, named, all.named, Object.keys(all).filter((name) => name !== 'module.exports')]`,
  'import of a package': `import pkg, { kind } from 'pkg'\nimport { inner } from 'pkg/inner'\nexport const seen = [pkg, kind, inner]`,
  'import by #name': `import { hidden } from '#hidden'\nexport const seen = hidden`,
  'import of itself by its name': `import { a } from 'self/other'\nexport const seen = a`,
  'import for its effects': `import './effect.js'\nexport const seen = globalThis.effect.length > 0`,
  'a circle with functions': `import { even } from './circle.js'\nexport function odd(n) { return n === 0 ? false : even(n - 1) }\nexport const seen = [odd(3), even(3)]`,
  'a function of a circle is there before its module': `import { early } from './circle-early.js'\nexport function hoisted() { return 'there' }\nexport const seen = early`,
  'names of globals': `const setTimeout = (x) => x\nexport const seen = setTimeout(1)\nexport { setTimeout }`,
  'timers by their names': `export const seen = [typeof setTimeout, setInterval.name, typeof globalThis.setImmediate, { setTimeout }.setTimeout.length > 0]`,
  'text like what is put in': `const __brood = 1, __brood0 = 2, __broodExport = 3\nimport { a } from './other.js'\nexport const seen = [__brood, __brood0, __broodExport, a]`,
  'a first line for the system': `#!/usr/bin/env node\nexport const seen = 1`,
  'Windows line ends': `import { a } from './other.js'\r\n\r\nexport default\r\n  a\r\nexport const seen = a\r\n`,
  'line separators': `import {\u2028a } from './other.js'\nexport const seen = new Error().stack.match(/case.js:(\\d+)/)[1]`,
  'the lines of stack traces': `import {\n  a,\n  b\n} from './other.js'\nexport const seen = new Error(a + b).stack.match(/case.js:(\\d+)/)[1]`,
  'nothing but a comment': `// export const no = 1\nexport const seen = 0`,
  'async things in functions': `export const f = async () => { for await (const x of []) {} await null }\nexport const seen = Object.prototype.toString.call(f())`,
}

const others: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'self',
    type: 'module',
    exports: { './other': './other.js' },
    imports: { '#hidden': { import: './hidden.js', default: './wrong.cjs' } },
  }),
  'other.js': `export const a = 'a', b = 'b'\nexport default 'default'\nconst odd = 'odd'\nexport { odd as 'odd name' }\nexport function whose() { 'use strict'; return this }\nexport const f = () => {}\nexport class Klass { v = 1 }\n`,
  'circle.js': `import { odd } from './case.js'\nexport function even(n) { return n === 0 ? true : odd(n - 1) }\n`,
  'circle-early.js': `import { hoisted } from './case.js'\nexport const early = hoisted()\n`,
  'data.json': '{ "some": ["data"] }',
  'script.cjs': `exports.named = 1\nexports.other = 2\n`,
  'effect.js': `(globalThis.effect ??= []).push(1)`,
  'hidden.js': `export const hidden = 'hidden'`,
  'node_modules/pkg/package.json': JSON.stringify({
    name: 'pkg',
    exports: { '.': { import: './main.mjs', default: './main.cjs' }, './inner': './inner.mjs' },
  }),
  'node_modules/pkg/main.mjs': `export default 'pkg'; export const kind = 'module'`,
  'node_modules/pkg/main.cjs': `exports.kind = 'script'`,
  'node_modules/pkg/inner.mjs': `export const inner = 'inner'`,
}

const show = `async (m) => JSON.stringify([Object.keys(m).sort(), await m.seen], (_, value) => (typeof value === 'undefined' ? 'undefined' : value))`

t.test('as a module of Node itself', async (t) => {
  // oxlint-disable-next-line no-eval -- the other process is given the same text
  const evaluate = (0, eval)(show) as (module: object) => Promise<string>
  for (const [name, text] of Object.entries(texts)) {
    const shop = makeWorkshop(t, { ...others, 'case.js': text })
    const native = spawnSync(
      process.execPath,
      [
        '--no-warnings',
        '--input-type=module',
        '-e',
        `console.log(await (${show})(await import(${JSON.stringify(shop.from.replace('caller.js', 'case.js'))})))`,
      ],
      { encoding: 'utf8' },
    )
    t.equal(native.status, 0, `${name}: ${native.stderr}`)
    const module: Anything = await hot(shop.from, './case.js', () => ({}), { mode: 'dynamic', auto: false })
    const { seen } = module
    t.equal(await evaluate({ ...module, seen }), native.stdout.trim(), name)
  }
})
