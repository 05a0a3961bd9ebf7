import type { FileSystem } from '../../lib/wrap/find-program.js'
import { munge } from '../../lib/wrap/munge.js'
import type { Plan } from '../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../lib/wrap/request.js'
import t from '../tap.js'

const shim = '/root/.node-spawn-wrap-1-x'
const plan: Plan = {
  windows: false,
  shims: [shim],
  nodeName: 'node',
  nodeOptions: '--require /store/preload.cjs',
  nodeFlags: [],
  carrier: { contexts: [shim], inherited: 0 },
}
const windowsPlan: Plan = { ...plan, windows: true, shims: ['C:\\shims'], carrier: { contexts: ['C:\\shims'], inherited: 0 } }

/** A file system of programs, and of scripts by their first line. */
function filesOf(files: Readonly<Record<string, string>>): FileSystem {
  const normal = (path: string) => path.replaceAll('/./', '/')
  return {
    isProgram: (path) => normal(path) in files,
    readStart: (path) => files[normal(path)] ?? '',
    readText: (path) => files[normal(path)] ?? '',
  }
}

const files = filesOf({
  '/usr/bin/node': '\x7fELF',
  '/opt/node/bin/node': '\x7fELF',
  '/usr/bin/npm': '#!/usr/bin/env node\n',
  '/usr/bin/env': '\x7fELF',
  '/usr/bin/ls': '\x7fELF',
  '/bin/ls': '\x7fELF',
  [`${shim}/node`]: '#!/bin/sh\n',
  '/app/script': '#!/usr/bin/env node\n',
  '/app/tool': '#!/usr/bin/env node\n',
  '/app/split': '#!/usr/bin/env -S node --no-warnings\n',
  '/app/absolute': '#!/opt/node/bin/node --no-warnings -x\n',
  '/app/shell': '#!/bin/sh\n',
  '/app/python': '#!/usr/bin/env python3\n',
  '/app/.env': 'A=1\nNODE_OPTIONS="--title x"\n',
  '/app/strange': '#!/usr/bin/env -i node\n',
  '/app/setting': '#!/usr/bin/env -S NODE_OPTIONS=--a node -x\n',
})

const request = (file: string, args: string[], env: string[] = ['PATH=/usr/bin:/bin'], cwd?: string): SpawnRequest => ({
  file,
  args: [file, ...args],
  env,
  cwd,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})

type Started = readonly [file: string, args: readonly string[]]
const absent = `${shim}/absent/program`

/** What is asked for, and what is started, without flags and with the flag --harmony. */
const programs: readonly [name: string, asked: SpawnRequest, started: Started, withFlag?: Started][] = [
  ['node by name', request('node', ['x']), ['/usr/bin/node', ['node', 'x']], ['/usr/bin/node', ['node', '--harmony', 'x']]],
  ['node by name, the shim first', request('node', ['x'], [`PATH=${shim}:/usr/bin`]), ['/usr/bin/node', ['node', 'x']]],
  ['node on a later entry', request('node', [], ['PATH=/none::/opt/node/bin:/usr/bin']), ['/opt/node/bin/node', ['node']]],
  ['node by relative PATH', request('node', [], ['PATH=bin'], '/opt/node'), ['bin/node', ['node']]],
  ['node by empty PATH entry', request('node', [], ['PATH='], '/usr/bin'), ['node', ['node']]],
  ['no node on PATH', request('node', [], ['PATH=/none']), [absent, ['node']]],
  [
    'node by path',
    request('/opt/node/bin/node', ['x']),
    ['/opt/node/bin/node', ['/opt/node/bin/node', 'x']],
    ['/opt/node/bin/node', ['/opt/node/bin/node', '--harmony', 'x']],
  ],
  ['node without PATH', request('node', [], []), ['/usr/bin/node', ['node']]],
  ['another program without PATH', request('ls', ['-l'], []), ['/bin/ls', ['ls', '-l']]],
  ['another program, not there, without PATH', request('none', [], []), [absent, ['none']]],
  ['another program', request('ls', ['node']), ['ls', ['ls', 'node']], ['ls', ['ls', 'node']]],
  ['a program not there', request('none', []), ['none', ['none']]],
  [
    'npm',
    request('npm', ['test']),
    ['/usr/bin/node', ['node', '/usr/bin/npm', 'test']],
    ['/usr/bin/node', ['node', '--harmony', '/usr/bin/npm', 'test']],
  ],
  ['no npm on PATH', request('npm', [], ['PATH=/none']), [absent, ['npm']]],
  [
    'a script',
    request('/app/script', ['a b']),
    ['/usr/bin/node', ['node', '/app/script', 'a b']],
    ['/usr/bin/node', ['node', '--harmony', '/app/script', 'a b']],
  ],
  ['a script by relative path', request('./script', [], ['PATH=/usr/bin'], '/app'), ['/usr/bin/node', ['node', './script']]],
  ['a script by name', request('script', [], ['PATH=/app:/opt/node/bin']), ['/opt/node/bin/node', ['node', '/app/script']]],
  ['a script by env -S', request('/app/split', ['x']), ['/usr/bin/node', ['node', '--no-warnings', '/app/split', 'x']]],
  [
    'a script by absolute node: a flag stays a flag',
    request('/app/absolute', ['x']),
    ['/app/absolute', ['/app/absolute', 'x']],
    ['/opt/node/bin/node', ['/opt/node/bin/node', '--harmony', '--no-warnings -x', '/app/absolute', 'x']],
  ],
  ['a script for a shell', request('/app/shell', []), ['/app/shell', ['/app/shell']]],
  ['a script for python', request('/app/python', []), ['/app/python', ['/app/python']]],
  [
    'a script that sets NODE_OPTIONS',
    request('/app/setting', ['y']),
    ['/usr/bin/env', ['/usr/bin/env', `NODE_OPTIONS=${plan.nodeOptions} --a`, 'node', '-x', '/app/setting', 'y']],
  ],
  ['a script with options for env', request('/app/strange', []), ['/app/strange', ['/app/strange']]],
  ['a script that is not there', request('/app/none', []), ['/app/none', ['/app/none']]],
]

