import '../posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import wrap, { BroodError, createContext, runMain } from 'brood'
import { fixture, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot

const main = fixture('wrappers/run-main.cjs')
// biome-ignore lint/suspicious/noExplicitAny: what no type allows is passed on purpose
const anything = (value: unknown): any => value
const bindings = process as unknown as { binding(name: string): { spawn: unknown } }

/** Each of these throws, with nothing patched and nothing left on disk. */
const cases: readonly [name: string, run: () => unknown, code: string, message: RegExp][] = [
  ['neither argv nor env', () => wrap(anything(undefined)), 'ERR_BROOD_INVALID_ARGUMENT', /needs argv, env or both/],
  [
    'argv a string',
    () => wrap(anything('x'), {}),
    'ERR_BROOD_INVALID_ARGUMENT',
    /^argv must be an array of strings, and is a value of type string/,
  ],
  [
    'argv with a number',
    () => wrap([main, anything(1)]),
    'ERR_BROOD_INVALID_ARGUMENT',
    /^argv\[1\] must be a string, and is a value of type number. Write String/,
  ],
  ['argv with a hole', () => wrap(anything(Object.assign([main, 'y', 'x'], { 1: undefined }))), 'ERR_BROOD_INVALID_ARGUMENT', /^argv\[1\]/],
  ['a NUL byte in argv', () => wrap([main, 'a\0b']), 'ERR_BROOD_INVALID_ARGUMENT', /^argv\[1\] holds a NUL byte/],
  ['a NUL byte in the wrapper', () => wrap(['a\0b']), 'ERR_BROOD_INVALID_ARGUMENT', /NUL byte/],
  ['env a string', () => wrap([main], anything('x')), 'ERR_BROOD_INVALID_ARGUMENT', /^env must be an object of strings/],
  ['env an array', () => wrap([main], anything(['x'])), 'ERR_BROOD_INVALID_ARGUMENT', /^env must be an object of strings, and is an array/],
  [
    'env with a number',
    () => wrap([main], anything({ FOO: 1 })),
    'ERR_BROOD_INVALID_ARGUMENT',
    /^env\.FOO must be a string, and is a value of type number\. Write String/,
  ],
  ['env with undefined', () => wrap([main], anything({ FOO: undefined })), 'ERR_BROOD_INVALID_ARGUMENT', /^env\.FOO/],
  ['a NUL byte in env', () => wrap([main], { FOO: 'a\0b' }), 'ERR_BROOD_INVALID_ARGUMENT', /^env\.FOO holds a NUL byte/],
  ['= in the name of a variable', () => wrap({ 'A=B': '1' }), 'ERR_BROOD_INVALID_ARGUMENT', /"A=B" in env is no name/],
  ['an empty name of a variable', () => wrap({ '': '1' }), 'ERR_BROOD_INVALID_ARGUMENT', /"" in env is no name/],
  [
    'a wrapper that does not exist',
    () => wrap(['/there/is/none.js']),
    'ERR_BROOD_WRAPPER_NOT_FOUND',
    /\/there\/is\/none\.js does not exist/,
  ],
  ['a wrapper that is a directory', () => wrap([shimRoot]), 'ERR_BROOD_WRAPPER_NOT_FOUND', /is a directory that node cannot run/],
  [
    'a module to require that does not exist',
    () => wrap(['-r', './none.js']),
    'ERR_BROOD_PRELOAD_NOT_FOUND',
    /"\.\/none\.js" for --require/,
  ],
  [
    'a package to require that does not exist',
    () => wrap(['--require', 'there-is-no-such-package']),
    'ERR_BROOD_PRELOAD_NOT_FOUND',
    /install the package/,
  ],
  ['a module to import that does not exist', () => wrap(['--import=./none.mjs']), 'ERR_BROOD_PRELOAD_NOT_FOUND', /for --import/],
  ['a flag that runs something else', () => wrap(['-e', '1', main]), 'ERR_BROOD_INVALID_ARGUMENT', /^-e is no flag to run a script with/],
  ['a flag that asks for the version', () => wrap(['--version', main]), 'ERR_BROOD_INVALID_ARGUMENT', /^--version is no flag/],
  ['a short flag with =', () => wrap(['-r=x', main]), 'ERR_BROOD_INVALID_ARGUMENT', /^-r=x is refused by node/],
  ['a flag without its value', () => wrap(['--title']), 'ERR_BROOD_INVALID_ARGUMENT', /^--title needs a value/],
  ['a --require without a name', () => wrap(['--require']), 'ERR_BROOD_INVALID_ARGUMENT', /--require needs a value/],
  ['options that are no object', () => createContext(anything(null)), 'ERR_BROOD_INVALID_ARGUMENT', /options/],
  [
    'a misspelt option',
    () => createContext(anything({ mian: main })),
    'ERR_BROOD_INVALID_ARGUMENT',
    /^createContext knows no option "mian"\. Did you mean main\?$/,
  ],
  [
    'an option that is like none',
    () => createContext(anything({ somethingElse: 1 })),
    'ERR_BROOD_INVALID_ARGUMENT',
    /knows no option "somethingElse"\. It knows main, args, /,
  ],
  [
    'a misspelt option of the trace',
    () => createContext({ trace: anything({ directory: shimRoot, envvalues: true }) }),
    'ERR_BROOD_INVALID_ARGUMENT',
    /^trace knows no option "envvalues"\. Did you mean envValues\?$/,
  ],
  ['a shim root that is no string', () => createContext({ shimRoot: anything(1) }), 'ERR_BROOD_INVALID_ARGUMENT', /^shimRoot/],
  [
    'workers that is no boolean',
    () => createContext({ workers: anything(1) }),
    'ERR_BROOD_INVALID_ARGUMENT',
    /^workers must be true or false, and is a value of type number\.$/,
  ],
  [
    'execArgv that is no option',
    () => createContext({ execArgv: ['main.js'] }),
    'ERR_BROOD_INVALID_ARGUMENT',
    /"main\.js" is no option of node/,
  ],
  ['runMain() outside a wrapped process', () => runMain(), 'ERR_BROOD_NOT_WRAPPED', /Call it once, in the script that is passed to wrap/],
  [
    'a disposed context',
    () => {
      const context = createContext()
      context.dispose()
      context.dispose()
      context.patch()
    },
    'ERR_BROOD_DISPOSED',
    /Create another one/,
  ],
]

for (const [name, run, code, message] of cases) {
  t.test(name, (t) => {
    const spawn = bindings.binding('spawn_sync').spawn
    const error = t.throws(run, { name: 'BroodError', code, message }) as Error
    t.ok(error instanceof BroodError)
    t.equal(bindings.binding('spawn_sync').spawn, spawn, 'nothing is patched')
    t.same(
      readdirSync(shimRoot).filter((entry) => !entry.endsWith('-store')),
      [],
      'nothing is left',
    )
    t.end()
  })
}

t.test('no shim root anywhere: every candidate is named, with what is wrong with it', (t) => {
  const open = join(shimRoot, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  const script = `
    try { require('brood')({}) } catch ({ code, message, candidates }) { console.log(JSON.stringify({ code, message, candidates })) }`
  const env = {
    PATH: process.env.PATH,
    SPAWN_WRAP_SHIM_ROOT: open,
    HOME: '/dev/null/home',
    XDG_CACHE_HOME: '/dev/null',
    TMPDIR: '/proc/none',
  }
  const { code, message, candidates } = JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' }))
  t.equal(code, 'ERR_BROOD_SHIM_ROOT')
  t.same(
    candidates.map(({ path, origin }: { path: string; origin: string }) => [origin, path]),
    [
      ['SPAWN_WRAP_SHIM_ROOT', open],
      ['home', '/dev/null/home'],
      ['XDG_CACHE_HOME', '/dev/null'],
      ['temporary directory', '/proc/none'],
    ],
  )
  for (const { path, reason } of candidates) t.ok(message.includes(`${path} (`) && message.includes(reason), path)
  t.match(message, 'sticky bit')
  t.match(message, 'Set SPAWN_WRAP_SHIM_ROOT')
  t.same(readdirSync(open), [])
  t.end()
})

t.test('a home that cannot be used gives way to the next candidate', (t) => {
  const cache = join(shimRoot, 'cache')
  const script = `const unwrap = require('brood')({}); console.log(require('fs').readdirSync(${JSON.stringify(cache)}).length); unwrap()`
  const env = { PATH: process.env.PATH, HOME: '/dev/null/home', XDG_CACHE_HOME: cache }
  t.equal(execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' }), '2\n')
  t.end()
})

t.test('a shim root on a file system that is mounted noexec gives way to the next candidate', (t) => {
  const noexec = join(shimRoot, 'noexec')
  mkdirSync(noexec)
  // In a mount namespace of its own, which ends with the command.
  const mount = `mount -t tmpfs -o noexec tmpfs "${noexec}" && exec "$0" "$@"`
  const script = `try { require('brood')({})() } catch ({ candidates }) { console.log(JSON.stringify(candidates)) }`
  const env = { PATH: process.env.PATH, SPAWN_WRAP_SHIM_ROOT: noexec, HOME: noexec, XDG_CACHE_HOME: noexec, TMPDIR: noexec }
  const { status, stdout } = spawnSync('unshare', ['-m', 'sh', '-c', mount, process.execPath, '-e', script], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) {
    t.pass('skipped: no permission to mount here')
  } else {
    t.equal(JSON.parse(stdout).length, 4)
    for (const { reason } of JSON.parse(stdout)) t.match(reason, 'noexec')
  }
  t.end()
})

t.test('a shim root with a colon cannot stand on PATH, and gives way', (t) => {
  const colon = join(shimRoot, 'a:b')
  const script = `const unwrap = require('brood')({}); console.log(require('fs').readdirSync(${JSON.stringify(colon)}).length); unwrap()`
  const env = { PATH: process.env.PATH, SPAWN_WRAP_SHIM_ROOT: colon, HOME: join(shimRoot, 'home') }
  t.equal(execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' }), '0\n')
  t.end()
})
