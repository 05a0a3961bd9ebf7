// Places and neighbours in which things go wrong: brood wraps all the same, or says why not, and never breaks what would run bare.
import './posix-only.js'
import { type ExecFileSyncOptions, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import wrap, { createContext } from 'brood'
import { fixture, installCopy, root, temporaryDirectory } from './support.js'
import t from './tap.js'

const node = process.execPath
const nobody = 65534
const isRoot = process.getuid?.() === 0
const text = (file: string, args: readonly string[], options: ExecFileSyncOptions = {}) =>
  execFileSync(file, args, { cwd: root, ...options, encoding: 'utf8' })
const asNobody = { uid: nobody, gid: nobody, cwd: '/' }
const canBeNobody = isRoot && spawnSync(node, ['-v'], asNobody).status === 0
const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

/** What fixtures/hostile/root.cjs says of itself. */
interface Report {
  readonly seen?: unknown
  readonly left?: boolean
  readonly directory?: string
  readonly code?: string
  readonly message?: string
}

/** A place that a root is started in. */
interface Place {
  readonly name: string
  readonly skip?: string | false
  readonly env?: Readonly<Record<string, string>>
  /** In a mount namespace of its own; `$0` is where it mounts. */
  readonly mount?: string
  readonly asNobody?: true
  /** Commands of a shell in front of the root. */
  readonly before?: string
  /** Where the directory was made: a name in the scratch directory; none where wrapping is refused. */
  readonly expected: 'home' | 'own' | 'temporary' | RegExp
}

/** Finds out how many a node needs that starts a process, and takes all others away. */
const fewestDescriptors = `
  count=18
  {
    until (ulimit -n $count && exec "$0" -e 'process.exit(require("child_process").spawnSync("true").error ? 1 : 0)'); do
      count=$((count + 2))
    done
  } 2>/dev/null
  ulimit -n $count;`

const noMount = !canMount && 'no permission to mount here'
const places: readonly Place[] = [
  { name: 'an ordinary home', expected: 'home' },
  { name: 'a home that is missing', env: { HOME: '/nonexistent/home' }, expected: 'temporary' },
  { name: 'a home that is a file', env: { HOME: '/etc/passwd' }, expected: 'temporary' },
  { name: 'an empty HOME', env: { HOME: '' }, expected: 'temporary' },
  { name: 'a home in /proc', env: { HOME: '/proc' }, skip: !existsSync('/proc/self') && 'no /proc', expected: 'temporary' },
  { name: 'a home in /sys', env: { HOME: '/sys' }, skip: !existsSync('/sys/kernel') && 'no /sys', expected: 'temporary' },
  { name: 'a home that is read-only', skip: noMount, mount: '-o ro,mode=755 tmpfs home', expected: 'temporary' },
  { name: 'a home mounted noexec', skip: noMount, mount: '-o noexec,mode=755 tmpfs home', expected: 'temporary' },
  { name: 'a home on a full disk', skip: noMount, mount: '-o size=4k,mode=755 tmpfs home', expected: 'temporary' },
  { name: 'a home without inodes', skip: noMount, mount: '-o nr_inodes=3,mode=755 tmpfs home', expected: 'temporary' },
  { name: 'a disk that fills up behind the shims', skip: noMount, mount: '-o size=40k,mode=755 tmpfs home', expected: 'temporary' },
  {
    name: 'a full disk, and no other',
    skip: noMount,
    mount: '-o size=4k,mode=755 tmpfs home',
    env: { TMPDIR: '/dev/null' },
    expected: /no space left/,
  },
  {
    name: 'a read-only disk, and no other',
    skip: noMount,
    mount: '-o ro,mode=755 tmpfs home',
    env: { TMPDIR: '/dev/null' },
    expected: /read-only file system/,
  },
  { name: 'no /proc', skip: noMount, mount: 'tmpfs /proc', expected: 'home' },
  { name: 'a home that this user cannot write to', skip: !canBeNobody && 'not root', asNobody: true, expected: 'temporary' },
  {
    name: 'a home of this user that is read-only by mode',
    skip: !canBeNobody && 'not root',
    asNobody: true,
    before: 'chmod 500 "$HOME" &&',
    env: { HOME: 'own' },
    expected: 'temporary',
  },
  {
    name: 'a user without a name and HOME',
    skip: !canBeNobody && 'not root',
    asNobody: true,
    before: 'unset HOME;',
    expected: 'temporary',
  },
  { name: 'a tiny PATH', env: { PATH: '/nowhere' }, expected: 'home' },
  { name: 'an empty PATH', env: { PATH: '' }, expected: 'home' },
  { name: 'no PATH', before: 'unset PATH;', expected: 'home' },
  { name: 'as few descriptors as it takes bare', before: fewestDescriptors, expected: 'home' },
  { name: 'a umask that takes everything', before: 'umask 777;', expected: 'home' },
  {
    name: 'a umask that takes everything, for one who is not root',
    skip: !canBeNobody && 'not root',
    asNobody: true,
    before: 'umask 777;',
    env: { HOME: 'own' },
    expected: 'own',
  },
  { name: 'a umask that takes nothing', before: 'umask 0;', expected: 'home' },
  { name: 'closed stdin', before: 'exec <&-;', expected: 'home' },
]

t.test('places', (t) => {
  const brood = installCopy(t)
  for (const { name, skip, expected, ...place } of places) {
    t.test(name, { skip: skip ?? false }, (t) => {
      const scratch = temporaryDirectory(t)
      const { stdout, stderr } = startIn(scratch, brood, place)
      const report = JSON.parse(stdout || '{}') as Report
      t.equal(stderr, '')
      if (expected instanceof RegExp) {
        t.equal(report.code, 'ERR_BROOD_SHIM_ROOT')
        t.match(report.message, expected)
      } else {
        t.same(report.seen, ['yes', 'yes', 'yes'], JSON.stringify(report))
        t.equal(dirname(report.directory ?? ''), join(scratch, expected))
        t.equal(report.left, false)
      }
      t.same(leftIn(scratch), [])
      t.notOk(existsSync('/nonexistent'), 'a missing home is not made')
      t.end()
    })
  }
  t.end()
})

function startIn(scratch: string, brood: string, { env = {}, mount, before = '', asNobody: other }: Omit<Place, 'name' | 'expected'>) {
  chmodSync(scratch, 0o755)
  for (const folder of ['home', 'own', 'temporary']) mkdirSync(join(scratch, folder))
  chmodSync(join(scratch, 'temporary'), 0o1777)
  if (isRoot) chownSync(join(scratch, 'own'), nobody, nobody)
  const program = join(scratch, 'root.cjs')
  cpSync(fixture('hostile/root.cjs'), program)
  const given = { HOME: join(scratch, env.HOME === 'own' ? 'own' : 'home'), TMPDIR: join(scratch, 'temporary') }
  const { HOME: home, ...others } = env
  const variables = {
    PATH: process.env.PATH,
    BROOD: brood,
    ...given,
    ...(home !== 'own' && home !== undefined && { HOME: home }),
    ...others,
  }
  const words = ['/bin/sh', '-c', `${mount === undefined ? '' : `mount -t tmpfs ${mount} && `}${before} exec "$0" "$@"`, node, program]
  const [file = '', ...args] = mount === undefined ? words : ['unshare', '-m', ...words]
  return spawnSync(file, args, { ...(other && asNobody), cwd: scratch, env: variables, encoding: 'utf8' })
}

/** The directories of contexts anywhere below. */
function leftIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) => /\.node-spawn-wrap-\d+-[^/]*$/.test(path))
}