for (const [name, asked, started, withFlag] of programs) {
  const { file, args, flagged } = munge(asked, plan, files)
  t.same([file, args, flagged], [...started, false], name)
  if (withFlag !== undefined) {
    const munged = munge(asked, { ...plan, nodeFlags: ['--harmony'] }, files)
    t.same([munged.file, munged.args], withFlag, `${name}, with a flag`)
  }
}

t.test('a script that finds no node is left alone, and looked at once', (t) => {
  let reads = 0
  const counting = {
    ...files,
    readStart: (path: string) => {
      reads++
      return files.readStart(path)
    },
  }
  // By a name that no munger knows (`script` is a program that runs others).
  const asked = request('/app/tool', ['a'], ['PATH=/none'])
  t.same(munge(asked, plan, counting), { ...asked, untouched: true })
  t.equal(reads, 1)
  t.end()
})

t.test('a node that could not read the preload is left alone', (t) => {
  const restricted: readonly (readonly [args: string[], env?: string[]])[] = [
    [['--permission', 'x']],
    [['--experimental-permission', '--allow-fs-read=*', 'x']],
    [['--experimental-policy', 'policy.json', 'x']],
    [['--experimental-policy=policy.json', 'x']],
    [['x'], ['PATH=/usr/bin', 'NODE_OPTIONS=--title=a --experimental-permission']],
  ]
  for (const [args, env] of restricted) {
    const asked = request('node', args, env)
    t.same(munge(asked, plan, files), { ...asked, untouched: true }, args.join(' '))
  }
  for (const args of [
    ['x', '--permission'],
    ['--permission-like', 'x'],
    ['--title', '--permission', 'x'],
  ]) {
    t.notOk(munge(request('node', args), plan, files).untouched, args.join(' '))
  }
  t.end()
})

t.test('options that Node wrote out for its children: ours go, those of the user stay', (t) => {
  const stored = '/root/.node-spawn-wrap-store/1/preload.cjs'
  const nodeOptions = `--require ${stored} --import "/a b.mjs"`
  const given = [
    '--test',
    `--require=${stored}`,
    '--import',
    '/a b.mjs',
    '--import=/c.mjs',
    '--title',
    'x',
    'a.test.js',
    `--require=${stored}`,
  ]
  const { args } = munge(request('node', given), { ...plan, nodeOptions }, files)
  t.same(args, ['node', '--test', '--import=/c.mjs', '--title', 'x', 'a.test.js', `--require=${stored}`])
  const own = ['--import=/a b.mjs', 'x']
  t.same(munge(request('node', own), { ...plan, nodeOptions }, files).args, ['node', ...own], 'an option that only looks like ours stays')
  t.end()
})

t.test('a script whose node is not on PATH fails as it would have failed', (t) => {
  const asked = request('/app/script', [], ['PATH=/none'])
  const { file, args, env } = munge(asked, plan, files)
  t.same([file, args, env], [asked.file, asked.args, asked.env])
  t.end()
})

const carrier = (extra: object = {}) =>
  `BROOD_CONTEXT=${JSON.stringify({ contexts: [shim], inherited: 0, nodeOptions: plan.nodeOptions, ...extra })}`
const preload = `NODE_OPTIONS=${plan.nodeOptions}`

/** PATH where there was none. */
const soleFirst = `PATH=${shim}/.:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`

