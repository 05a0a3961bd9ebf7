// What becomes of a request, and of a text for a shell, by tables: for Windows too.
import type { FileSystem } from '../../lib/wrap/find-program.js'
import { munge } from '../../lib/wrap/munge.js'
import { mungeCmd } from '../../lib/wrap/mungers/cmd.js'
import { mungePrefix } from '../../lib/wrap/mungers/prefix.js'
import { mungeReplace } from '../../lib/wrap/mungers/replace.js'
import { mungeShellText } from '../../lib/wrap/mungers/shell-text.js'
import { type Plan, planFor } from '../../lib/wrap/plan.js'
import { replaceableName } from '../../lib/wrap/replaced.js'
import type { SpawnRequest } from '../../lib/wrap/request.js'
import type { Snapshot } from '../../lib/wrap/snapshot.js'
import t from '../tap.js'

const shim = '/root/.node-spawn-wrap-1-x'
const plan: Plan = {
  windows: false,
  shims: [shim],
  nodeName: 'node',
  nodeOptions: '--require /store/preload.cjs',
  nodeFlags: [],
  carrier: { contexts: [shim], inherited: 0 },
  replaced: { mocks: new Map([['git', { node: '/bin/node', file: '/mock.js' }]]), shims: [] },
}
const windowsPlan: Plan = {
  ...plan,
  windows: true,
  shims: ['C:\\shims'],
  carrier: { contexts: ['C:\\shims'], inherited: 0 },
  replaced: { mocks: new Map([['git', { node: 'C:\\node.exe', file: 'C:\\mock.js' }]]), shims: [] },
}

const filesOf = (files: Readonly<Record<string, string>>): FileSystem => ({
  isProgram: (path) => path in files,
  readStart: (path) => files[path] ?? '',
  readText: (path) => files[path] ?? '',
  resolve: (path) => (path.startsWith('/') ? path : `/here/${path}`),
})
const files = filesOf({
  '/usr/bin/git': '\x7fELF',
  '/opt/bin/git': '\x7fELF',
  '././bin/git': '\x7fELF',
  '/app/bin/git': '\x7fELF',
  [`${shim}/git`]: '#!/bin/sh\n',
  '/app/script': '#!/opt/bin/git -f\n',
  '/app/env-script': '#!/usr/bin/env git\n',
  'C:\\git\\git.exe': 'MZ',
  'C:\\tools\\git.cmd': '',
})

const request = (file: string, args: readonly string[], env: readonly string[] = ['PATH=/usr/bin:/bin'], cwd?: string): SpawnRequest => ({
  file,
  args: [file, ...args],
  env,
  cwd,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})

t.test('by name and by path', (t) => {
  const rows: readonly [name: string, asked: SpawnRequest, real: string | undefined, args?: readonly string[]][] = [
    ['by name', request('git', ['log']), '/usr/bin/git'],
    ['by name, the shim first', request('git', ['log'], [`PATH=${shim}:/opt/bin`]), '/opt/bin/git'],
    ['by path', request('/opt/bin/git', ['log']), '/opt/bin/git'],
    ['by relative path', request('./bin/git', ['log']), '/here/././bin/git'],
    ['by relative path, elsewhere', request('bin/git', ['log'], [], '/app'), '/app/bin/git'],
    ['by relative PATH', request('git', ['log'], ['PATH=bin'], '/app'), '/app/bin/git'],
    ['nowhere', request('git', ['log'], ['PATH=/none']), ''],
    ['as another user', { ...request('git', ['log']), uid: 1 }, '/usr/bin/git'],
    ['no arguments at all', { ...request('git', []), args: [] }, '/usr/bin/git', ['git', '/mock.js']],
    ['an argv[0] of its own', { ...request('git', []), args: ['own', 'log'] }, '/usr/bin/git', ['own', '/mock.js', 'log']],
    [
      'a script by its interpreter',
      request('/app/script', ['log']),
      '/opt/bin/git',
      ['/opt/bin/git', '/mock.js', '-f', '/app/script', 'log'],
    ],
    ['a script by env', request('/app/env-script', ['log']), undefined],
    ['another name', request('/usr/bin/git-log', []), undefined],
    ['another case', request('GIT', []), undefined],
    ['an argument', request('ls', ['git']), undefined],
  ]
  for (const [name, asked, real, args = [asked.file, '/mock.js', 'log']] of rows) {
    const munged = mungeReplace(asked, plan, files)
    const env = [...asked.env, `BROOD_REPLACED=${real}`]
    t.same(munged, real === undefined ? undefined : { ...asked, file: '/bin/node', args, env, untouched: true, replaced: true }, name)
  }
  const twice = mungeReplace(request('git', [], ['BROOD_REPLACED=old', 'PATH=/usr/bin', 'BROOD_REPLACED_X=1']), plan, files)
  t.same(twice?.env, ['PATH=/usr/bin', 'BROOD_REPLACED_X=1', 'BROOD_REPLACED=/usr/bin/git'], 'it is set once')
  t.equal(mungeReplace(request('git', []), { ...plan, replaced: undefined }, files), undefined, 'where nothing is replaced')
  t.end()
})

