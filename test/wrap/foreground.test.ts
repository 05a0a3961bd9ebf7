// The program behind the `.cmd` shims of Windows, run where the tests run: all but cmd.exe itself is the same.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createContext } from 'brood'
import { fixture, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
const context = createContext({ main: fixture('wrappers/say-and-run.cjs'), args: ['said'], shimRoot })
t.teardown(() => context.dispose())

const run = (env: Record<string, string | undefined>, ...args: string[]) => {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/foreground.cjs'), ...args], {
    env: { PATH: `${context.directory}:${process.env.PATH}`, BROOD_SHIM_DIRECTORY: `${context.directory}/`, ...env },
    encoding: 'utf8',
  })
  return { status, signal, stdout, stderr }
}

t.test('it restores what was lost, and the program sees nothing of it', (t) => {
  for (const env of [{}, { NODE_OPTIONS: '--no-warnings' }, { NODE_OPTIONS: '' }]) {
    const { stdout, stderr } = run(env, 'node', fixture('programs/env.cjs'))
    const [said, seen] = stdout.trim().split('\n')
    t.equal(said, 'said', stderr)
    t.same(Object.fromEntries(JSON.parse(seen as string)), { PATH: process.env.PATH, ...env })
  }
  t.end()
})

t.test('exit codes, signals and arguments come through', (t) => {
  t.equal(run({}, 'node', fixture('programs/exit-with.cjs'), '7').status, 7)
  t.equal(run({}, 'node', fixture('programs/die-by.cjs'), 'SIGTERM').signal, 'SIGTERM')
  const args = ['a b', '', '"', '%PATH%', '^&']
  const { stdout } = run({}, 'node', fixture('programs/argv.cjs'), ...args)
  t.same(JSON.parse(stdout.trim().split('\n')[1] as string).argv.slice(2), args)
  t.end()
})

t.test('npm, and a program that is not there', (t) => {
  t.match(run({}, 'npm', '--version').stdout, /^said\n\d+\.\d+/)
  const { status, stderr } = run({ BROOD_SHIM_DIRECTORY: '/nowhere' }, 'there-is-no-such-program')
  t.equal(status, 127)
  t.match(stderr, 'there-is-no-such-program')
  t.end()
})
