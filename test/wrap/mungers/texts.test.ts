import type { FileSystem } from '../../../lib/wrap/find-program.js'
import { mungeCmd } from '../../../lib/wrap/mungers/cmd.js'
import { mungePrefix } from '../../../lib/wrap/mungers/prefix.js'
import { mungeShell } from '../../../lib/wrap/mungers/shell.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../../lib/wrap/request.js'
import t from '../../tap.js'

const plan: Plan = {
  windows: false,
  shims: ['/shims'],
  nodeName: 'node',
  nodeOptions: '--require /store/preload.cjs',
  nodeFlags: [],
  carrier: { contexts: ['/shims'], inherited: 0 },
}
const windows: Plan = { ...plan, windows: true, shims: ['C:\\shims'] }
const nowhere: FileSystem = { isProgram: () => false, readStart: () => '' }

const request = (args: readonly string[], env: readonly string[] = ['PATH=/usr/bin']): SpawnRequest => ({
  file: args[0] as string,
  args,
  env,
  cwd: undefined,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})

const preload = "'--require /store/preload.cjs'"
const preloadAnd = "'--require /store/preload.cjs '"

t.test('a shell text gets what it would lose', (t) => {
  for (const [text, expected] of [
    ['NODE_OPTIONS=--x /abs/node y', `NODE_OPTIONS=${preloadAnd}--x /abs/node y`],
    ['true; NODE_OPTIONS= node y', `true; NODE_OPTIONS=${preloadAnd} node y`],
    ['unset NODE_OPTIONS; /abs/node y', `unset NODE_OPTIONS; NODE_OPTIONS=${preload}"\${NODE_OPTIONS+ $NODE_OPTIONS}" /abs/node y`],
  ] as const) {
    t.equal(mungeShell(request(['sh', '-c', text]), plan).args[2], expected, text)
  }
  const emptied = mungeShell(request(['bash', '-lc', 'env -i /abs/node y']), plan).args[2]
  t.match(emptied, /^env -i NODE_OPTIONS='--require \/store\/preload\.cjs' BROOD_CONTEXT='\{.*\}' \/abs\/node y$/)
  t.end()
})

t.test('what loses nothing, starts no node or is not understood stays the same object', (t) => {
  for (const args of [
    ['sh', '-c', 'node x && /abs/node y'],
    ['sh', '-c', 'env -i true'],
    ['sh', '-c', 'unset NODE_OPTIONS; echo "$NODE_OPTIONS"'],
    ['sh', '-c', "NODE_OPTIONS='open /abs/node"],
    ['sh', '-c', 'if NODE_OPTIONS= /abs/node'],
    ['sh', '-c', 'echo "NODE_OPTIONS= /abs/node"'],
    ['sh', '-c', '# NODE_OPTIONS= /abs/node'],
    ['sh', '-c', ''],
    ['sh', '-c'],
    ['sh', 'script.sh', '-c', 'NODE_OPTIONS= /abs/node'],
    ['sh'],
    ['perl', '-c', 'NODE_OPTIONS= /abs/node'],
  ]) {
    const asked = request(args)
    t.equal(mungeShell(asked, plan), asked, JSON.stringify(args))
  }
  t.end()
})

t.test('every byte of a text stays: only something is put in', (t) => {
  for (const text of [
    'A=1 NODE_OPTIONS="a $B" /abs/node "$@"',
    'x=$(env -i /abs/node); `NODE_OPTIONS= /abs/node`',
    'unset NODE_OPTIONS\ncat <<E | /abs/node -\n$(x)\nE',
  ]) {
    const munged = mungeShell(request(['sh', '-c', text]), plan).args[2] as string
    t.not(munged, text)
    let at = 0
    for (const character of munged) if (character === text[at]) at++
    t.equal(at, text.length, text)
  }
  t.end()
})

t.test('prefix commands, started directly', (t) => {
  const carrier = `BROOD_CONTEXT=${JSON.stringify({ contexts: ['/shims'], inherited: 0, nodeOptions: plan.nodeOptions })}`
  const options = `NODE_OPTIONS=${plan.nodeOptions}`
  for (const [args, expected] of [
    [
      ['env', '-i', '/abs/node', 'x'],
      ['env', '-i', options, carrier, '/abs/node', 'x'],
    ],
    [
      ['env', '-', 'A=1', '/abs/node'],
      ['env', '-', 'A=1', options, carrier, '/abs/node'],
    ],
    [
      ['env', '-u', 'NODE_OPTIONS', '/abs/node'],
      ['env', '-u', 'NODE_OPTIONS', options, '/abs/node'],
    ],
    [
      ['env', 'NODE_OPTIONS=--x', '/abs/node'],
      ['env', `${options} --x`, '/abs/node'],
    ],
    [
      ['nice', '-n', '1', 'nohup', 'env', '-i', '/abs/node'],
      ['nice', '-n', '1', 'nohup', 'env', '-i', options, carrier, '/abs/node'],
    ],
    [
      ['timeout', '-k', '1', '5', 'env', '-i', '/abs/node'],
      ['timeout', '-k', '1', '5', 'env', '-i', options, carrier, '/abs/node'],
    ],
  ] as const) {
    t.same(mungePrefix(request(args), plan).args, expected, args.join(' '))
  }
  for (const args of [
    ['env', '/abs/node'],
    ['env', 'A=1', 'node'],
    ['nice', '/abs/node'],
    ['env', '-i', 'true'],
    ['env', '-i'],
    ['env'],
    ['ls', '-i', 'node'],
  ]) {
    const asked = request(args)
    t.equal(mungePrefix(asked, plan), asked, args.join(' '))
  }
  t.end()
})

t.test('cmd.exe on Windows', (t) => {
  const node = 'C:\\Program Files\\nodejs\\node.exe'
  const files: FileSystem = { isProgram: (path) => path.toLowerCase() === node.toLowerCase(), readStart: () => '' }
  const env = ['Path=C:\\shims;C:\\Windows;C:\\Program Files\\nodejs']
  for (const [text, expected] of [
    ['"node x.js"', `""${node}" x.js"`],
    ['"node.exe x.js && node y.js"', `""${node}" x.js && "${node}" y.js"`],
    ['"(node x.js)"', `"("${node}" x.js)"`],
    ['"echo node"', '"echo node"'],
    ['"nodemon x"', '"nodemon x"'],
    ['"echo "a & node""', '"echo "a & node""'],
    ['"%NODE% x"', '"%NODE% x"'],
  ] as const) {
    for (const file of ['cmd.exe', 'CMD', 'C:\\Windows\\System32\\cmd.exe']) {
      t.equal(mungeCmd(request([file, '/d', '/s', '/c', text], env), windows, files).args[4], expected, `${file} ${text}`)
    }
  }
  const asked = request(['cmd.exe', '/d', '/s', '/c', '"node x"'], env)
  t.equal(mungeCmd(asked, plan, files), asked, 'not on Windows')
  t.equal(mungeCmd(asked, windows, nowhere), asked, 'no node on Path')
  t.equal(mungeCmd(asked, { ...windows, nodeFlags: ['--harmony'] }, files), asked, 'flags are added by the shim')
  const other = request(['powershell.exe', '/c', 'node x'], env)
  t.equal(mungeCmd(other, windows, files), other)
  t.end()
})
