// Each code of the documents has a class of its own, here and in what arrives.
import '../posix-only.js'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as brood from 'brood/process'
import { root } from '../support.js'
import t from '../tap.js'
import { caught, load } from './programs.js'

const { fail } = await load<'fail'>('error-classes.mjs')

type AnyErrorClass = new (message: string, details?: object) => brood.BroodError

const classes = Object.entries(brood).filter(([name]) => /(?<!Brood)Error$/.test(name)) as unknown as [name: string, made: AnyErrorClass][]
const codeOf = (name: string) =>
  `ERR_BROOD_${name
    .replace(/Error$/, '')
    .replaceAll(/(?<!^)[A-Z]/g, '_$&')
    .toUpperCase()}`

t.test('a class, its name and its code', async (t) => {
  t.ok(classes.length >= 19, `${classes.length} of them`)
  const documents = readFileSync(join(root, 'docs/process.md'), 'utf8')
  await using pool = new brood.Pool({ size: 1 })
  for (const [name, made] of classes) {
    const code = codeOf(name)
    const error = new made('why', { task: 'a' })
    t.equal(made.name, name)
    t.equal(error.constructor, made)
    for (const each of [error, (await caught(pool.run(fail, name))) as brood.BroodError]) {
      t.match(each, { name, message: 'why', code, task: 'a' }, name)
      t.equal(String(each), `${name}: why`)
      t.equal(each.constructor.name, name)
      t.ok(each instanceof made && each instanceof brood.BroodError && each instanceof Error)
      const others = classes.filter(([, other]) => each instanceof other).map(([other]) => other)
      t.same(others, name === 'OutOfMemoryError' ? ['ExitedError', name] : [name], `${name} is of no other class`)
    }
    t.ok(documents.includes(`\`${name}\``) && documents.includes(`\`${code}\``), 'in the documents')
  }
})

t.test('an error whose code has a class is made by it', (t) => {
  const codes = new Set(classes.map(([name]) => codeOf(name)))
  const files = readdirSync(join(root, 'lib/process'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  t.ok(files.length > 50, `${files.length} files`)
  for (const file of files) {
    const made = [...readFileSync(join(root, 'lib/process', file), 'utf8').matchAll(/new BroodError\(\s*'(\w+)'/g)].map(([, code]) => code)
    t.same(
      made.filter((code) => codes.has(code as string)),
      [],
      file,
    )
  }
  t.end()
})