/** Runs something bare and wrapped, and says what both came to. */
function bareAndWrapped<T>(run: () => T): [bare: T, wrapped: T] {
  const bare = run()
  const unwrap = wrap([fixture('wrappers/run-main.cjs')], { FROM_CONTEXT: 'yes' })
  try {
    return [bare, run()]
  } finally {
    unwrap()
  }
}

const say = 'String(process.env.FROM_CONTEXT)'

t.test('a removed working directory: a shim adds nothing to what shells say of it', (t) => {
  const commands: readonly (readonly [string, ...string[]])[] = [
    [node, '-p', say],
    ['node', '-p', say],
    ['sh', '-c', `node -p '${say}'`],
    ['sh', '-c', `NODE_OPTIONS= node -p '${say}'`],
    ['perl', '-e', `system("node", "-p", "${say}")`],
    [fixture('scripts/env-node')],
  ]
  const before = process.cwd()
  const directory = mkdtempSync(join(temporaryDirectory(t), 'gone-'))
  process.chdir(directory)
  rmdirSync(directory)
  for (const [file, ...args] of commands) {
    const [bare, wrapped] = bareAndWrapped(() => spawnSync(file, args, { encoding: 'utf8' }))
    t.equal(wrapped.stderr, bare.stderr, file)
    const isCaught = ({ stdout }: typeof bare) => /^yes$|"FROM_CONTEXT","yes"/m.test(stdout)
    t.same([isCaught(bare), isCaught(wrapped)], [false, true])
  }
  process.chdir(before)
  t.end()
})