t.test('on Windows', (t) => {
  const rows: readonly [file: string, real: string | undefined][] = [
    ['git', 'C:\\tools\\git.cmd'],
    ['GIT.EXE', ''],
    ['git.exe', 'C:\\git\\git.exe'],
    ['Git.cmd', ''],
    ['git.bat', ''],
    ['git.com', ''],
    ['C:\\git\\git.exe', 'C:\\git\\git.exe'],
    ['C:/other/GIT.exe', 'C:/other/GIT.exe'],
    ['bin\\git', '/here/.\\bin\\git'],
    ['git.js', undefined],
    ['git.exe.js', undefined],
    ['gitk', undefined],
  ]
  for (const [file, real] of rows) {
    const asked = request(file, ['log'], ['Path=C:\\shims;"C:\\tools";C:\\git', 'PATHEXT=.EXE;.CMD', 'brood_replaced=old'])
    const munged = mungeReplace(asked, windowsPlan, files)
    if (real === undefined) t.equal(munged, undefined, file)
    else
      t.match(
        munged,
        { file: 'C:\\node.exe', args: [file, 'C:\\mock.js', 'log'], env: [...asked.env.slice(0, 2), `BROOD_REPLACED=${real}`] },
        file,
      )
  }
  for (const [file, name] of [
    ['C:\\Program Files\\Git\\GIT.EXE', 'git'],
    ['git', 'git'],
    ['a/b\\git.Cmd', 'git'],
    ['git.js', 'git.js'],
  ] as const) {
    t.equal(replaceableName(file, true), name)
  }
  t.equal(replaceableName('a/b\\git.exe', false), 'b\\git.exe')
  // Its stand-in is found on Path.
  const text = request('cmd.exe', ['/d', '/s', '/c', '"git log"'], ['Path=C:\\git'])
  t.equal(mungeCmd(text, windowsPlan, files), text)
  t.match(munge(text, windowsPlan, files).env, ['Path=C:\\shims;C:\\git'])
  t.end()
})

const bare = '-u BROOD_CONTEXT -u NODE_OPTIONS'
const onPath = `"PATH=\${PATH+\${PATH#${shim}*:}}"`
const before = `/usr/bin/env ${bare} ${onPath} `
const inPlace = (real: string, words = `${bare} ${onPath} `) => `/usr/bin/env ${words}BROOD_REPLACED=${real} /bin/node /mock.js`

t.test('texts for a shell: every byte stays', (t) => {
  const rows: readonly [asked: string, munged: string, own?: string][] = [
    ['git log', 'git log'],
    ['/bin/git log', `${inPlace('/bin/git')} log`],
    ['  "/bin/git"  log # x', `  ${inPlace('"/bin/git"')}  log # x`],
    ['/bin/git log', `${inPlace('/bin/git', `-u BROOD_CONTEXT NODE_OPTIONS='--a "b c"' ${onPath} `)} log`, '--a "b c"'],
    ['A=1 /bin/git>x', `A=1 ${inPlace('/bin/git')}>x`],
    ['NODE_OPTIONS=--x /bin/git', `NODE_OPTIONS=--x ${inPlace('/bin/git', `-u BROOD_CONTEXT ${onPath} `)}`],
    ['PATH=/x /bin/git', `PATH=/x ${inPlace('/bin/git', `${bare} `)}`],
    ['exec nice -n 1 ./git log', `exec nice -n 1 ${inPlace('./git')} log`],
    ['env -i /bin/git', `env -i ${inPlace('/bin/git', '')}`],
    ['env -u PATH /bin/git', `env -u PATH ${inPlace('/bin/git', `${bare} `)}`],
    ['x=$(/bin/git log)', `x=$(${inPlace('/bin/git')} log)`],
    ["sh -c '/bin/git log'", `sh -c '${before}BROOD_REPLACED=''/bin/git'' /bin/node /mock.js'' log'`],
    ['PATH=~/bin:$PATH', `PATH=\${PATH#${shim}*:} PATH=${shim}:~/bin:$PATH`],
    ['PATH=/bin:/x git', `PATH=${shim}:/bin:/x git`],
    ['PATH=/x:$PATH /bin/git', `PATH=\${PATH#${shim}*:} PATH=/x:$PATH ${inPlace('/bin/git', `${bare} `)}`],
    ['PATH="/x y:$PATH"; git', `PATH=\${PATH#${shim}*:} PATH=${shim}:"/x y:$PATH"; git`],
    ['export A=1 PATH="/x:$PATH"', `export A=1 PATH=${shim}:"/x:$PATH"`],
    ['export "PATH=/x:$PATH"', `export "PATH="${shim}":/x:$PATH"`],
    ['env PATH=/x git', `env PATH=${shim}:/x git`],
    // Left alone
    ['/bin/git-log', '/bin/git-log'],
    ['echo /bin/git', 'echo /bin/git'],
    ['sudo /bin/git log', 'sudo /bin/git log'],
    ['su - other -c "/bin/git log"', 'env -u BROOD_CONTEXT -u NODE_OPTIONS su - other -c "/bin/git log"'],
    ['$DIR/git log', '$DIR/git log'],
    ['~/bin/git log', '~/bin/git log'],
    ['coproc /bin/git log', 'coproc /bin/git log'],
    ['/bin/git log)', '/bin/git log)'],
    ['xargs -I / /bin/git /', 'xargs -I / /bin/git /'],
    ['PATH+=:/x git', 'PATH+=:/x git'],
    ['git() { :; }; git', 'git() { :; }; git'],
  ]
  for (const [asked, munged, own] of rows) {
    const text = mungeShellText(asked, { shell: 'sh', own: { value: own }, plan })
    t.equal(text, munged, asked)
    // What is taken out again is what was asked for.
    let at = 0
    for (const character of text) if (character === asked[at]) at++
    t.equal(at, asked.length)
  }
  t.equal(mungeShellText('/bin/git', { shell: 'sh', own: { value: undefined }, plan: { ...plan, replaced: undefined } }), '/bin/git')
  t.end()
})

