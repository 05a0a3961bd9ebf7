import '../posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import brood from 'brood'
import { fixture, observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot

const wrapper = fixture('wrappers/say-and-run.cjs')
const directories = () => readdirSync(shimRoot).filter((name) => /^\.node-spawn-wrap-\d/.test(name))
const node = (args: readonly string[], options = {}) => execFileSync(process.execPath, args, { encoding: 'utf8', cwd: root, ...options })
const lines = (text: string) => text.trim().split('\n')
const parse = (text: string) => lines(text).map((line) => JSON.parse(line))

const unwraps: (() => void)[] = []
const wrap = ((...args: Parameters<typeof brood>) => {
  const unwrap = brood(...args)
  unwraps.push(unwrap)
  return unwrap
}) as typeof brood

t.afterEach(() => {
  for (const unwrap of unwraps) unwrap()
  if (directories().length > 0) throw new Error(`left behind: ${directories().join()}`)
})

t.test('argv and env, either or both', (t) => {
  const env = fixture('programs/env.cjs')
  for (const [args, expected] of [
    [
      [[wrapper, 'said'], { FROM_CONTEXT: 'yes' }],
      ['said', 'yes'],
    ],
    [[[wrapper, 'said']], ['said', undefined]],
    [[{ FROM_CONTEXT: 'yes' }], [undefined, 'yes']],
    [
      [undefined, { FROM_CONTEXT: 'yes' }],
      [undefined, 'yes'],
    ],
    [
      [[], { FROM_CONTEXT: 'yes' }],
      [undefined, 'yes'],
    ],
    [
      [null, { FROM_CONTEXT: 'yes' }],
      [undefined, 'yes'],
    ],
  ] as [Parameters<typeof brood>, [string | undefined, string | undefined]][]) {
    const unwrap = wrap(...args)
    const output = lines(node([env]))
    unwrap()
    const said = output.length > 1 ? output.shift() : undefined
    t.same([said, Object.fromEntries(JSON.parse(output[0] as string)).FROM_CONTEXT], expected, JSON.stringify(args))
  }
  t.end()
})

t.test('unwrap restores everything, once', (t) => {
  const bindings = process as unknown as { binding(name: string): { spawn: unknown; Process: { prototype: { spawn: unknown } } } }
  const functions = () => [bindings.binding('spawn_sync').spawn, bindings.binding('process_wrap').Process.prototype.spawn]
  const counts = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
  const before = [functions(), counts()]
  const unwrap = wrap([wrapper, 'said'])
  t.notSame(functions(), before[0])
  t.equal(directories().length, 1)
  unwrap()
  t.same(directories(), [])
  t.same(functions(), before[0])
  t.same(counts(), before[1])
  const other = wrap([wrapper, 'other'])
  unwrap()
  t.equal(lines(node([fixture('programs/argv.cjs')]))[0], 'other', 'a second call does nothing to another wrap')
  other()
  t.end()
})

t.test('a later foreign patch keeps working when the wrap below it is taken back', (t) => {
  const binding = (process as unknown as { binding(name: string): { spawn: (...args: unknown[]) => unknown } }).binding('spawn_sync')
  const original = binding.spawn
  const unwrap = wrap([wrapper, 'said'])
  const ours = binding.spawn
  let calls = 0
  binding.spawn = (...args) => {
    calls++
    return ours(...args)
  }
  t.equal(lines(node([fixture('programs/argv.cjs')]))[0], 'said')
  unwrap()
  t.not(lines(node([fixture('programs/argv.cjs')]))[0], 'said')
  t.equal(calls, 2)
  binding.spawn = original
  t.end()
})

t.test('the wrapper main sees itself as the main, with the program behind its arguments', (t) => {
  const main = fixture('programs/argv.cjs')
  const path = fixture('wrappers/describe.cjs')
  const unwrap = wrap([path, 'a b', '--flag'])
  const [seen, program] = parse(node([main, 'x', '-y']))
  unwrap()
  t.same(seen, { wrapper: [path, 'a b', '--flag', main, 'x', '-y'], main: true, mainModule: true, id: '.' })
  t.same(program.argv, [process.execPath, main, 'x', '-y'])

  const module = fixture('wrappers/describe.mjs')
  const unwrapModule = wrap([module])
  const [inModule, programUnderModule] = parse(node([main, 'x']))
  unwrapModule()
  t.same([inModule.wrapper, inModule.mainModule], [[module, main, 'x'], false])
  t.not(inModule.main, false, 'import.meta.main, where Node has it')
  t.same(programUnderModule.argv, [process.execPath, main, 'x'])
  t.end()
})

t.test('a wrapper main in TypeScript, where Node runs it', (t) => {
  if (!(process.features as { typescript?: unknown }).typescript) {
    t.pass(`skipped: Node ${process.version} does not run TypeScript`)
    return t.end()
  }
  const main = fixture('programs/argv.cjs')
  const unwrap = wrap([fixture('wrappers/describe.ts'), 'arg'])
  t.same(parse(node([main]))[0].wrapper, [fixture('wrappers/describe.ts'), 'arg', main])
  unwrap()
  t.end()
})

t.test('a wrapper main named relatively, and without its extension', (t) => {
  writeFileSync(join(shimRoot, 'by-name.js'), `require(${JSON.stringify(wrapper)})`)
  const unwrap = wrap([relative(process.cwd(), join(shimRoot, 'by-name')), 'said'])
  t.equal(lines(node([fixture('programs/argv.cjs')], { cwd: '/' }))[0], 'said')
  unwrap()
  t.end()
})

t.test('hand-over, in every way a wrapper may do it', (t) => {
  const main = fixture('programs/argv.cjs')
  const run = (name: string) => {
    const unwrap = wrap([fixture(`wrappers/${name}`), 'arg'])
    try {
      return lines(node([main, 'x']))
    } finally {
      unwrap()
    }
  }
  t.same(JSON.parse(run('run-later.cjs')[0] as string).argv.slice(1), [main, 'x'])
  t.same(JSON.parse(run('change-argv.cjs')[0] as string).argv.slice(1), [main, 'changed'])
  t.equal(run('run-twice.cjs')[1], 'ERR_BROOD_NOT_WRAPPED')
  t.same(run('whole-library.cjs')[0], 'function function true')
  t.same(run('replace.cjs'), [JSON.stringify({ mock: ['arg', main, 'x'] })], 'a wrapper that does not hand over replaces the program')
  t.end()
})

t.test('processes without a main script run as they are, with the environment, and wrap their children', (t) => {
  const unwrap = wrap([wrapper, 'said'], { FROM_CONTEXT: 'yes' })
  const child = `console.log(process.env.FROM_CONTEXT, require('child_process').execFileSync('node', ['${fixture('trees/say.cjs')}', 'child']).toString())`
  const expected = 'yes said\nchild\n\n'
  t.equal(node(['-e', child]), expected)
  t.equal(node(['-'], { input: child }), expected)
  t.equal(node([], { input: child }), expected)
  t.match(node(['-i'], { input: `${child}\n` }), expected)
  unwrap()
  t.end()
})

t.test('flags of node for every child', (t) => {
  const preload = join(shimRoot, 'preload with space.cjs')
  const hook = join(shimRoot, 'hook.mjs')
  writeFileSync(preload, 'globalThis.preloaded = (globalThis.preloaded ?? 0) + 1')
  writeFileSync(hook, 'globalThis.imported = process.argv.length')
  const main = join(shimRoot, 'flags.cjs')
  // A flag of V8 itself: `%IsSmi` is a syntax error without it.
  const natives = "(() => { try { return new Function('return %IsSmi(1)')() } catch { return false } })()"
  writeFileSync(
    main,
    `console.log(JSON.stringify([globalThis.preloaded, globalThis.imported, ${natives}, process.execArgv, process.env.NODE_OPTIONS]))`,
  )
  const unwrap = wrap(['--use_strict', '--allow-natives-syntax', '-r', preload, '--import', hook, '--no-warnings'])
  const direct = JSON.parse(node([main]))
  const byShell = JSON.parse(execFileSync('sh', ['-c', `node ${main}`], { encoding: 'utf8' }))
  const byEmptied = JSON.parse(execFileSync('node', [main], { env: { PATH: process.env.PATH }, encoding: 'utf8' }))
  unwrap()
  for (const seen of [direct, byShell, byEmptied]) t.same(seen, [1, 2, true, [], null])
  t.end()
})

t.test('1: a wrap made inside a wrapped process', (t) => {
  t.equal(lines(node([fixture('trees/nested.cjs')])).join(' '), 'main first parent first second child')
  t.end()
})

t.test('2: two wraps in one process, taken back in either order', (t) => {
  const run = (...order: string[]) => lines(node([fixture('trees/twice.cjs'), ...order])).join(' ')
  const both = 'main outer inner parent outer inner child'
  t.equal(run('outer', 'inner'), `${both} - outer inner parent inner child - inner parent child`)
  t.equal(run('inner', 'outer'), `${both} - inner outer parent outer child - outer parent child`)
  t.end()
})

t.test('3: signals reach the program and its exit hooks, and come back', async (t) => {
  const script = fixture('scripts/env-node')
  const unwrap = wrap([fixture('wrappers/exit-hook.cjs')])
  for (const [file, args] of [
    [process.execPath, [script, '--wait']],
    ['node', [script, '--wait']],
    ['bash', ['-c', 'exec node "$0" --wait', script]],
    ['sh', ['-c', 'exec node "$0" --wait', script]],
    [script, ['--wait']],
  ] as [string, string[]][]) {
    const { spawn } = await import('node:child_process')
    const child = spawn(file, args)
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    child.stdout.once('data', () => child.kill('SIGHUP'))
    const ended = await new Promise((resolve) => child.on('close', (...how) => resolve(how)))
    t.same(ended, [null, 'SIGHUP'], file)
    t.same(JSON.parse(stderr), [null, 'SIGHUP'], file)
  }
  const handled = await observe('node', [fixture('programs/handle-signal.cjs'), 'SIGINT'])
  t.same([handled.code, handled.signal], [0, null])
  unwrap()
})

t.test('5: an npm stub that starts the node beside it', (t) => {
  const bin = join(shimRoot, 'a bin')
  mkdirSync(bin)
  symlinkSync(process.execPath, join(bin, 'node'))
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\n"exec" "`dirname "$0"`/node" "$0" "$@"\nconsole.log(process.argv.slice(2))\n')
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\nexec "\`dirname "$0"\`/node" ${fixture('programs/argv.cjs')} "$@"\n`)
  chmodSync(join(bin, 'npm'), 0o755)
  const unwrap = wrap([wrapper, 'said'])
  const env = { PATH: `${bin}:/usr/bin:/bin` }
  t.equal(lines(execFileSync('npm', ['x'], { env, encoding: 'utf8' }))[0], 'said')
  t.equal(
    lines(execFileSync('sh', ['-c', 'unset NODE_OPTIONS; npm x'], { env, encoding: 'utf8' }))[0],
    'said',
    'its shim restores what was lost',
  )
  unwrap()
  t.end()
})

t.test('6: a tree that starts itself, and an override that reaches its subtree only', (t) => {
  const log = join(shimRoot, 'fibonacci.log')
  const unwrap = wrap([fixture('wrappers/run-main.cjs')], { FROM_CONTEXT: 'yes' })
  t.equal(node([fixture('trees/fibonacci.cjs'), '4'], { env: { ...process.env, FIBONACCI_LOG: log } }), '3\n')
  const four = parse(readFileSync(log, 'utf8'))
  t.equal(four.length, 9, 'nine processes')
  t.equal(new Set(four.map(({ pid }) => pid)).size, 9)
  t.equal(four.filter(({ ppid }) => four.some(({ pid }) => pid === ppid)).length, 8, 'eight descendants')
  t.ok(four.every(({ context }) => context === 'yes'))

  writeFileSync(log, '')
  t.equal(node([fixture('trees/fibonacci.cjs'), '5'], { env: { ...process.env, FIBONACCI_LOG: log } }), '5\n')
  const five = parse(readFileSync(log, 'utf8'))
  t.equal(five.length, 15)
  t.equal(five.filter(({ tag, context }) => tag === 'left' && context === 'overridden').length, 9, 'the left subtree')
  t.equal(five.filter(({ tag, context }) => tag === undefined && context === 'yes').length, 6, 'the rest')
  unwrap()
  t.end()
})

t.test('7: a shim root with blanks, quotes, backslashes, $(), newline and non-ASCII', (t) => {
  const odd = join(shimRoot, `odd 'x' "y" \\ $(touch pwned) \`z\`\nnew line ü %PATH% !`)
  mkdirSync(odd)
  process.env.SPAWN_WRAP_SHIM_ROOT = odd
  const unwrap = wrap([wrapper, `it's "odd" $(touch pwned)`], { FROM_CONTEXT: 'yes' })
  const main = fixture('trees/say.cjs')
  const expected = `it's "odd" $(touch pwned)\nchild\n`
  t.equal(node([main, 'child']), expected)
  t.equal(execFileSync('sh', ['-c', `NODE_OPTIONS= node ${main} child`], { encoding: 'utf8' }), expected)
  t.equal(execFileSync('sh', ['-c', `node ${main} child`], { encoding: 'utf8', env: {} }), expected)
  t.match(readdirSync(odd), [/^\.node-spawn-wrap-\d+-/, '.node-spawn-wrap-store'])
  unwrap()
  process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot
  t.same(readdirSync(odd), ['.node-spawn-wrap-store'])
  t.notOk(existsSync('pwned'))
  t.end()
})