t.test('environments so large that there is no room for what brood adds', (t) => {
  const pairs = (count: number, size: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, 'x'.repeat(size)]))
  const kilobyte = 1024
  const cases: readonly (readonly [name: string, env: Record<string, string>, isWrapped: boolean])[] = [
    ['little', {}, true],
    ['a long NODE_OPTIONS', { NODE_OPTIONS: `--title=${'x'.repeat(100 * kilobyte)}` }, true],
    ['a NODE_OPTIONS that just fits', { NODE_OPTIONS: `--title=${'x'.repeat(128 * kilobyte - 22)}` }, false],
    ['a PATH that just fits', { PATH: `${process.env.PATH}:${'x'.repeat(128 * kilobyte - 7 - (process.env.PATH?.length ?? 0))}` }, false],
    ['a long value of another', pairs(1, 128 * kilobyte - 10), true],
    ['many', pairs(1000, kilobyte), true],
  ]
  const commands: readonly (readonly [string, ...string[]])[] = [
    [node, '-p', say],
    ['sh', '-c', `node -p '${say}'`],
  ]
  for (const [name, env, isWrapped] of cases) {
    for (const [file, ...args] of commands) {
      const run = () => spawnSync(file, args, { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' })
      const [bare, wrapped] = bareAndWrapped(run)
      t.same([bare.error, bare.stdout], [undefined, 'undefined\n'], `${name}: ${file}`)
      t.same(
        [wrapped.error, wrapped.stdout, wrapped.stderr],
        [undefined, isWrapped ? 'yes\n' : 'undefined\n', ''],
        `${name}: ${file}, wrapped`,
      )
    }
  }
  t.end()
})

t.test('an environment that just fits in all', { skip: process.platform !== 'linux' && 'the limits of Linux' }, (t) => {
  // The least that Linux gives: 128 kB, with a stack of 512 kB or less. Node itself needs more, so a small program it is.
  const script = `
    const { spawnSync } = require('child_process')
    const env = (size) => ({ PATH: process.env.PATH, A: 'x'.repeat(size / 2), B: 'x'.repeat(size / 2) })
    let size = 0
    for (let step = 1 << 20; step >= 256; step /= 2) if (spawnSync('true', { env: env(size + step) }).error === undefined) size += step
    const unwrap = require('brood')({ FROM_CONTEXT: 'yes' })
    const failures = [0, 256, 512, 1024, 4096, 16384, 65536].filter((less) => spawnSync('true', { env: env(size - less) }).error !== undefined)
    unwrap()
    console.log(JSON.stringify([size, failures]))`
  const [size, failures] = JSON.parse(text('sh', ['-c', 'ulimit -S -s 4096; exec "$0" "$@"', node, '-e', script]))
  t.ok(size > 100_000, `${size} bytes`)
  t.same(failures, [])
  t.end()
})

