// Each function of Node that starts a process, called by the root and by its children.
import cp, { type ChildProcess, type SpawnSyncReturns } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { fixture, root } from '../support.js'
import { node, type Outcome, path, type Surroundings, say, script, since, type Way, way } from './way.js'

/** These were taken before anything was wrapped. */
const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = cp
const prototypeSpawn = Reflect.get(cp.ChildProcess.prototype, 'spawn') as (this: unknown, options: object) => void

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const outcome = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      outcome[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...outcome, code }))
  })
}

const ended = ({ stdout, stderr, status }: SpawnSyncReturns<string>): Outcome => ({ stdout, stderr, code: status })
const text = (stdout: string): Outcome => ({ stdout, stderr: '', code: 0 })
const utf8 = (options: Surroundings) => ({ ...options, encoding: 'utf8' as const })

const inTheRoot: readonly Way[] = [
  way('spawn', (options) => outcomeOf(spawn('node', [say, 'child'], options))),
  way('spawn, by absolute path', (options) => outcomeOf(spawn(node, [say, 'child'], options))),
  way('spawn, with a shell', (options) => outcomeOf(spawn(`node "${say}" child`, { ...options, shell: true }))),
  way('spawn, with a shell of its own', (options) => outcomeOf(spawn(`node "${say}" child`, { ...options, shell: '/bin/bash' })), {
    needs: ['bash'],
  }),
  way('spawn, detached', (options) => outcomeOf(spawn('node', [say, 'child'], { ...options, detached: true }))),
  way('spawn, with another argv0', (options) => outcomeOf(spawn(node, [say, 'child'], { ...options, argv0: 'somebody' }))),
  way('spawn, with an empty environment', ({ cwd }) => outcomeOf(spawn(node, [say, 'child'], { cwd, env: {} }))),
  way('spawn, with PATH alone', ({ cwd }) => outcomeOf(spawn('node', [say, 'child'], { cwd, env: { PATH: path } }))),
  way('spawn, with NODE_OPTIONS alone', ({ cwd }) =>
    outcomeOf(spawn(node, [say, 'child'], { cwd, env: { NODE_OPTIONS: '--no-warnings' } })),
  ),
  way('spawn, relative to a working directory', ({ env }) => outcomeOf(spawn('./node', [say, 'child'], { env, cwd: dirname(node) }))),
  way('spawn, with frozen options', (options) =>
    outcomeOf(spawn('node', Object.freeze([say, 'child']), Object.freeze({ ...options, env: Object.freeze({ ...options.env }) }))),
  ),
  way('spawn, with an argument that is no string', (options) =>
    outcomeOf(spawn('node', [say, { toString: () => 'child' }] as readonly unknown[] as readonly string[], options)),
  ),
  way('spawnSync', (options) => ended(spawnSync('node', [say, 'child'], utf8(options)))),
  way('exec', (options) => outcomeOf(exec(`node "${say}" child`, options))),
  way('execSync', (options) => text(execSync(`node "${say}" child`, utf8(options)))),
  way('execFile', (options) => outcomeOf(execFile('node', [say, 'child'], options))),
  way('execFileSync', (options) => text(execFileSync('node', [say, 'child'], utf8(options)))),
  way('fork', (options) => outcomeOf(fork(say, ['child'], { ...options, execPath: node, execArgv: [], silent: true }))),
  way('fork, with flags and an empty environment', ({ cwd }) =>
    outcomeOf(fork(say, ['child'], { cwd, env: {}, execPath: node, execArgv: ['--no-warnings'], silent: true })),
  ),
  way('exec, promisified', async (options) => ({ ...(await promisify(exec)(`node "${say}" child`, options)), code: 0 })),
  way('execFile, promisified', async (options) => ({ ...(await promisify(execFile)('node', [say, 'child'], options)), code: 0 })),
  way("ChildProcess's own spawn", ({ cwd }) => {
    const child = new (cp.ChildProcess as unknown as new () => ChildProcess)()
    prototypeSpawn.call(child, { file: node, args: [node, say, 'child'], cwd, envPairs: [`PATH=${path}`], stdio: 'pipe' })
    return outcomeOf(child)
  }),
]

const inAChild = (name: string, body: string, expectation = {}): Way =>
  way(`in a child: ${name}`, [node, '-e', script(body)], { processes: 2, mains: 1, ...expectation })

const wrapAfterwards = `
  const { execFileSync } = cp
  const unwrap = require(${JSON.stringify(`${root}/dist/index.cjs`)})({ A: '1' })
  execFileSync(node, [say, 'child'], inherit)
  unwrap()`

const inChildren: readonly Way[] = [
  inAChild('spawn', "cp.spawn('node', [say, 'child'], inherit)"),
  inAChild('spawnSync, with an empty environment', "cp.spawnSync(node, [say, 'child'], { ...inherit, env: {} })"),
  inAChild('exec', "cp.exec('node ' + JSON.stringify(say) + ' child').stdout.pipe(process.stdout)"),
  inAChild(
    'execSync, with PATH alone',
    "cp.execSync('node ' + JSON.stringify(say) + ' child', { ...inherit, env: { PATH: process.env.PATH } })",
  ),
  inAChild('fork', "cp.fork(say, ['child'])"),
  inAChild('a function taken before wrap() was called', wrapAfterwards, { skip: since(20, 19) }),
  inAChild(
    'promisified exec',
    "require('util').promisify(cp.exec)('node ' + JSON.stringify(say) + ' child').then((r) => process.stdout.write(r.stdout))",
  ),
  inAChild('import() of child_process', "import('node:child_process').then((m) => m.execFileSync(node, [say, 'child'], inherit))"),
  inAChild('process.env changed before', "process.env.NODE_OPTIONS = '--no-warnings'; cp.execFileSync(node, [say, 'child'], inherit)"),
  inAChild(
    'process.env emptied before',
    "for (const name in process.env) delete process.env[name]; cp.execFileSync(node, [say, 'child'], inherit)",
  ),
  inAChild('process.env replaced', "process.env = { PATH: '/nowhere' }; cp.execFileSync(node, [say, 'child'], inherit)"),
  inAChild('another working directory', "process.chdir('/'); cp.execFileSync('node', [say, 'child'], inherit)"),
  way('cluster', [node, fixture('programs/cluster.cjs')], { processes: 2, stdout: /primary/ }),
  way('four deep', [node, say, 'one', 'two', 'three', 'four'], { processes: 4, stdout: 'one\ntwo\nthree\nfour\n' }),
  way('four deep, each with an empty environment', [node, fixture('trees/depth.cjs'), '3'], {
    processes: 4,
    stdout: /^(?:\[\d,.*\n){4}$/,
  }),
  way('many at once', [node, '-e', script("for (let i = 0; i < 8; i++) cp.spawn('node', [say, 'child'], inherit)")], {
    processes: 9,
    mains: 8,
    stdout: 'child\n'.repeat(8),
  }),
  way(
    'an ES module with named imports',
    [
      node,
      '--input-type=module',
      '-e',
      `import { execFileSync } from 'node:child_process'; execFileSync('node', [${JSON.stringify(say)}, 'child'], { stdio: 'inherit' })`,
    ],
    { processes: 2, mains: 1 },
  ),
]

export const apis: readonly Way[] = [...inTheRoot, ...inChildren]
