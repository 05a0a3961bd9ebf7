import '../posix-only.js'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import wrap, { createContext } from 'brood'
import { fixture, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const wrapper = fixture('wrappers/say-and-run.cjs')
const say = fixture('trees/say.cjs')

t.test('the store outlives the wrap, is made once, and is mended', (t) => {
  const shimRoot = temporaryDirectory(t)
  const context = createContext({ shimRoot })
  context.dispose()
  t.same(readdirSync(shimRoot), ['.node-spawn-wrap-store'])
  const folder = join(shimRoot, '.node-spawn-wrap-store')
  const [hash] = readdirSync(folder)
  const preload = join(folder, hash as string, 'preload.cjs')
  t.same(readdirSync(join(folder, hash as string)), [
    'exclude.cjs',
    'imports.mjs',
    'preload-main.cjs',
    'preload.cjs',
    'record.cjs',
    'restore.cjs',
    'route.cjs',
    'secrets.cjs',
    'thread.cjs',
    'visible.cjs',
    'wrapper-main.cjs',
  ])
  t.equal(readFileSync(preload, 'utf8'), readFileSync(join(root, 'dist/preload.cjs'), 'utf8'))
  const { ino } = statSync(preload)
  createContext({ shimRoot }).dispose()
  t.equal(statSync(preload).ino, ino, 'it is not written again')
  writeFileSync(preload, 'torn')
  createContext({ shimRoot }).dispose()
  t.not(readFileSync(preload, 'utf8'), 'torn')
  t.end()
})

t.test('the names by which a wrapper main reaches this copy of brood', (t) => {
  const project = temporaryDirectory(t)
  const namesFrom = (main: string) => {
    const context = createContext({ main, shimRoot: project })
    const { libraryNames } = JSON.parse(readFileSync(join(context.directory, 'context.json'), 'utf8')) as { libraryNames: string[] }
    context.dispose()
    return libraryNames
  }
  const entry = join(root, 'dist/index.cjs')
  t.same(namesFrom(wrapper), ['brood', 'spawn-wrap', entry], 'in the package itself')
  const make = (path: string, text = '') => {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text)
    return join(project, path)
  }
  const main = make('a/wrapper.js')
  t.same(namesFrom(main), [entry], 'where it is not installed')
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(root, join(project, 'node_modules/spawn-wrap'))
  t.same(namesFrom(main), ['spawn-wrap', entry], 'in the place of spawn-wrap')
  symlinkSync(main, join(project, 'link.js'))
  t.same(namesFrom(join(project, 'link.js')), ['spawn-wrap', entry], 'by a symbolic link')
  make('a/node_modules/spawn-wrap/index.js', '')
  t.same(namesFrom(main), [entry], 'where another one is nearer')
  t.end()
})

t.test('who may read and write what', (t) => {
  const shimRoot = temporaryDirectory(t)
  const before = process.umask(0)
  const context = createContext({ shimRoot, env: { TOKEN: 'secret' } })
  process.umask(before)
  const mode = (...path: string[]) => (statSync(join(context.directory, ...path)).mode & 0o777).toString(8)
  t.same([mode(), mode('context.json'), mode('node')], ['700', '600', '700'])
  context.dispose()
  t.end()
})

t.test('a process that outlives the wrap goes on, and so do its children, bare', async (t) => {
  process.env.SPAWN_WRAP_SHIM_ROOT = temporaryDirectory(t)
  const unwrap = wrap([wrapper, 'said'])
  const script = `
    process.stdin.once('data', () => {
      const { execFileSync } = require('node:child_process')
      console.log(String(execFileSync('node', [${JSON.stringify(say)}, 'by name'])))
      console.log(String(execFileSync('sh', ['-c', 'NODE_OPTIONS= node ${say} "by shell"'])))
      process.exit()
    })
    console.log('ready')`
  const daemon = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(daemon.stdout, 'data')
  unwrap()
  let output = ''
  daemon.stdout.on('data', (text) => {
    output += text
  })
  daemon.stdin.write('go')
  await once(daemon, 'close')
  t.equal(output, 'by name\n\nby shell\n\n')
})

t.test('a process whose context or store is gone runs as it is', (t) => {
  const shimRoot = temporaryDirectory(t)
  process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot
  const unwrap = wrap([wrapper, 'said'])
  const directory = readdirSync(shimRoot).find((name) => !name.endsWith('-store'))
  rmSync(join(shimRoot, directory as string, 'context.json'))
  t.equal(execFileSync(process.execPath, [say, 'bare'], { encoding: 'utf8' }), 'bare\n')
  t.equal(execFileSync('sh', ['-c', `NODE_OPTIONS= node ${say} bare`], { encoding: 'utf8' }), 'bare\n')
  unwrap()
  t.end()
})

t.test(
  'a child of another user is left alone',
  { skip: process.getuid?.() === 0 ? false : 'only root starts children of other users' },
  (t) => {
    process.env.SPAWN_WRAP_SHIM_ROOT = temporaryDirectory(t)
    const unwrap = wrap({ FROM_CONTEXT: 'yes' })
    const env = { PATH: process.env.PATH }
    t.equal(
      execFileSync(process.execPath, ['-p', 'process.env.FROM_CONTEXT'], { uid: 65534, gid: 65534, cwd: '/', env, encoding: 'utf8' }),
      'undefined\n',
    )
    unwrap()
    t.end()
  },
)