t.test('two versions of brood in one tree, each wrapping', (t) => {
  const installed = installCopy(t)
  // Another version: another text of the preload, and so another place in the store.
  const preload = join(dirname(installed), 'preload.cjs')
  writeFileSync(preload, `${readFileSync(preload, 'utf8')}\n// another version\n`)
  writeFileSync(installed, readFileSync(installed, 'utf8').replace(/(hash: ")[\da-f]{16}/, '$10123456789abcdef'))
  const shimRoot = temporaryDirectory(t)
  const script = (path: string, name: string, next: string) =>
    `const { createContext } = require(${JSON.stringify(path)})
    const context = createContext({ env: { ${name}: 'yes' }, shimRoot: ${JSON.stringify(shimRoot)} })
    context.patch()
    console.log(require('child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(next)}], { encoding: 'utf8' }).trim())
    context.dispose()`
  const leaf = 'console.log(process.env.FIRST, process.env.SECOND, process.env.NODE_OPTIONS, process.env.BROOD_CONTEXT, process.env.PATH)'
  const deeper = `console.log(require('child_process').execSync('NODE_OPTIONS= node -e "$LEAF"', { encoding: 'utf8', env: { ...process.env, LEAF: ${JSON.stringify(leaf)} } }).trim())`
  const here = join(root, 'dist/index.cjs')
  for (const [outer, inner] of [
    [here, installed],
    [installed, here],
  ] as const) {
    const seen = text(node, ['-e', script(outer, 'FIRST', script(inner, 'SECOND', deeper))])
    t.equal(seen.trim(), `yes yes  undefined ${process.env.PATH}`)
  }
  t.equal(readdirSync(join(shimRoot, '.node-spawn-wrap-store')).length, 2)
  t.end()
})

t.test('a context of a format to come is passed over', (t) => {
  const context = createContext({ env: { FROM_CONTEXT: 'yes' }, shimRoot: temporaryDirectory(t) })
  context.patch()
  const path = join(context.directory, 'context.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), format: 2 }))
  t.equal(text(node, ['-p', say]), 'undefined\n')
  t.equal(
    text('sh', ['-c', `node -p 'JSON.stringify([${say}, process.env.PATH, process.env.NODE_OPTIONS])'`]),
    `${JSON.stringify(['undefined', process.env.PATH, null])}\n`,
  )
  context.dispose()
  t.end()
})

t.test('neighbours that patch the same functions', (t) => {
  const spawnWrap = `const other = require('spawn-wrap-3')([${JSON.stringify(join(root, 'fixtures/hostile/spawn-wrap-3.cjs'))}])`
  const neighbours: readonly (readonly [name: string, start: string, expected: RegExp])[] = [
    ['none', '', /^yes$/],
    ['process-on-spawn', `require('process-on-spawn').addListener(({ env }) => { env.NEIGHBOUR = 'there' })`, /^yes there$/],
    ['node-preload', `require('node-preload').push(${JSON.stringify(join(root, 'fixtures/hostile/neighbour.cjs'))})`, /^yes there$/],
    // It runs its own wrapper twice where a shell finds node by name, with or without brood.
    ['spawn-wrap 3', spawnWrap, /^(?:there\n)+yes$/],
  ]
  const use = `const unwrap = require('brood')([${JSON.stringify(fixture('wrappers/run-main.cjs'))}], { FROM_CONTEXT: 'yes' })`
  const program = fixture('hostile/say-neighbour.cjs')
  const run = `for (const [file, args] of [[process.execPath, [${JSON.stringify(program)}]], ['sh', ['-c', 'node ${program}']]])
    console.log(JSON.stringify(require('child_process').spawnSync(file, args, { encoding: 'utf8' }).stdout.trim()))`
  for (const [name, start, expected] of neighbours) {
    for (const script of [`${start}\n${use}\n${run}`, `${use}\n${start}\n${run}`]) {
      const output = text(node, ['-e', script]).trim().split('\n')
      t.equal(output.length, 2)
      for (const line of output)
        t.match(JSON.parse(line), expected, `${name}, ${script.startsWith('const unwrap') ? 'after' : 'before'} brood`)
    }
  }
  t.end()
})

t.test('a child that is stopped goes on when it is continued', async (t) => {
  const unwrap = wrap([fixture('wrappers/run-main.cjs')], { FROM_CONTEXT: 'yes' })
  const script = fixture('hostile/answer.cjs')
  for (const [file, args] of [
    [node, [script]],
    ['sh', ['-c', `exec node ${script}`]],
  ] as const) {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGSTOP')
    const state = () => /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))?.[1]
    while (state() !== 'T') await new Promise(setImmediate)
    child.stdin.write('x')
    child.kill('SIGCONT')
    t.equal(String((await once(child.stdout, 'data'))[0]), 'yes\n', file)
    child.stdin.end()
    t.same(await once(child, 'close'), [0, null])
  }
  unwrap()
})

t.test('a shell that lives on when the wrap is taken back', async (t) => {
  for (const shell of ['sh', 'bash']) {
    const shimRoot = temporaryDirectory(t)
    const context = createContext({ env: { FROM_CONTEXT: 'yes' }, shimRoot })
    const undo = context.patch()
    // It remembers where it found node: in the directory of the shims.
    const child = spawn(shell, ['-c', `node -p '${say}'; read line; node -p '${say}'; NODE_OPTIONS= node -p '${say}'`], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', (data) => (output += data))
    child.stdout.on('data', (data) => (output += data))
    await once(child.stdout, 'data')
    undo()
    context.dispose()
    t.same(
      readdirSync(context.directory).filter((name) => name === 'context.json'),
      [],
      'it wraps nothing any more',
    )
    child.stdin.write('\n')
    t.same(await once(child, 'close'), [0, null])
    t.equal(output, 'yes\nundefined\nundefined\n', shell)
    text(node, ['-e', `require('brood').createContext({ shimRoot: ${JSON.stringify(shimRoot)} })`])
    t.same(leftIn(shimRoot), [], 'the next context removes it')
  }
})

t.test('a process that cannot read the preload any more starts its children bare', (t) => {
  const shimRoot = temporaryDirectory(t)
  const children = `
    const { execFileSync } = require('child_process')
    delete process.env.FROM_CONTEXT
    const run = (file, args) => execFileSync(file, args, { encoding: 'utf8' }).trim()
    const seen = [run(process.execPath, ['-p', '${say}']), run('sh', ['-c', 'node -p "${say}"'])]`
  const context = createContext({ env: { FROM_CONTEXT: 'yes' }, shimRoot })
  context.patch()
  const store = JSON.stringify(join(shimRoot, '.node-spawn-wrap-store'))
  t.equal(
    text(node, [
      '-e',
      `require('fs').renameSync(${store}, ${store} + '-gone'); ${children}; require('fs').renameSync(${store} + '-gone', ${store}); console.log(seen.join())`,
    ]),
    'undefined,undefined\n',
    'the store is gone',
  )
  const mock = `for (const name of Object.keys(require('fs'))) if (/Sync$/.test(name)) require('fs')[name] = () => { throw new Error('mocked') };`
  t.equal(text(node, ['-e', `${mock} ${children}; console.log(seen.join())`]), 'yes,yes\n', 'fs is mocked')
  if (canBeNobody) {
    t.equal(
      text(node, ['-e', `process.chdir('/'); process.setgid(${nobody}); process.setuid(${nobody}); ${children}; console.log(seen.join())`]),
      'undefined,undefined\n',
      'it has changed its user',
    )
  }
  context.dispose()
  t.end()
})

t.test('programs that run a command as another user', { skip: !canBeNobody && 'not root' }, (t) => {
  const commands: readonly (readonly [string, ...string[]])[] = [
    ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups', node, '-p', say],
    ['su', 'nobody', '-s', '/bin/sh', '-c', `${node} -p '${say}'`],
    ['runuser', '-u', 'nobody', '--', node, '-p', say],
    ['nice', 'setpriv', `--reuid=${nobody}`, '--clear-groups', node, '-p', say],
    ['sh', '-c', `setpriv --reuid=${nobody} --clear-groups ${node} -p '${say}'`],
    ['sh', '-c', `true && exec su nobody -s /bin/sh -c "${node} -p '${say}'"`],
    ['bash', '-c', `(nice runuser -u nobody -- ${node} -p '${say}'); echo $?`],
    ['sh', '-c', `echo "\`setpriv --reuid=${nobody} --clear-groups ${node} -p '${say}'\`"`],
  ]
  process.env.SPAWN_WRAP_SHIM_ROOT = temporaryDirectory(t)
  for (const [file, ...args] of commands) {
    const [bare, wrapped] = bareAndWrapped(() => spawnSync(file, args, { cwd: '/', encoding: 'utf8' }))
    if (bare.error !== undefined) t.pass(`skipped: no ${file} here`)
    else t.same([wrapped.status, wrapped.stdout, wrapped.stderr], [bare.status, bare.stdout, bare.stderr], args.join(' '))
  }
  delete process.env.SPAWN_WRAP_SHIM_ROOT
  t.end()
})

t.test('a wrapper main that is gone is passed over', (t) => {
  const directory = temporaryDirectory(t)
  const wrapper = join(directory, 'wrapper.cjs')
  writeFileSync(wrapper, `console.log('said'); require(${JSON.stringify(join(root, 'dist/index.cjs'))}).runMain()`)
  const unwrap = wrap([wrapper], { FROM_CONTEXT: 'yes' })
  const main = fixture('hostile/say-neighbour.cjs')
  t.equal(text(node, [main]), 'said\nyes\n')
  rmSync(wrapper)
  t.equal(text(node, [main]), 'yes\n')
  unwrap()
  t.end()
})
