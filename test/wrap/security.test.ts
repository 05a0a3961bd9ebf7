// What another user of the same machine may have prepared, and what brood leaves for others to read. SECURITY.md says it in words.
import '../posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import wrap, { createContext } from 'brood'
import { fixture, installCopy, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const isRoot = process.getuid?.() === 0
const onlyRoot = { skip: isRoot ? false : 'only root gives files away' }
const nobody = 65534
const storeOf = (shimRoot: string) => join(shimRoot, '.node-spawn-wrap-store')
const contextsIn = (shimRoot: string) => readdirSync(shimRoot).filter((name) => /^\.node-spawn-wrap-\d/.test(name))

/** Makes a context in a process of its own, with no other place to go than the one given. */
function reasonAgainst(shimRoot: string): string {
  const script = `try { require('brood')({})(); console.log('[]') } catch ({ candidates }) { console.log(JSON.stringify(candidates)) }`
  const nowhere = '/dev/null/none'
  const env = { PATH: process.env.PATH, SPAWN_WRAP_SHIM_ROOT: shimRoot, HOME: nowhere, XDG_CACHE_HOME: nowhere, TMPDIR: nowhere }
  const [candidate] = JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: root, env, encoding: 'utf8' }))
  return candidate?.reason ?? 'taken'
}

t.test('the directories and files that brood makes, under any umask', (t) => {
  for (const umask of [0, 0o22, 0o77, 0o777]) {
    const shimRoot = temporaryDirectory(t)
    const before = process.umask(umask)
    const context = createContext({ shimRoot, env: { TOKEN: 'secret' } })
    process.umask(before)
    const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)
    const modes = Object.fromEntries(readdirSync(context.directory).map((name) => [name, mode(join(context.directory, name))]))
    const { 'context.json': snapshot, 'owner.json': owner, ...shims } = modes
    t.equal(mode(context.directory), '700')
    t.equal(statSync(context.directory).uid, process.getuid?.())
    t.equal(snapshot, '600')
    t.equal(owner, '600')
    t.ok(Object.keys(shims).includes('node'))
    for (const [name, shim] of Object.entries(shims)) t.equal(shim, '700', name)
    const files = readdirSync(storeOf(shimRoot), { recursive: true, encoding: 'utf8' })
    for (const path of ['', ...files].map((file) => join(storeOf(shimRoot), file))) {
      t.equal(statSync(path).mode & 0o022, 0, `${path} is not for others to write`)
      t.equal(statSync(path).mode & 0o400, 0o400)
    }
    context.dispose()
  }
  t.end()
})

t.test('places that others could change are passed over', (t) => {
  const parent = temporaryDirectory(t)
  const make = (name: string, mode: number, uid = process.getuid?.() as number) => {
    const path = join(parent, name)
    mkdirSync(path, { recursive: true })
    chmodSync(path, mode)
    if (isRoot) chownSync(path, uid, uid)
    return path
  }
  const cases: readonly (readonly [name: string, path: string, expected: string | RegExp])[] = [
    ['own', make('own', 0o700), 'taken'],
    ['public, with the sticky bit', make('sticky', 0o1777), 'taken'],
    ['public', make('public', 0o777), /others can write to it/],
    ["the group's", make('group', 0o770), /others can write to it/],
    ['below a public one', make('public/below', 0o700), /anybody can write to .*\/public/],
    ['below a public one with the sticky bit', make('sticky/below', 0o700), 'taken'],
    ['a symbolic link to a public one', link(make('public', 0o777), join(parent, 'link')), /others can write to it/],
    ['a file', file(join(parent, 'file')), /not a directory/],
    ...(isRoot
      ? ([
          ["another user's", make('foreign', 0o755, nobody), /belongs to another user/],
          ["another user's, public with the sticky bit", make('foreign-sticky', 0o1777, nobody), 'taken'],
        ] as const)
      : []),
  ]
  for (const [name, path, expected] of cases) {
    t.match(reasonAgainst(path), expected, name)
    if (expected !== 'taken') t.same(existsSync(path) && statSync(path).isDirectory() ? contextsIn(path) : [], [], 'nothing is left there')
  }
  t.end()
})

