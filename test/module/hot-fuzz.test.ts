// Random programs whose imports are hidden by all kinds of declarations, or not. Evaluated as rewritten, and in a scope that has the imports: V8 resolves them there.
import * as fc from 'fast-check'
import { parseModule } from '../../lib/module/hot/parse-module.js'
import { rewriteModule } from '../../lib/module/hot/rewrite.js'
import { isNight } from '../support.js'
import t from '../tap.js'

const name = fc.constantFrom('a', 'b', 'c')

/** Something that reads names, or has them where they are none. */
const expression = fc.letrec<{ deep: string; flat: string }>((tie) => ({
  deep: fc.oneof(
    { maxDepth: 3 },
    tie('flat'),
    fc
      .tuple(name, tie('deep'))
      .map(([x, e]) => `{ ${x}: ${e}, ${x === 'a' ? 'b' : 'a'} }`)
      .map((text) => `(${text})`),
    fc.tuple(name, name).map(([x, y]) => `({ ${x}, get ${y}() { return ${x} } }).${y}`),
    fc.tuple(name, tie('deep')).map(([x, e]) => `((${x} = ${e}) => [${x}, a])()`),
    fc.tuple(name, tie('deep')).map(([x, e]) => `(({ ${x} }, ...c) => [${x}, b])({ ${x}: ${e} })`),
    fc.tuple(name, name, tie('deep')).map(([x, y, e]) => `(function ${x}(${y}) { return [typeof ${x}, ${e}] })(1)`),
    fc
      .tuple(name, tie('deep'))
      .map(([x, e]) => `(class ${x} { static ${x} = ${e}; static s = typeof ${x}; [${x === 'c' ? 'a' : 'b'}] = 1 }).s`),
    fc.tuple(name, tie('deep')).map(([x, e]) => `\`\${typeof ${x}}\${typeof ${e}}\${"}"}\``),
    fc.tuple(name, tie('deep')).map(([x, e]) => `(${x}?.${x}, ${e})`),
    tie('deep').map((e) => `[...[${e}]]`),
    name.map((x) => `f${x}\`\``),
    name.map((x) => `f${x}()`),
  ),
  flat: fc.oneof(
    name,
    name.map((x) => `typeof ${x}`),
    name.map((x) => `'${x}'`),
    name.map((x) => `/${x}/.source`),
    fc.constant('all.a'),
  ),
})).deep

const note = expression.map((e) => `note(() => ${e.startsWith('{') ? `(${e})` : e})\n`)

const statements = fc.letrec<{ block: string; statement: string }>((tie) => ({
  block: fc.array(tie('statement'), { maxLength: 4, depthIdentifier: 'block' }).map((list) => list.join('')),
  statement: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'block' },
    note,
    fc.tuple(fc.constantFrom('let', 'const', 'var'), name).map(([kind, x]) => `${kind} ${x} = '${kind}'\n`),
    fc
      .tuple(fc.constantFrom('let', 'const', 'var'), name, name)
      .map(([kind, x, y]) => `${kind} { ${x}, q: [${y}2 = ${x}] = [] } = { ${x}: 1 }\n`),
    tie('block').map((text) => `{\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `function ${x}() {\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `{ function ${x}g(${x}) {\n${text}}; ${x}g(5) }\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `for (const ${x} of [1]) {\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `for (let ${x} = 0; ${x} < 1; ${x}++) {\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `for (var ${x} in { k: 1 }) {\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `try { throw 1 } catch (${x}) {\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `try { throw { ${x}: 2 } } catch ({ ${x} }) {\n${text}} finally {\n${text}}\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `switch (1) { case 1: let ${x} = 3\n${text} default: break }\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `${x}: {\n${text} break ${x} }\n`),
    fc
      .tuple(name, tie('block'))
      .map(([x, text]) => `class K${x} { static { var ${x} = 6\n${text}} ${x} = 1; #${x} = ${x}; static ${x}() { return typeof ${x} } }\n`),
    fc.tuple(name, tie('block')).map(([x, text]) => `;(async () => { ${text} for (const ${x} of []) await ${x} })()\n`),
    name.map((x) => `f${x}()\n`),
    name.map((x) => `if (x) f${x}()\nelse f${x}()\n`),
  ),
})).block

const imported = { a: 'imported a', b: 'imported b', c: 'imported c', fa: () => 'fa', fb: () => 'fb', fc: () => 'fc' }

/** Runs with what it noted: values, or how it failed. */
function run(evaluate: (note: (read: () => unknown) => void) => void): string {
  const seen: unknown[] = []
  try {
    evaluate((read) => {
      try {
        seen.push(read())
      } catch (error) {
        seen.push((error as Error).name)
      }
    })
  } catch (error) {
    seen.push((error as Error).name)
  }
  return JSON.stringify(seen, (_key, value: unknown) => (typeof value === 'function' || typeof value === 'symbol' ? typeof value : value))
}

const within = (body: string) => `;(function () {\n${body}})()`

type Evaluate = (...args: unknown[]) => unknown

function asScope(body: string): string {
  // oxlint-disable-next-line typescript/no-implied-eval -- texts are what is compared
  const evaluate = new Function('scope', 'note', `with (scope) { (function () { "use strict"; const x = 0;\n${body}\n})() }`) as Evaluate
  return run((note) => void evaluate({ ...imported, all: imported }, note))
}

function asRewritten(body: string): string {
  const text = `import { a, b as b, c, fa, fb, fc } from 'x'; import * as all from 'x'; const x = 0\n${body}\n`
  const { body: code, names } = rewriteModule(text, parseModule(text))
  // oxlint-disable-next-line typescript/no-implied-eval -- texts are what is compared
  const make = new Function('note', names.meta, names.load, names.expose, names.timers, names.imported(0), code) as Evaluate
  return run((note) => {
    const generator = (make(note, {}, undefined, () => {}, {}, imported) as () => Iterator<void>)()
    generator.next()
    generator.next()
  })
}

t.test('imports are what they are in any scope', (t) => {
  let valid = 0
  let hidden = 0
  fc.assert(
    fc.property(statements, (body) => {
      let expected: string
      try {
        // Within a function, for a module's outermost names cannot be declared again.
        expected = asScope(within(body))
      } catch {
        // Two declarations of one name, say.
        return true
      }
      valid++
      if (/(?:let|const|var|function|class) [abc]\b/.test(body)) hidden++
      let seen: string
      try {
        seen = asRewritten(within(body))
      } catch (error) {
        // In static blocks acorn refuses some declarations of one name that V8 takes.
        return error instanceof SyntaxError && body.includes('static {')
      }
      if (seen !== expected) throw new Error(`${seen} is not ${expected}`)
      return true
    }),
    { numRuns: isNight ? 50_000 : 2000 },
  )
  t.ok(valid > 500, `${valid} programs`)
  t.ok(hidden > 100, `${hidden} that hide imports`)
  t.end()
})
