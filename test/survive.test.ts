// How a root may end, what is left of it, and what goes on without it.
import './posix-only.js'
import { execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { startTimeOf } from '../lib/wrap/owner.js'
import { fixture, root, temporaryDirectory } from './support.js'
import t from './tap.js'

const node = process.execPath
const hasProc = existsSync('/proc/self/stat')
const contextsIn = (shimRoot: string) => readdirSync(shimRoot).filter((name) => /^\.node-spawn-wrap-\d/.test(name))
const environment = (shimRoot: string) => ({ ...process.env, SPAWN_WRAP_SHIM_ROOT: shimRoot })

/** The next root, which sweeps. */
function startNext(shimRoot: string): void {
  execFileSync(node, ['-e', `require('brood')({})()`], { cwd: root, env: environment(shimRoot) })
}

t.test('however a root ends, nothing is left that the next start does not sweep', async (t) => {
  const ends: readonly (readonly [name: string, script: string, isClean: boolean])[] = [
    ['the end of its work', '', true],
    ['process.exit()', 'process.exit(3)', true],
    ['process.reallyExit()', 'process.reallyExit(3)', true],
    ['an exception', `throw new Error('x')`, true],
    ['a rejection', `Promise.reject(new Error('x'))`, true],
    ['SIGTERM', `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`, true],
    ['SIGINT', `process.kill(process.pid, 'SIGINT'); setInterval(() => {}, 1000)`, true],
    ['SIGHUP', `process.kill(process.pid, 'SIGHUP'); setInterval(() => {}, 1000)`, true],
    ['SIGKILL', `process.kill(process.pid, 'SIGKILL')`, false],
    ['SIGSEGV', `process.kill(process.pid, 'SIGSEGV')`, false],
    ['abort', 'process.abort()', false],
    ...('execve' in process ? [['process.execve()', `process.execve('/bin/true', ['true'], {})`, false] as const] : []),
  ]
  for (const [name, script, isClean] of ends) {
    const shimRoot = temporaryDirectory(t)
    const options: SpawnOptions = { cwd: root, env: environment(shimRoot), stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }
    const begin = `require('brood')({}); require('fs').writeSync(3, String(require('fs').readdirSync(process.env.SPAWN_WRAP_SHIM_ROOT)));`
    const child = spawn(node, ['-e', `${begin} ${script}`], options)
    const [said] = (await once(child.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer]
    t.match(String(said), /\.node-spawn-wrap-\d+-/, 'there was a directory')
    await once(child, 'close')
    t.equal(contextsIn(shimRoot).length, isClean ? 0 : 1, name)
    startNext(shimRoot)
    // Without /proc it goes by age.
    t.equal(contextsIn(shimRoot).length, isClean || hasProc ? 0 : 1, `${name}, after the next start`)
  }
})

t.test('a root in another pid namespace that shares the home is left alone', (t) => {
  const shimRoot = temporaryDirectory(t)
  const script = `require('brood')({}); process.kill(process.pid, 'SIGKILL')`
  const { status } = spawnSync('unshare', ['-p', '-f', '--mount-proc', 'sh', '-c', '"$0" -e "$1"; exit 7', node, script], {
    cwd: root,
    env: environment(shimRoot),
  })
  if (status !== 7) {
    t.pass('skipped: no permission for a namespace of pids')
    return t.end()
  }
  const [left, ...others] = contextsIn(shimRoot)
  t.same(others, [])
  startNext(shimRoot)
  t.same(contextsIn(shimRoot), [left], 'its pid means nothing here')
  t.end()
})

/** A daemon whose root has ended. */
async function startDaemon(end: string, command: readonly string[], shimRoot: string) {
  const child = spawn(node, [fixture('trees/daemon.cjs'), end, ...command], {
    cwd: root,
    env: environment(shimRoot),
    // Node closes the stdin of a child that has ended, and the daemon's goes with it.
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  const control = child.stdio[3] as Writable
  const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  const ended = once(child, 'exit')
  const closed = once(child, 'close')
  await next()
  child.kill('SIGUSR2')
  await ended
  return {
    ask: (line: string) => {
      control.write(`${line}\n`)
      return next()
    },
    close: () => {
      control.end()
      return closed
    },
  }
}

t.test('a daemon that outlives its root goes on, and so do its later children', async (t) => {
  const byNode = [node, fixture('trees/runs-lines.cjs')]
  // A shell says no `ready` of its own. bash remembers where it has found node.
  const byShell = (shell: string) => [shell, '-c', 'node -p "\'ready\'"; while read -r line; do eval "$line"; done']
  const say = 'String(process.env.FROM_CONTEXT)'
  const commands = [`node -p '${say}'`, `NODE_OPTIONS= node -p '${say}'`, `${node} -p '${say}'`, `sh -c "node -p '${say}'"`]
  const daemons: readonly (readonly [name: string, command: readonly string[]])[] = [
    ['node', byNode],
    ['sh', byShell('sh')],
    ['bash', byShell('bash')],
  ]
  for (const end of ['exit', 'exit at once', 'unwrap', 'SIGKILL']) {
    for (const [name, command] of daemons) {
      const shimRoot = temporaryDirectory(t)
      const daemon = await startDaemon(end, command, shimRoot)
      const plain = (answer: string) => answer.replaceAll('"', '')
      const answers = async () => {
        const seen: string[] = []
        for (const line of commands) seen.push(plain(await daemon.ask(line)))
        return seen
      }
      const isCaught = end === 'unwrap' && hasProc ? 'undefined' : 'yes'
      t.same(await answers(), Array(4).fill(isCaught), `${name}, after ${end}`)
      if (hasProc) {
        startNext(shimRoot)
        t.equal(contextsIn(shimRoot).length, 1, 'its directory stays')
      }
      if (name !== 'bash') {
        for (const left of contextsIn(shimRoot)) rmSync(join(shimRoot, left), { recursive: true })
        t.same(await answers(), Array(4).fill('undefined'), `${name}, after ${end}, without the directory`)
      }
      await daemon.close()
      startNext(shimRoot)
      t.same(contextsIn(shimRoot), [], 'at last nothing is left')
    }
  }
})

t.test('`rm -rf node_modules && npm ci` in a tree whose wrapper and brood lie in node_modules', (t) => {
  const scratch = temporaryDirectory(t)
  const project = join(scratch, 'project')
  mkdirSync(project)
  const tarball = packWithWrapper(join(scratch, 'package'))
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'project', version: '1.0.0', dependencies: { brood: `file:${tarball}` } }),
  )
  const env = { ...process.env, npm_config_cache: join(scratch, 'cache'), npm_config_offline: 'true', SPAWN_WRAP_SHIM_ROOT: scratch }
  const npm = (...args: string[]) => execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: project, env })
  npm('install')
  const log = join(project, 'log')
  const script = `
    const { execSync } = require('child_process')
    const unwrap = require('brood')([require.resolve('brood/wrapper.cjs')], { LOG: ${JSON.stringify(log)} })
    const run = (text) => execSync(text, { stdio: 'inherit' })
    run('node -p 1 && node first.cjs && rm -rf node_modules && node second.cjs && npm ci --no-audit --no-fund --loglevel=error && node third.cjs')
    run('node fourth.cjs')
    unwrap()`
  for (const name of ['first', 'second', 'third', 'fourth']) writeFileSync(join(project, `${name}.cjs`), `console.log('${name}')`)
  const { stdout, stderr, status } = spawnSync(node, ['-e', script], { cwd: project, env, encoding: 'utf8' })
  t.same([status, stderr], [0, ''])
  t.same(stdout.match(/first|second|third|fourth/g), ['first', 'second', 'third', 'fourth'])
  const caught = readFileSync(log, 'utf8').trim().split('\n')
  t.same(
    caught.filter((name) => !name.startsWith('npm')),
    ['first.cjs', 'third.cjs', 'fourth.cjs'],
    'while the wrapper is gone, processes run as they are',
  )
  t.same(contextsIn(scratch), [])
  t.end()
})