t.test('a store that was planted is not used', (t) => {
  const evil = temporaryDirectory(t)
  const shimRoot = () => temporaryDirectory(t)
  const [hash] = (() => {
    const path = shimRoot()
    createContext({ shimRoot: path }).dispose()
    return readdirSync(storeOf(path))
  })()
  const folder = (path: string) => join(storeOf(path), hash as string)
  const planted = 'require("fs").writeFileSync("/tmp/brood-was-pwned", "")'
  const refused: readonly (readonly [name: string, plant: (path: string) => void, reason: RegExp])[] = [
    ['a symbolic link in its place', (path) => symlinkSync(evil, storeOf(path)), /is not a directory/],
    [
      'a symbolic link in place of the version',
      (path) => {
        mkdirSync(storeOf(path))
        symlinkSync(evil, folder(path))
      },
      /is not a directory/,
    ],
    ['a broken symbolic link', (path) => symlinkSync(join(evil, 'none'), storeOf(path)), /is not a directory/],
    ['a file', (path) => writeFileSync(storeOf(path), ''), /is not a directory/],
    [
      'one that others can write to',
      (path) => {
        mkdirSync(storeOf(path))
        chmodSync(storeOf(path), 0o777)
      },
      /others own|can write to it/,
    ],
    [
      'a version that others can write to',
      (path) => {
        mkdirSync(folder(path), { recursive: true })
        chmodSync(folder(path), 0o775)
      },
      /others own|can write to it/,
    ],
    ...(isRoot
      ? ([
          [
            "another user's",
            (path: string) => {
              mkdirSync(folder(path), { recursive: true })
              chownSync(storeOf(path), nobody, nobody)
            },
            /others own/,
          ],
          [
            "another user's version",
            (path: string) => {
              mkdirSync(folder(path), { recursive: true })
              chownSync(folder(path), nobody, nobody)
            },
            /others own/,
          ],
        ] as const)
      : []),
  ]
  for (const [name, plant, reason] of refused) {
    const path = shimRoot()
    plant(path)
    t.match(reasonAgainst(path), reason, name)
    t.same(contextsIn(path), [], 'nothing is left')
  }

  const mended: readonly (readonly [name: string, plant: (preload: string) => void])[] = [
    ['other content', (preload) => writeFileSync(preload, planted)],
    [
      'a symbolic link',
      (preload) => {
        writeFileSync(join(evil, 'evil.cjs'), planted)
        symlinkSync(join(evil, 'evil.cjs'), preload)
      },
    ],
    ['a symbolic link to what ought to be there', (preload) => symlinkSync(join(root, 'dist/preload.cjs'), preload)],
    [
      'a file that others can write to',
      (preload) => {
        writeFileSync(preload, readFileSync(join(root, 'dist/preload.cjs')))
        chmodSync(preload, 0o666)
      },
    ],
    ...(isRoot
      ? ([
          [
            "another user's file",
            (preload: string) => {
              writeFileSync(preload, readFileSync(join(root, 'dist/preload.cjs')))
              chownSync(preload, nobody, nobody)
            },
          ],
        ] as const)
      : []),
  ]
  for (const [name, plant] of mended) {
    const path = shimRoot()
    mkdirSync(folder(path), { recursive: true })
    const preload = join(folder(path), 'preload.cjs')
    plant(preload)
    t.equal(reasonAgainst(path), 'taken')
    t.equal(readFileSync(preload, 'utf8'), readFileSync(join(root, 'dist/preload.cjs'), 'utf8'), name)
    const { uid, mode } = statSync(preload)
    t.same([uid, mode & 0o022], [process.getuid?.(), 0], name)
  }
  t.ok(readFileSync(join(evil, 'evil.cjs'), 'utf8') === planted, 'what a symbolic link pointed to is untouched')
  t.end()
})

t.test('users that share a public temporary directory have a store each', onlyRoot, (t) => {
  const shared = temporaryDirectory(t)
  chmodSync(shared, 0o1777)
  if (spawnSync(process.execPath, ['-v'], { uid: nobody, cwd: '/' }).status !== 0) {
    t.pass('skipped: this node is not for other users')
    return t.end()
  }
  const brood = installCopy(t)
  const script = `
    const { createContext } = require(${JSON.stringify(brood)})
    const context = createContext({ shimRoot: ${JSON.stringify(shared)}, env: { FROM_CONTEXT: 'yes' } })
    context.patch()
    console.log(require('child_process').execFileSync(process.execPath, ['-p', 'process.env.FROM_CONTEXT'], { encoding: 'utf8' }).trim())`
  for (const id of [0, nobody]) {
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { uid: id, gid: id, cwd: '/', env: {}, encoding: 'utf8' })
    t.same([stdout, stderr], ['yes\n', ''], `user ${id}`)
  }
  t.same(readdirSync(shared), ['.node-spawn-wrap-store-0', `.node-spawn-wrap-store-${nobody}`])
  t.end()
})

