// The program behind the `.cmd` shims of Windows, run where the tests run: all but cmd.exe itself is the same.
import '../posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
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

t.test('the program does not see flags that only its command line can carry', (t) => {
  const flagged = createContext({ execArgv: ['--allow-natives-syntax'], shimRoot })
  const { stdout } = run(
    { PATH: `${flagged.directory}:${process.env.PATH}`, BROOD_SHIM_DIRECTORY: flagged.directory },
    'node',
    // As the shim writes it.
    '--allow-natives-syntax',
    fixture('programs/argv.cjs'),
  )
  flagged.dispose()
  t.same(JSON.parse(stdout).execArgv, [])
  t.end()
})

t.test('what cmd.exe is told, where a batch file is to be started on Windows', (t) => {
  const batch = join(shimRoot, 'npm.cmd')
  writeFileSync(batch, '')
  // cross-spawn decides by the platform, when it is loaded.
  const parse = `
    Object.defineProperty(process, 'platform', { value: 'win32' })
    const { command, args, options } = require('cross-spawn')._parse(...JSON.parse(process.argv[1]))
    console.log(JSON.stringify([command, args, options.windowsVerbatimArguments]))`
  const toldOn = (file: string, args: readonly string[]) =>
    JSON.parse(
      execFileSync(process.execPath, ['-e', parse, JSON.stringify([file, args])], { cwd: root, env: { comspec: 'CMD' }, encoding: 'utf8' }),
    )
  for (const [argument, written] of [
    ['a b', '^"a^ b^"'],
    ['', '^"^"'],
    ['"', '^"\\^"^"'],
    ['a\\', '^"a\\\\^"'],
    ['%PATH%', '^"^%PATH^%^"'],
    ['^&|<>', '^"^^^&^|^<^>^"'],
    ['!x!', '^"^!x^!^"'],
    ['(z)', '^"^(z^)^"'],
  ] as const) {
    const text = `"${batch.replace(/([()\][%!^"`<>&|;, *?])/g, '^$1')} ${written}"`
    t.same(toldOn(batch, [argument]), ['CMD', ['/d', '/s', '/c', text], true], argument)
  }
  const program = join(shimRoot, 'node.exe')
  writeFileSync(program, '')
  t.same(toldOn(program, ['a b', '%x%']).slice(0, 2), [program, ['a b', '%x%']], 'a program is started as it is')
  t.end()
})

t.test('a mock runs in place of a program, free of brood', (t) => {
  const file = fixture('programs/mock.cjs')
  const mocking = createContext({
    env: { FROM_CONTEXT: 'yes' },
    replace: { tool: file, sleep: file },
    execArgv: ['--no-warnings'],
    shimRoot,
  })
  const base = { PATH: `${mocking.directory}:${process.env.PATH}`, BROOD_SHIM_DIRECTORY: `${mocking.directory}/` }
  const said = (args: readonly string[], replaced: string) => `${JSON.stringify({ args, replaced, seen: [] })}\n`
  const sleep = execFileSync('sh', ['-c', 'command -v sleep'], { encoding: 'utf8' }).trim()
  const wrapped = mocking.environment({ PATH: process.env.PATH })
  for (const env of [base, { ...wrapped, ...base }, { ...wrapped, ...base, BROOD_REPLACED: '' }]) {
    t.equal(run(env, 'tool', 'a b', '"').stdout, said(['a b', '"'], ''))
    t.equal(run(env, 'sleep', 'x').stdout, said(['x'], sleep))
    t.equal(run(env, 'tool', 'exit', '7').status, 7)
  }
  const own = { ...mocking.environment({ PATH: process.env.PATH, NODE_OPTIONS: '--title=x' }), ...base }
  t.match(run(own, 'tool', 'environment').stdout, /"NODE_OPTIONS":"--title=x"/)
  // Below a mock the program itself is started, and node is not wrapped.
  const below = { ...base, BROOD_REPLACED: sleep }
  t.match(run(below, 'sleep', '0'), { stdout: '', status: 0 })
  t.match(run(below, 'tool'), { status: 127, stderr: /^tool: / })
  t.equal(run(below, 'node', '-p', 'process.env.FROM_CONTEXT').stdout, 'undefined\n')
  t.equal(run({ ...below, ...wrapped, ...base }, 'node', '-p', 'process.env.FROM_CONTEXT').stdout, 'yes\n')
  mocking.dispose()
  t.match(run(base, 'sleep', '0'), { stdout: '', status: 0 }, 'a context that is gone replaces nothing')
  t.end()
})

t.test('npm, and a program that is not there', (t) => {
  t.match(run({}, 'npm', '--version').stdout, /^said\n\d+\.\d+/)
  const { status, stderr } = run({ BROOD_SHIM_DIRECTORY: '/nowhere' }, 'there-is-no-such-program')
  t.equal(status, 127)
  t.match(stderr, 'there-is-no-such-program')
  t.end()
})