t.test('behind a program that runs it', (t) => {
  const detour = (real: string, ...variables: string[]) => ['/usr/bin/env', ...variables, `BROOD_REPLACED=${real}`, '/bin/node', '/mock.js']
  const usual = ['-u', 'BROOD_CONTEXT', '-u', 'NODE_OPTIONS', 'PATH=/usr/bin']
  const rows: readonly [asked: readonly string[], munged: readonly string[], env?: readonly string[]][] = [
    [
      ['timeout', '5', '/bin/git', 'a b'],
      ['timeout', '5', ...detour('/bin/git', ...usual), 'a b'],
    ],
    [['timeout', '5', '/bin/git'], ['timeout', '5', ...detour('/bin/git', '-u', 'BROOD_CONTEXT', '-u', 'NODE_OPTIONS', '-u', 'PATH')], []],
    [
      ['nice', '/bin/git'],
      ['nice', ...detour('/bin/git', '-u', 'BROOD_CONTEXT', 'NODE_OPTIONS=', 'PATH=/x')],
      [`PATH=${shim}:/x`, 'NODE_OPTIONS='],
    ],
    [
      ['env', 'PATH=/x', '/bin/git'],
      ['env', 'PATH=/x', ...detour('/bin/git', '-u', 'BROOD_CONTEXT', '-u', 'NODE_OPTIONS')],
    ],
    [
      ['env', '-i', '/bin/git'],
      ['env', '-i', ...detour('/bin/git')],
    ],
    [
      ['env', 'NODE_OPTIONS=--x', '/bin/git'],
      ['env', 'NODE_OPTIONS=--x', ...detour('/bin/git', '-u', 'BROOD_CONTEXT', 'PATH=/usr/bin')],
    ],
    [
      ['find', '.', '-exec', '/bin/git', '{}', ';'],
      ['find', '.', '-exec', ...detour('/bin/git', ...usual), '{}', ';'],
    ],
    [
      ['xargs', '-I', '/', '/bin/git'],
      ['xargs', '-I', '/', '/bin/git'],
    ],
    [
      ['timeout', '5', 'git'],
      ['timeout', '5', 'git'],
    ],
    [
      ['sudo', '/bin/git'],
      ['sudo', '/bin/git'],
    ],
  ]
  for (const [[file, ...args], munged, env = ['PATH=/usr/bin']] of rows) {
    t.same(mungePrefix(request(file as string, args, env), plan).args, munged, [file, ...args].join(' '))
  }
  t.end()
})

t.test('the plan of several contexts', (t) => {
  const context = (directory: string, replace?: Record<string, string>, node = '/bin/node') =>
    ({ directory, replace, node, nodeOptions: [], nodeFlags: [], preload: '/store/preload.cjs' }) as unknown as Snapshot
  const [a, b, c] = [context('/a', { git: '/a.js', hg: '/hg.js' }, '/a/node'), context('/b'), context('/c', { git: '/c.js' })]
  const planned = (...contexts: Snapshot[]) => planFor(contexts, 0, false)
  t.equal(planned(b)?.replaced, undefined)
  t.same(planned(a, b, c)?.replaced, {
    mocks: new Map([
      ['git', { node: '/bin/node', file: '/c.js' }],
      ['hg', { node: '/a/node', file: '/hg.js' }],
    ]),
    shims: ['/a'],
  })
  t.same(planned(c, a, b)?.replaced?.shims, ['/a', '/c'], 'the newest first')
  t.same(planned(c, a, b)?.replaced?.mocks.get('git')?.file, '/a.js', 'the newest wins')
  const env = (asked: string[], ...contexts: Snapshot[]) => munge(request('/bin/ls', [], asked), planned(...contexts) as Plan, files).env[0]
  t.equal(env(['PATH=/bin'], c, a, b), 'PATH=/b:/a:/c:/bin')
  t.equal(env(['PATH=/b:/a:/c:/bin'], c, a, b), 'PATH=/b:/a:/c:/bin', 'twice is once')
  t.equal(env([], c, a, b), 'PATH=/b/.:/a/.:/c/.:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'where there was no PATH')
  t.end()
})