t.test('children all the way down, with an empty environment', (t) => {
  const unwrap = wrap([fixture('wrappers/run-main.cjs')], { FROM_CONTEXT: 'yes' })
  const seen = parse(node([fixture('trees/depth.cjs'), '4'], { env: {} }))
  unwrap()
  t.same(
    seen,
    [4, 3, 2, 1, 0].map((left) => [left, 'yes', ['FROM_CONTEXT']]),
  )
  t.end()
})

t.test('foreign programs: the variables come back through the shims', (t) => {
  const main = fixture('trees/say.cjs')
  const unwrap = wrap([wrapper, 'said'])
  for (const text of [
    `NODE_OPTIONS= node ${main} child`,
    `NODE_OPTIONS=--no-warnings node ${main} child`,
    `unset NODE_OPTIONS; node ${main} child`,
    `env -u NODE_OPTIONS node ${main} child`,
    `env -u BROOD_CONTEXT node ${main} child`,
    `env -u BROOD_CONTEXT ${process.execPath} ${main} child`,
    `PATH="/nowhere:$PATH" node ${main} child`,
    `(exec node ${main} child)`,
    `PATH=${dirname(process.execPath)} node ${main} child`,
  ]) {
    t.equal(execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' }), 'said\nchild\n', text)
  }
  unwrap()
  t.end()
})

t.test('SPAWN_WRAP_DEBUG says what is done and keeps the shims; no user code sees it', (t) => {
  const secret = 'do-not-show-this-value'
  const script = `
    const unwrap = require('brood')([${JSON.stringify(wrapper)}, 'said'], { TOKEN: ${JSON.stringify(secret)} })
    const options = { env: { PATH: process.env.PATH, PASSWORD: ${JSON.stringify(secret)} }, stdio: 'inherit' }
    require('child_process').spawnSync('node', [${JSON.stringify(fixture('programs/env.cjs'))}], options)
    require('child_process').spawnSync('node', ['-e', 'require("child_process").spawnSync("true")'], options)
    unwrap()
    const rest = require('child_process').spawnSync('node', [${JSON.stringify(fixture('trees/say.cjs'))}, 'bare'], { stdio: 'inherit' })`
  const { stdout, stderr, pid } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    cwd: root,
    env: { PATH: process.env.PATH, SPAWN_WRAP_DEBUG: '1', SPAWN_WRAP_SHIM_ROOT: shimRoot },
  })
  const [said, env, bare] = lines(stdout)
  t.equal(said, 'said')
  t.same(Object.keys(Object.fromEntries(JSON.parse(env as string))), ['PATH', 'PASSWORD', 'TOKEN'])
  t.equal(bare, 'bare', 'what is kept wraps nothing')
  const debugged = lines(stderr)
  t.ok(
    debugged.every((line) => /^SW \d+: /.test(line)),
    'every line has its prefix',
  )
  t.equal(new Set(debugged.map((line) => line.split(':')[0])).size, 3, 'root and children speak')
  t.ok(debugged.some((line) => line.startsWith(`SW ${pid}: spawn`)))
  t.ok(
    debugged.some((line) => line.includes(': spawn') && !line.startsWith(`SW ${pid}:`)),
    'a child whose environment does not say so, too',
  )
  for (const step of ['shim root', 'context', 'patched', 'preload', 'wrapper main', 'runMain', 'directory kept']) {
    t.ok(
      debugged.some((line) => line.includes(`: ${step}`)),
      step,
    )
  }
  t.notMatch(stderr, secret)
  const [kept, ...others] = directories()
  t.same(others, [])
  t.ok(existsSync(join(shimRoot, kept as string, 'node')))
  execFileSync('rm', ['-r', join(shimRoot, kept as string)])
  t.end()
})

