import '../posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext } from 'brood'
import { shellDefaultPath } from '../../lib/wrap/find-program.js'
import { fillShims, quoteForShell, type ShimSource } from '../../lib/wrap/shims.js'
import { root, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const read = (name: string) => readFileSync(join(root, 'shim-templates', name), 'utf8')
const source: ShimSource = {
  directory: '/root/.node-spawn-wrap-1-x',
  chain: ['/root/.node-spawn-wrap-1-x'],
  nodeOptions: [],
  nodeFlags: [],
  preload: '/store/preload.cjs',
  node: '/usr/bin/node',
  npm: '/usr/bin/npm',
}
const fill = (changes: Partial<ShimSource>, windows = false) =>
  fillShims({ ...source, ...changes }, [], 'C:\\brood\\foreground.cjs', read, windows)
const names = (changes: Partial<ShimSource>, windows = false) => fill(changes, windows).map(({ name }) => name)

t.same(names({}), ['node', 'npm'])
t.same(names({ npm: undefined }), ['node'], 'there is no npm to stand in for')
t.same(names({ node: '/opt/electron' }), ['node', 'electron', 'npm'], "the root's own name")
t.same(names({ node: 'C:\\Program Files\\nodejs\\node.exe', npm: 'C:\\nodejs\\npm.cmd' }, true), ['node.cmd', 'npm.cmd'])
t.same(names({ node: 'C:\\Tools\\My-Node.EXE' }, true), ['node.cmd', 'my-node.cmd', 'npm.cmd'])

t.same(names({ replace: { git: '/mock.js', 'a b': '/x' } }), ['node', 'npm', 'git', 'a b'], 'programs that are replaced')
t.same(names({ replace: { git: 'C:\\mock.js' } }, true), ['node.cmd', 'npm.cmd', 'git.cmd'])

t.test('every placeholder is filled, and no value is looked at again', (t) => {
  for (const windows of [false, true]) {
    for (const { name, text } of fill(
      { directory: '/@NAME@', nodeFlags: ['--harmony', '--title=@NODE@'], replace: { git: '/@NAME@' } },
      windows,
    )) {
      t.notMatch(text.replaceAll('/@NAME@', '').replaceAll('--title=@NODE@', ''), /@[A-Z_]+@/, name)
    }
  }
  t.end()
})

t.test('a .cmd shim on Windows', (t) => {
  const [shim] = fill({ node: 'C:\\100% nodejs\\node.exe', nodeFlags: ['--harmony'] }, true)
  t.same((shim?.text ?? '').split('\r\n'), [
    '@echo off',
    'rem brood stands in for node on PATH. Windows has no exec: the real node runs as a child, through foreground-child.',
    'setlocal',
    'set "BROOD_SHIM_DIRECTORY=%~dp0"',
    '"C:\\100%% nodejs\\node.exe" "C:\\brood\\foreground.cjs" node "--harmony" %*',
    'exit /b %errorlevel%',
    '',
  ])
  // Which script runs in its place, the context's snapshot says.
  const git = fill({ nodeFlags: ['--harmony'], replace: { git: 'C:\\mock.js' } }, true).at(-1)
  t.match(git?.text, '\r\n"/usr/bin/node" "C:\\brood\\foreground.cjs" git %*\r\n')
  t.end()
})

t.test('words for a shell', (t) => {
  for (const word of ['plain', '', 'a b', "it's", '"', '$HOME', '`id`', '\\', 'a\nb', '*', '~', '--x=y', 'ü', '!']) {
    t.equal(spawnSync('sh', ['-c', `printf %s ${quoteForShell(word)}`], { encoding: 'utf8' }).stdout, word)
  }
  t.end()
})

t.test("what is left of brood's variables for a mock", (t) => {
  const scratch = temporaryDirectory(t)
  const directory = join(scratch, `.node-spawn-wrap-1-'x`)
  const older = join(scratch, '.node-spawn-wrap-2-older')
  const foreign = join(scratch, '.node-spawn-wrap-3-foreign')
  const bin = join(scratch, 'bin')
  for (const made of [directory, older, foreign, bin]) mkdirSync(made)
  for (const made of [directory, older]) writeFileSync(join(made, 'owner.json'), '{}')
  writeFileSync(join(directory, 'context.json'), '{}')
  const show =
    '#!/bin/sh\necho "$0"\nfor a; do echo "<$a>"; done\nfor v in PATH NODE_OPTIONS BROOD_CONTEXT BROOD_SHIM BROOD_REPLACED; do /usr/bin/printenv $v || echo none; done\n'
  const node = join(scratch, 'a node')
  writeFileSync(node, show, { mode: 0o755 })
  const preload = '/pre "load".cjs'
  const shims = fillShims({ ...source, directory, chain: [directory], preload, node, replace: { tool: '/mo ck.js' } }, [], '', read, false)
  writeFileSync(join(directory, 'tool'), shims.find(({ name }) => name === 'tool')?.text ?? '', { mode: 0o755 })
  const tool = join(bin, 'tool')
  for (const made of [tool, join(older, 'tool')]) writeFileSync(made, '#!/bin/sh\necho "real $*"\n', { mode: 0o755 })

  const ours = '--require "/pre \\"load\\".cjs"'
  const several = `${ours} --require "/back\\\\slash" --x`
  const carrying = (nodeOptions: string) =>
    JSON.stringify({ contexts: [older, directory], inherited: 0, nodeOptions, trace: '"nodeOptions":"' })
  const first = { PATH: `${directory}:${bin}:/bin` }
  const [none, rest] = ['none', `${bin}:/bin`]
  const cases: readonly [env: Record<string, string>, path: string, options: string, real: string][] = [
    [first, rest, none, tool],
    [{ PATH: `${directory}:${older}:${bin}:/bin` }, rest, none, tool],
    [{ PATH: `/x::${foreign}:${directory}:${bin}:` }, `/x::${foreign}:${bin}:`, none, tool],
    [{ PATH: `${directory}/.:${older}/.:${shellDefaultPath}` }, none, none, ''],
    [{ PATH: `${bin}:${directory}/.:${shellDefaultPath}` }, `${bin}:${shellDefaultPath}`, none, tool],
    [{ PATH: directory }, '', none, ''],
    [{ PATH: `${directory}:bin:/bin` }, 'bin:/bin', none, join(scratch, 'bin/tool')],
    [{ ...first, NODE_OPTIONS: ours }, rest, none, tool],
    [{ ...first, NODE_OPTIONS: `${ours} ` }, rest, '', tool],
    [{ ...first, NODE_OPTIONS: '' }, rest, '', tool],
    [{ ...first, NODE_OPTIONS: `${ours} --a "b  c"` }, rest, '--a "b  c"', tool],
    [{ ...first, NODE_OPTIONS: `--a ${ours}` }, rest, '--a', tool],
    [{ ...first, NODE_OPTIONS: `--a ${ours} --b` }, rest, '--a --b', tool],
    [{ ...first, NODE_OPTIONS: `${ours} ${ours} --b` }, rest, '--b', tool],
    [{ ...first, NODE_OPTIONS: several, BROOD_CONTEXT: carrying(several) }, rest, none, tool],
    [{ ...first, NODE_OPTIONS: `${several} --a`, BROOD_CONTEXT: carrying(several) }, rest, '--a', tool],
    [{ ...first, NODE_OPTIONS: `--a ${several} --b`, BROOD_CONTEXT: carrying(several) }, rest, '--a --b', tool],
    [{ ...first, NODE_OPTIONS: `${ours} --a`, BROOD_CONTEXT: '{"contexts":' }, rest, '--a', tool],
    [{ ...first, BROOD_REPLACED: '/old', BROOD_CONTEXT: carrying(several) }, rest, none, tool],
  ]
  const args = ['a b', '', '--x', '$HOME', "it's", 'new\nline']
  for (const [env, ...expected] of cases) {
    const { stdout } = spawnSync(join(directory, 'tool'), args, { env: { BROOD_SHIM: 'x', ...env }, encoding: 'utf8', cwd: scratch })
    const [path, options, real] = expected
    t.equal(
      stdout,
      [node, '</mo ck.js>', ...args.map((arg) => `<${arg}>`), path, options, none, none, real, ''].join('\n'),
      JSON.stringify(env),
    )
  }
  // Below a mock it is the program itself, and so it is without the context.
  const started = () => spawnSync(join(directory, 'tool'), ['x'], { env: { ...first, BROOD_REPLACED: '' }, encoding: 'utf8' })
  t.equal(started().stdout, 'real x\n')
  rmSync(join(directory, 'context.json'))
  t.equal(spawnSync(join(directory, 'tool'), ['x'], { env: first, encoding: 'utf8' }).stdout, 'real x\n')
  rmSync(tool)
  t.match(started(), { status: 127, stderr: /tool: not found/ })
  t.end()
})

t.test('what a shim makes of its environment', (t) => {
  const scratch = temporaryDirectory(t)
  const directory = join(scratch, `shim 'dir'`)
  const bin = join(scratch, 'bin')
  const preload = join(scratch, 'pre load.cjs')
  for (const made of [directory, bin]) mkdirSync(made)
  writeFileSync(join(directory, 'context.json'), '{}')
  writeFileSync(preload, '')
  const show =
    '#!/bin/sh\necho "$0"\nfor a; do echo "<$a>"; done\necho "${PATH-none}"\necho "${NODE_OPTIONS-none}"\necho "${BROOD_CONTEXT-none}"\necho "${BROOD_SHIM-none}"\n'
  writeFileSync(join(bin, 'node'), show, { mode: 0o755 })
  writeFileSync(join(scratch, 'fallback'), show, { mode: 0o755 })
  const shims = fillShims(
    { ...source, directory, chain: [directory], preload, node: join(scratch, 'fallback'), nodeFlags: ['--flag', 'v w'] },
    [],
    '',
    read,
    false,
  )
  for (const { name, text } of shims) writeFileSync(join(directory, name), text, { mode: 0o755 })

  const option = `--require "${preload}"`
  const carrier = JSON.stringify({ contexts: [directory], inherited: 0 })
  const rest = `${bin}:/usr/bin:/bin`
  const cases: readonly [env: Record<string, string>, expected: string[]][] = [
    [{ PATH: `${directory}:${rest}` }, [join(bin, 'node'), rest, option, carrier, 'path']],
    [{ PATH: `${rest}:${directory}` }, [join(bin, 'node'), rest, option, carrier, 'path']],
    [{ PATH: `/x::${directory}:${rest}:` }, [join(bin, 'node'), `/x::${rest}:`, option, carrier, 'path']],
    [{ PATH: `${directory}/.:${rest}` }, [join(bin, 'node'), rest, option, carrier, 'none']],
    [{ PATH: directory }, [join(scratch, 'fallback'), '', option, carrier, 'path']],
    [{ PATH: `${directory}:${rest}`, NODE_OPTIONS: '' }, [join(bin, 'node'), rest, `${option} `, carrier, 'path']],
    [{ PATH: `${directory}:${rest}`, NODE_OPTIONS: '--a "b c"' }, [join(bin, 'node'), rest, `${option} --a "b c"`, carrier, 'path']],
    [{ PATH: `${directory}:${rest}`, NODE_OPTIONS: `${option} --a` }, [join(bin, 'node'), rest, `${option} --a`, carrier, 'path']],
    [{ PATH: `${directory}:${rest}`, BROOD_CONTEXT: 'given' }, [join(bin, 'node'), rest, option, 'given', 'path']],
  ]
  for (const [env, expected] of cases) {
    const args = ['a b', '', '--x', '$HOME', "it's", 'new\nline']
    const { stdout } = spawnSync(join(directory, 'node'), args, { env, encoding: 'utf8' })
    const [file, path, ...others] = expected
    t.equal(stdout, [file, '<--flag>', '<v w>', ...args.map((arg) => `<${arg}>`), path, ...others, ''].join('\n'), JSON.stringify(env))
  }
  t.end()
})

t.test('contexts that know nothing of each other, both on PATH', (t) => {
  const scratch = temporaryDirectory(t)
  const bin = join(scratch, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho npm "$@"\n', { mode: 0o755 })
  const [one, two] = [createContext({ shimRoot: scratch }), createContext({ shimRoot: join(scratch, 'other') })]
  const rest = `${bin}:${process.env.PATH}`
  for (const path of [
    `${one.directory}:${two.directory}`,
    `${two.directory}:${one.directory}`,
    `${one.directory}/.:/nowhere:${two.directory}`,
  ]) {
    const options = { env: { PATH: `${path}:${rest}` }, encoding: 'utf8', timeout: 20_000 } as const
    t.equal(execFileSync('/bin/sh', ['-c', 'npm --version; node -p 1+1'], options), 'npm --version\n2\n', path)
  }
  const { PATH } = process.env
  process.env.PATH = `${one.directory}:${rest}`
  const inner = createContext({ shimRoot: scratch })
  process.env.PATH = PATH
  t.match(readFileSync(join(inner.directory, 'npm'), 'utf8'), `:-${bin}/npm}`, 'the npm to fall back on is none of these')
  for (const context of [one, two, inner]) context.dispose()
  t.end()
})
