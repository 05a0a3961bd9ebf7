import { formatNodeOptions } from '../../lib/syntax/node-options.js'
import { withoutAdditions } from '../../lib/trace/between.js'
import type { FileSystem } from '../../lib/wrap/find-program.js'
import { munge } from '../../lib/wrap/munge.js'
import type { Plan } from '../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../lib/wrap/request.js'
import t from '../tap.js'

const noFiles: FileSystem = { isProgram: () => false, readStart: () => '', readText: () => '' }

const commands: readonly (readonly string[])[] = [
  ['sh', '-c', 'NODE_OPTIONS= node x'],
  ['sh', '-c', 'NODE_OPTIONS=--no-warnings node x; NODE_OPTIONS="--no-warnings" /usr/bin/node x'],
  ['sh', '-c', 'unset NODE_OPTIONS; node x'],
  ['sh', '-c', 'export NODE_OPTIONS; NODE_OPTIONS=--no-warnings; node x'],
  ['sh', '-c', 'env -i PATH="$PATH" node x; :'],
  ['sh', '-c', 'env -i NODE_OPTIONS=--no-warnings node x; :'],
  ['sh', '-c', 'env -i NODE_OPTIONS= /usr/bin/node x; :'],
  ['env', '-i', 'node', 'x'],
  ['env', '-i', 'NODE_OPTIONS=', '/usr/bin/node', 'x'],
  ['env', '-i', 'NODE_OPTIONS=--no-warnings', 'node', 'x'],
  ['nice', 'env', '-u', 'NODE_OPTIONS', '/usr/bin/node', 'x'],
  ['timeout', '5', 'env', '-i', 'sh', '-c', 'node x; :'],
  ['xargs', '-n', '1', 'env', '-i', '/usr/bin/node', 'x'],
]

const request: SpawnRequest = {
  file: '',
  args: [],
  env: ['PATH=/bin'],
  cwd: '/',
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
}

const planOf = (store: string): Plan => ({
  windows: false,
  shims: ['/home/x/.node-spawn-wrap-1-abcdef'],
  nodeName: 'node',
  nodeOptions: formatNodeOptions(['--require', store]),
  nodeFlags: [],
  carrier: { contexts: ["/home/it's/.node-spawn-wrap-1-abcdef"], inherited: 0, trace: '1-a/1' },
})

t.test('what mungers add is taken out again, to the byte', (t) => {
  let changed = 0
  for (const args of commands) {
    for (const home of ['/home/x', '/home/a b', "/home/it's"]) {
      const store = `${home}/.node-spawn-wrap-store/742efc8bcb45098f/preload.cjs`
      const munged = munge({ ...request, file: args[0] as string, args }, planOf(store), noFiles).args
      if (munged.join(' ') !== args.join(' ')) changed++
      t.same(withoutAdditions(munged), args, `${args.join(' ')}, from ${home}`)
    }
  }
  t.ok(changed >= 3 * (commands.length - 1), `${changed} were changed`)
  t.end()
})

t.test('what looks alike and is not brood’s stays', (t) => {
  for (const command of [
    ['env', 'NODE_OPTIONS=--require ./x.cjs', 'node', 'x'],
    ['sh', '-c', `NODE_OPTIONS='--require ./x.cjs ' node x`],
    ['env', 'BROOD_CONTEXT=mine', 'node'],
    ['echo', `BROOD_CONTEXT='{}' x`, ''],
    [],
  ])
    t.same(withoutAdditions(command), command)
  t.end()
})