t.test('SPAWN_WRAP_SHIM_ROOT reaches wraps made in children, and no user code sees it', (t) => {
  const script = `
    const unwrap = require(${JSON.stringify(join(root, 'dist/index.cjs'))})({})
    console.log(JSON.stringify([process.env.SPAWN_WRAP_SHIM_ROOT, require('fs').readdirSync(${JSON.stringify(shimRoot)}).length]))
    unwrap()`
  const unwrap = wrap({})
  const before = readdirSync(shimRoot).length
  t.same(JSON.parse(execFileSync(process.execPath, ['-e', script], { env: {}, encoding: 'utf8' })), [null, before + 1])
  unwrap()
  t.end()
})

t.test('the directory goes with the process, however it ends', (t) => {
  const ends = ['process.exit(3)', 'throw 1', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", '']
  for (const end of ends) {
    const script = `require('brood')({}); if (require('fs').readdirSync(${JSON.stringify(shimRoot)}).length < 2) throw 'no directory'; ${end}`
    spawnSync(process.execPath, ['-e', script], { cwd: root })
    t.same(directories(), [], end || 'at its end')
  }
  t.end()
})

t.test('beside process-on-spawn, which patches the same functions', (t) => {
  const script = `
    require('process-on-spawn').addListener(({ env }) => { env.FROM_LISTENER = 'yes' })
    const unwrap = require('brood')([${JSON.stringify(wrapper)}, 'said'])
    const { execFileSync } = require('child_process')
    console.log(String(execFileSync('node', [${JSON.stringify(fixture('programs/env.cjs'))}], { env: { PATH: process.env.PATH } })))
    unwrap()
    console.log(String(execFileSync('node', [${JSON.stringify(fixture('programs/env.cjs'))}], { env: { PATH: process.env.PATH } })))`
  const seen = lines(node(['-e', script])).filter(Boolean)
  t.equal(seen[0], 'said')
  t.same(Object.keys(Object.fromEntries(JSON.parse(seen[1] as string))), ['PATH', 'FROM_LISTENER'])
  t.same(Object.keys(Object.fromEntries(JSON.parse(seen[2] as string))), ['PATH', 'FROM_LISTENER'])
  t.end()
})