const environments: readonly [name: string, asked: string[], given: string[]][] = [
  ['nothing set', ['PATH=/bin'], [`PATH=${shim}:/bin`, preload, carrier()]],
  ['places are kept', ['A=1', 'NODE_OPTIONS=--x', 'PATH=/bin', 'B=2'], ['A=1', `${preload} --x`, `PATH=${shim}:/bin`, 'B=2', carrier()]],
  ['an empty NODE_OPTIONS is told from none', ['PATH=', 'NODE_OPTIONS='], [`PATH=${shim}:`, `${preload} `, carrier()]],
  ['twice is once', [`PATH=${shim}:/bin`, preload, 'BROOD_CONTEXT=old', 'BROOD_SHIM=path'], [`PATH=${shim}:/bin`, preload, carrier()]],
  ['an empty environment', [], [soleFirst, preload, carrier()]],
  ['twice is once, where there was no PATH', [soleFirst, preload], [soleFirst, preload, carrier()]],
  [
    'names a shell drops',
    ['PATH=', 'a-b=1', 'BASH_FUNC_f%%=() { :\n}', 'x=y=z'],
    [`PATH=${shim}:`, 'a-b=1', 'BASH_FUNC_f%%=() { :\n}', 'x=y=z', preload, carrier({ fragile: ['a-b=1', 'BASH_FUNC_f%%=() { :\n}'] })],
  ],
  [
    'names that only begin alike',
    ['PATH=', 'PATHEXT=x', 'NODE_OPTIONS_X=y', 'BROOD_CONTEXT_X=z'],
    [`PATH=${shim}:`, 'PATHEXT=x', 'NODE_OPTIONS_X=y', 'BROOD_CONTEXT_X=z', preload, carrier()],
  ],
]
for (const [name, asked, given] of environments) {
  const before = Object.freeze([...asked])
  t.same(munge({ ...request('/bin/ls', []), env: before }, plan, files).env, given, name)
}

t.test('NODE_OPTIONS from an --env-file, where there is none in the environment', (t) => {
  const optionsOf = (args: string[], env = ['PATH=/usr/bin'], cwd?: string) =>
    munge(request('node', args, env, cwd), plan, files).env.find((pair) => pair.startsWith('NODE_OPTIONS='))
  t.equal(optionsOf(['--env-file=/app/.env', 'x']), `${preload} --title x`)
  t.equal(optionsOf(['--env-file-if-exists', '.env', 'x'], ['PATH=/usr/bin'], '/app'), `${preload} --title x`)
  t.equal(optionsOf(['--env-file=/app/.env', '--env-file=/app/absent', 'x']), `${preload} --title x`)
  t.equal(optionsOf(['--env-file=/app/.env', 'x'], ['PATH=/usr/bin', 'NODE_OPTIONS=']), `${preload} `)
  t.equal(optionsOf(['x', '--env-file=/app/.env']), preload)
  t.equal(optionsOf(['--env-file=/app/absent', 'x']), preload)
  t.end()
})

t.test('Windows', (t) => {
  const windowsCarrier = `BROOD_CONTEXT=${JSON.stringify({ contexts: ['C:\\shims'], inherited: 0, nodeOptions: plan.nodeOptions })}`
  for (const [name, asked, given] of [
    ['any case of PATH', ['Path=C:\\a;C:\\b', '=C:=C:\\dir'], ['Path=C:\\shims;C:\\a;C:\\b', '=C:=C:\\dir', preload, windowsCarrier]],
    // Node leaves out all but one; whoever calls its binding may not.
    ['PATH in two ways', ['PATH=C:\\a', 'path=C:\\b'], ['PATH=C:\\shims;C:\\a', 'path=C:\\shims;C:\\b', preload, windowsCarrier]],
    ['names that only begin alike', ['PATHEXT=.EXE', 'Path=C:\\a'], ['PATHEXT=.EXE', 'Path=C:\\shims;C:\\a', preload, windowsCarrier]],
    [
      'any case of NODE_OPTIONS',
      ['PATH=C:\\a', 'node_options=--x'],
      ['PATH=C:\\shims;C:\\a', `NODE_OPTIONS=${plan.nodeOptions} --x`, windowsCarrier],
    ],
    ["no Path: Windows adds this process's", [], [preload, windowsCarrier]],
  ] as [string, string[], string[]][]) {
    const { env } = munge(request('node', [], asked), windowsPlan, filesOf({}))
    t.same(env, given, name)
  }
  const flagged: Plan = { ...windowsPlan, nodeFlags: ['--harmony'] }
  for (const file of ['node', 'NODE.EXE', 'C:\\Program Files\\nodejs\\node.exe', 'C:/nodejs/Node.exe']) {
    const { file: started, args } = munge(request(file, ['x'], ['Path=C:\\a']), flagged, filesOf({}))
    t.same([started, args], [file, [file, '--harmony', 'x']], file)
  }
  for (const file of ['npm.cmd', 'C:\\app\\script', 'notnode.exe']) {
    const { file: started, args } = munge(request(file, ['x'], ['Path=C:\\a']), flagged, filesOf({}))
    t.same([started, args], [file, [file, 'x']], file)
  }
  t.end()
})
