import { type Diagnosis, diagnose, type Facts } from '../../../lib/cli/doctor/diagnose.js'
import { parseGlance } from '../../../lib/cli/doctor/processes.js'
import t from '../../tap.js'

const preload = '/home/ada/.node-spawn-wrap-store/0123/preload.cjs'
const shims = '/home/ada/.node-spawn-wrap-7-abc'
const path = `${shims}:/usr/local/bin:/usr/bin`

/** As brood leaves the variables of a child. */
const whole = { nodeOptions: `--require ${preload}`, path, context: '{}' }

const facts: Facts = {
  argv: ['/usr/bin/node', 'x.js'],
  version: '20.20.2',
  variables: whole,
  isOtherUser: false,
  isOtherRoot: false,
  isSetuid: false,
  areFilesThere: true,
  isSeenSpawn: false,
  doesRecord: true,
  hasProgram: (directory) => directory === '/usr/bin',
}

const cases: readonly (readonly [what: string, changed: Partial<Facts>, expected: string | undefined])[] = [
  // What happened to the variables.
  ['an empty environment', { variables: { nodeOptions: undefined, path: undefined, context: undefined } }, 'environment-emptied, by-path'],
  [
    'a new environment',
    { variables: { nodeOptions: '--no-warnings', path: '/usr/bin', context: undefined } },
    'environment-emptied, by-path',
  ],
  ['NODE_OPTIONS removed', { variables: { ...whole, nodeOptions: undefined } }, 'node-options-removed, by-path'],
  ['NODE_OPTIONS emptied', { variables: { ...whole, nodeOptions: '' } }, 'node-options-replaced, by-path'],
  ['NODE_OPTIONS replaced', { variables: { ...whole, nodeOptions: '--max-old-space-size=4096' } }, 'node-options-replaced, by-path'],
  ['another --require', { variables: { ...whole, nodeOptions: '--require /home/ada/preload.cjs' } }, 'node-options-replaced, by-path'],
  ['NODE_OPTIONS that Node refuses', { variables: { ...whole, nodeOptions: `--require "${preload}` } }, 'node-options-replaced, by-path'],
  // Why no shim put it right.
  ['by a relative path', { argv: ['./node'], variables: { ...whole, nodeOptions: undefined } }, 'node-options-removed, by-path'],
  ['by another name', { argv: ['node'], variables: { ...whole, nodeOptions: undefined } }, 'node-options-removed, by-path'],
  [
    'by name, without the shims',
    { argv: ['node'], variables: { nodeOptions: undefined, path: '/usr/bin', context: undefined } },
    'environment-emptied, shims-not-on-path',
  ],
  [
    'by name, without PATH',
    { argv: ['node'], variables: { nodeOptions: undefined, path: undefined, context: undefined } },
    'environment-emptied, shims-not-on-path',
  ],
  [
    'by name, past the shims',
    { argv: ['node'], variables: { nodeOptions: '', path: `/opt/bin:/usr/bin:${path}`, context: '{}' } },
    'node-options-replaced, shims-not-first',
  ],
  [
    'by name, with no other node before them',
    { argv: ['node'], variables: { nodeOptions: '', path: `/opt/bin:${path}`, context: '{}' } },
    'node-options-replaced, by-path',
  ],
  [
    'the PATH that brood gives where there is none',
    { argv: ['node'], variables: { nodeOptions: '', path: `${shims}/.:/usr/bin`, context: '{}' } },
    'node-options-replaced, by-path',
  ],
  [
    'by another name, with the shims of two contexts',
    { argv: ['node'], variables: { nodeOptions: '', path: `/home/ada/.node-spawn-wrap-8-d:${path}`, context: '{}' } },
    'node-options-replaced, by-path',
  ],
  // What needs no loss of variables.
  ['too old', { version: '16.20.0' }, 'node-too-old'],
  ['too old, whatever else', { version: '16.20.0', variables: { ...whole, nodeOptions: undefined } }, 'node-too-old'],
  ['setuid', { isSetuid: true, doesRecord: false }, 'setuid'],
  ['setuid, and not ours to look into', { isSetuid: true, isOtherUser: true, variables: undefined }, 'setuid'],
  ['another user', { isOtherUser: true, variables: undefined }, 'other-user'],
  ['another root directory', { isOtherRoot: true }, 'other-root'],
  ['the permission model', { argv: ['node', '--permission', 'x.js'], variables: { ...whole, nodeOptions: undefined } }, 'permission-model'],
  ['the permission model, inherited', { variables: { ...whole, nodeOptions: '--experimental-permission' } }, 'permission-model'],
  [
    'a program with such an argument',
    { argv: ['/usr/bin/node', 'x.js', '--permission'], variables: { ...whole, nodeOptions: undefined } },
    'node-options-removed, by-path',
  ],
  ['a snapshot', { argv: ['node', '--build-snapshot', 'x.js'] }, 'build-snapshot'],
  ['the preload alone is left', { variables: { ...whole, path: '/usr/bin', context: undefined } }, 'environment-emptied'],
  [
    'the preload of a context with a wrapper main, elsewhere',
    { variables: { ...whole, nodeOptions: '--no-warnings --require "/a b/.node-spawn-wrap-store-7/4/preload-main.cjs"' } },
    undefined,
  ],
  ['a program with the argument of a snapshot', { argv: ['node', 'x.js', '--build-snapshot'] }, undefined],
  ['files that are gone', { areFilesThere: false }, 'files-gone'],
  ['left alone', { isSeenSpawn: true, variables: { nodeOptions: undefined, path: '/usr/bin', context: undefined } }, 'left-alone'],
  ['variables that cannot be read', { variables: undefined }, 'unknown'],
  ['all is there, and this node never records', { doesRecord: false }, 'unknown'],
  // Nothing was lost.
  ['it ended at once', {}, undefined],
  ['it says its version', { argv: ['node', '--version'], variables: { ...whole, nodeOptions: undefined } }, undefined],
  ['it watches', { argv: ['node', '--watch', 'x.js'] }, undefined],
  ['it runs a script of package.json', { argv: ['node', '--run', 'test'] }, undefined],
]

t.test('why a process was not wrapped', (t) => {
  const text = (found: Diagnosis | undefined) => found && [found.reason, found.route].filter(Boolean).join(', ')
  for (const [what, changed, expected] of cases) t.equal(text(diagnose({ ...facts, ...changed })), expected, what)
  t.end()
})

t.test('what Linux says of a process', (t) => {
  const fields = Array.from({ length: 52 }, (_, index) => index + 1)
  const stat = (name: string, state: string) => `4711 (${name}) ${state} ${fields.slice(3).join(' ')}\n`
  const expected = { pid: 4711, ppid: 4, group: 5, session: 6, startTime: 22, environmentAt: 50 }
  for (const name of ['node', 'a b', ') R 1 1', '(']) t.same(parseGlance(stat(name, 'S')), expected, name)
  t.equal(parseGlance(stat('node', 'Z')), undefined, 'one that has ended')
  t.end()
})
