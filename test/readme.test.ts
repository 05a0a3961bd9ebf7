import './posix-only.js'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root, temporaryDirectory } from './support.js'
import t from './tap.js'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const scratch = temporaryDirectory(t)
mkdirSync(join(scratch, 'node_modules'))
symlinkSync(root, join(scratch, 'node_modules', 'brood'))

/** Snippets that begin with `// name: what it is` are files. */
for (const [, name, text] of readme.matchAll(/```js\n\/\/ ([\w.]+): .*\n([\s\S]*?)```/g))
  writeFileSync(join(scratch, name as string), text as string)
writeFileSync(join(scratch, 'program.cjs'), 'console.log("the program", process.argv.length)')
writeFileSync(join(scratch, 'hello.cjs'), 'console.log(process.env.GREETING)')

const run = (file: string) => execFileSync(process.execPath, [file], { cwd: scratch, encoding: 'utf8' })

t.test('the first example', (t) => {
  const lines = run('root.cjs').trim().split('\n')
  t.match(lines, [/^\d+ starts \[ 'an argument', '.*program\.cjs' \]$/, 'the program 2', /^\d+ starts/, 'the program 2'])
  t.equal(lines.length, 4)
  t.end()
})

t.test('the example of a context', (t) => {
  t.equal(run('preload.mjs'), 'hello\n42\n')
  t.end()
})

t.test('the example of one call', (t) => {
  t.equal(run('scoped.mjs'), '8080\nnode\n\n')
  t.end()
})

t.test('the example of a mock', (t) => {
  t.equal(run('mocked.mjs'), 'would run git push --force\n\n')
  t.end()
})

t.test('the ten lines of brood/process', (t) => {
  t.equal(run('square.mjs'), '{ result: 49, isElsewhere: true }\n1\n4\n9\n')
  t.end()
})

t.test('the example of progress and errors', (t) => {
  t.equal(run('steps.mjs'), '1 of 2\n2 of 2\ntrue nothing more to count\n')
  t.end()
})

t.test('a module that is edited while it is called', async (t) => {
  const child = spawn(process.execPath, ['meadow.mjs'], { cwd: scratch, env: { ...process.env, BROOD_HOT: 'dynamic' }, stdio: 'pipe' })
  t.teardown(() => child.kill())
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === 2) writeFileSync(join(scratch, 'sheep.mjs'), 'export const jump = (flock) => `${++flock.jumped} SHEEP`')
    if (line.endsWith('SHEEP')) break
  }
  t.same(lines.slice(0, 2), ['1 sheep', '2 sheep'])
  t.equal(lines.at(-1), `${lines.length} SHEEP`, 'what the caller holds stays')
})

t.test('a module that is unloaded', (t) => {
  t.equal(run('host.mjs'), "{ ok: true, value: 'HELLO!' }\nsetInterval, every 1000 ms\nthread 0\n")
  t.end()
})

t.test('every code of an error is explained', (t) => {
  const codes = readFileSync(join(root, 'lib/errors.ts'), 'utf8').match(/ERR_BROOD_[A-Z_]*[A-Z]\b/g) ?? []
  t.ok(codes.length > 3)
  for (const code of codes) t.match(readme, code)
  t.end()
})