t.test('nothing of the caller is evaluated by a shell', (t) => {
  const scratch = temporaryDirectory(t)
  const texts = [
    '$(touch pwned)',
    '`touch pwned`',
    '"; touch pwned; "',
    "'; touch pwned; '",
    '\n touch pwned\n',
    '@NODE@',
    '${PATH}',
    '*',
    '~',
    '!x',
    '\\',
  ]
  const odd = join(scratch, `odd ${texts.filter((text) => !text.includes('/')).join(' ')}`)
  mkdirSync(odd)
  const before = process.env.SPAWN_WRAP_SHIM_ROOT
  process.env.SPAWN_WRAP_SHIM_ROOT = odd
  // --title is a flag that NODE_OPTIONS takes, --stack_size one that only command lines carry.
  const unwrap = wrap(['--stack_size=2000', fixture('wrappers/describe.cjs'), ...texts], { ODD: texts.join('') })
  const main = fixture('programs/argv.cjs')
  const commands = [
    `node ${main} "$@"`,
    `NODE_OPTIONS= node ${main} "$@"`,
    `env -i "$(command -v node)" ${main} "$@"`,
    `unset NODE_OPTIONS BROOD_CONTEXT; node ${main} "$@"`,
  ]
  for (const command of commands) {
    const { stdout, stderr } = spawnSync('sh', ['-c', command, 'sh', ...texts], { cwd: scratch, encoding: 'utf8' })
    const [seen, program] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    t.same(seen?.wrapper.slice(1), [...texts, main, ...texts], command)
    t.same(program?.argv.slice(2), texts, stderr)
  }
  unwrap()
  if (before === undefined) delete process.env.SPAWN_WRAP_SHIM_ROOT
  else process.env.SPAWN_WRAP_SHIM_ROOT = before
  t.same(readdirSync(scratch).length, 1, 'nothing was run')
  t.end()
})

t.test('secrets are in no debug output and in no file that others can read', (t) => {
  const shimRoot = temporaryDirectory(t)
  const secret = 'do-not-show-this-value'
  const script = `
    const context = require('brood').createContext({ env: { TOKEN: ${JSON.stringify(secret)} } })
    context.patch()
    const { spawnSync, execSync } = require('child_process')
    const env = { ...process.env, PASSWORD: ${JSON.stringify(secret)}, 'odd-name': ${JSON.stringify(secret)} }
    for (const text of ['node -p 1', 'NODE_OPTIONS= node -p 1', 'env -i node -p 1; make --version']) execSync(text, { env, stdio: 'ignore' })
    spawnSync('perl', ['-e', 'system("node -p 1")'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    spawnSync('node', ['-e', 'require("child_process").execSync("node -p 1")'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    process.kill(process.pid, 'SIGKILL')`
  const { stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: root,
    env: { PATH: process.env.PATH, SPAWN_WRAP_SHIM_ROOT: shimRoot, SPAWN_WRAP_DEBUG: '1' },
    encoding: 'utf8',
  })
  t.ok(stderr.split('\n').length > 50, 'there is debug output')
  t.match(stderr, '"odd-name"', 'names are shown')
  t.notMatch(stderr, secret)
  const holding = readdirSync(shimRoot, { recursive: true, encoding: 'utf8' })
    .map((name) => join(shimRoot, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path, 'utf8').includes(secret))
  t.equal(holding.length, 1, 'one file holds it')
  for (const path of holding) t.same([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777], [0o600, 0o700], path)
  t.end()
})

t.test('a directory that is replaced while it is in use wraps nothing', (t) => {
  const shimRoot = temporaryDirectory(t)
  const context = createContext({ shimRoot, env: { FROM_CONTEXT: 'yes' } })
  const undo = context.patch()
  const ask = () => execFileSync(process.execPath, ['-p', 'process.env.FROM_CONTEXT'], { encoding: 'utf8' })
  t.equal(ask(), 'yes\n')
  renameSync(context.directory, `${context.directory}-moved`)
  t.equal(ask(), 'undefined\n')
  undo()
  context.dispose()
  t.end()
})

function link(target: string, path: string): string {
  symlinkSync(target, path)
  return path
}

function file(path: string): string {
  writeFileSync(path, '')
  return path
}
