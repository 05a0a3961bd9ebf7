// Test runners and compilers: what they do to a module does not keep a child from finding its tasks.
import '../posix-only.js'
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNight, observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { program, said } from './programs.js'

t.test('node:test', async (t) => {
  const { stdout, code } = await observe(process.execPath, ['--test', '--test-reporter=tap', program('runners/node.test.mjs')])
  t.match(stdout, /# pass 2\n/)
  t.equal(code, 0, stdout)
})

t.test('tsx and vitest', async (t) => {
  const directory = temporaryDirectory(t)
  for (const file of readdirSync(program('runners'))) cpSync(join(program('runners'), file), join(directory, file))
  writeFileSync(join(directory, 'package.json'), '{ "type": "module", "private": true }')
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', 'tsx@4', 'vitest@4'], { cwd: directory, stdio: 'ignore', timeout: 120_000 })
  } catch {
    t.plan(0, 'they cannot be installed here')
    return
  }
  symlinkSync(root, join(directory, 'node_modules/brood'))
  const bin = (name: string, ...args: string[]) =>
    observe(process.execPath, [join(directory, 'node_modules', name), ...args], { cwd: directory })
  t.same(said(await bin('tsx/dist/cli.mjs', 'main.ts')), [
    [42, 1],
    [1, true],
    [4, 1],
  ])
  // By day vitest's default alone. vmForks has modules of a class of its own.
  for (const pool of isNight ? ['forks', 'threads', 'vmForks'] : ['forks']) {
    const { stdout, stderr, code } = await bin('vitest/vitest.mjs', 'run', `--pool=${pool}`, 'tasks.spec.ts')
    t.match(stdout, /3 passed/, pool)
    t.equal(code, 0, `${stdout}${stderr}`)
  }
})