/** brood as npm installs it, with a wrapper main and what it needs on this system inside. @returns the tarball */
function packWithWrapper(directory: string): string {
  for (const part of ['dist', 'shim-templates']) cpSync(join(root, part), join(directory, part), { recursive: true })
  cpSync(join(root, 'node_modules/signal-exit'), join(directory, 'node_modules/signal-exit'), { recursive: true })
  const { name, version, type, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const dependencies = { 'signal-exit': '*' }
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name, version, type, main, dependencies, bundleDependencies: ['signal-exit'] }),
  )
  writeFileSync(
    join(directory, 'wrapper.cjs'),
    `const { appendFileSync } = require('fs')
    const { basename } = require('path')
    appendFileSync(process.env.LOG, basename(process.argv[2]) + '\\n')
    require('brood').runMain()`,
  )
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory], {
    cwd: directory,
    encoding: 'utf8',
  })
  return join(directory, packed.trim().split('\n').at(-1) as string)
}

t.test('a directory stays while what was started under it runs, however that was started', { skip: !hasProc && 'no /proc' }, (t) => {
  const inWorker = `const { parentPort } = require('worker_threads'); parentPort.postMessage(require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid)`
  const ways: readonly (readonly [name: string, start: string])[] = [
    ['spawn', `context.patch(); return spawn('sleep', ['60'], options).pid`],
    ['childProcess()', `return context.childProcess().spawn('sleep', ['60'], options).pid`],
    ['environment()', `return spawn('sleep', ['60'], { ...options, env: context.environment() }).pid`],
    [
      'a Worker',
      `context.patch(); const { Worker } = require('worker_threads'); return new Promise((resolve) => new Worker(${JSON.stringify(inWorker)}, { eval: true }).on('message', resolve))`,
    ],
  ]
  for (const [name, start] of ways) {
    const shimRoot = temporaryDirectory(t)
    const script = `
      const { spawn } = require('child_process')
      const options = { detached: true, stdio: 'ignore' }
      const context = require('brood').createContext({})
      const start = async () => { ${start} }
      start().then((pid) => {
        context.dispose()
        console.log(pid)
        process.exit()
      })`
    const sleeper = Number(execFileSync(node, ['-e', script], { cwd: root, env: environment(shimRoot), encoding: 'utf8' }))
    startNext(shimRoot)
    t.equal(contextsIn(shimRoot).length, 1, name)
    process.kill(sleeper)
    // It is nobody's child here, so there is no event.
    while (startTimeOf(sleeper) !== undefined) startNext(shimRoot)
    startNext(shimRoot)
    t.same(contextsIn(shimRoot), [])
  }
  t.end()
})
