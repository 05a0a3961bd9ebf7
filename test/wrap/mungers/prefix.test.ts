import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isWindows } from '../../../lib/platform.js'
import { knownWord, parsePrefixCommands } from '../../../lib/syntax/prefix-command.js'
import { encodeCarrier } from '../../../lib/wrap/carrier.js'
import { mungePrefix } from '../../../lib/wrap/mungers/prefix.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../../lib/wrap/request.js'
import { temporaryDirectory } from '../../support.js'
import t from '../../tap.js'

const plan: Plan = {
  windows: false,
  shims: ['/shims'],
  nodeName: 'node-22',
  nodeOptions: '--require "/p q"',
  nodeFlags: [],
  carrier: { contexts: ['/shims'], inherited: 1 },
}

const request = (args: readonly string[]): SpawnRequest => ({
  file: args[0] as string,
  args,
  env: ['PATH=/bin'],
  cwd: undefined,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})

/** A command line of words without blanks: N for NODE_OPTIONS with the preload, C for the carrier. */
const words = (line: string): string[] =>
  line.split(' ').map((word) => {
    if (word === 'C') return `BROOD_CONTEXT=${encodeCarrier({ ...plan.carrier, nodeOptions: plan.nodeOptions })}`
    if (word === 'N') return `NODE_OPTIONS=${plan.nodeOptions}`
    return word.startsWith('N+') ? `NODE_OPTIONS=${plan.nodeOptions} ${word.slice(2)}` : word
  })

const munged: readonly [asked: string, started: string][] = [
  ['env -i node x', 'env -i N C node x'],
  ['env - node', 'env - N C node'],
  ['env -- A=1 node', ''],
  ['/usr/bin/env -i A=1 /abs/node -i', '/usr/bin/env -i A=1 N C /abs/node -i'],
  ['env --ignore-environment --chdir=/ node-22', 'env --ignore-environment --chdir=/ N C node-22'],
  ['env -iC / node', 'env -iC / N C node'],
  ['env -i -- A=1 node', 'env -i -- A=1 N C node'],
  ['env -i ./run', 'env -i N C ./run'],
  ['env -i npm test', 'env -i N C npm test'],
  ['env -u NODE_OPTIONS node', 'env -u NODE_OPTIONS N node'],
  ['env -u A -uNODE_OPTIONS B=1 node', 'env -u A -uNODE_OPTIONS B=1 N node'],
  ['env --unset NODE_OPTIONS --unset=A node', 'env --unset NODE_OPTIONS --unset=A N node'],
  ['env NODE_OPTIONS=--a node', 'env N+--a node'],
  ['env NODE_OPTIONS= node', 'env N+ node'],
  ['env NODE_OPTIONS=--a NODE_OPTIONS=--b jest', 'env NODE_OPTIONS=--a N+--b jest'],
  ['env -i NODE_OPTIONS=--a node', 'env -i N+--a C node'],
  ['env -u NODE_OPTIONS NODE_OPTIONS=--a node', 'env -u NODE_OPTIONS N+--a node'],
  ['nohup nice -n 1 env -i /abs/node', 'nohup nice -n 1 env -i N C /abs/node'],
  ['env -i nice env A=1 node', 'env -i nice env A=1 N C node'],
  ['env NODE_OPTIONS=--a env -i node', 'env NODE_OPTIONS=--a env -i N C node'],
  ['timeout -k 5 --signal KILL 10 env -i node', 'timeout -k 5 --signal KILL 10 env -i N C node'],
  ['setsid -w stdbuf -oL -e 0 env -i node', 'setsid -w stdbuf -oL -e 0 env -i N C node'],
  ['time -f %e -o /f env -i node', 'time -f %e -o /f env -i N C node'],
  ['ionice -c2 -n 7 chrt -b 0 taskset -c 0 env -i node', 'ionice -c2 -n 7 chrt -b 0 taskset -c 0 env -i N C node'],
  ['xargs -0 -n1 -P 2 env -i node', 'xargs -0 -n1 -P 2 env -i N C node'],
  ['xargs -I{} env -i node {}', 'xargs -I{} env -i N C node {}'],
  ['env -i xargs -I require node', 'env -i N C xargs -I require node'],
  ['sudo node x', 'sudo N C node x'],
  ['sudo -n -u root A=1 /abs/node', 'sudo -n -u root A=1 N C /abs/node'],
  ['sudo NODE_OPTIONS=--a node', 'sudo N+--a C node'],
  ['sudo --preserve-env=A,B npm test', 'sudo --preserve-env=A,B N C npm test'],
  ['sudo --preserve-env=NODE_OPTIONS node', 'sudo --preserve-env=NODE_OPTIONS C node'],
  ['env -i sudo node', 'env -i sudo N C node'],
  ['env -S NODE_OPTIONS=--a node', 'env N+--a node'],
  ['env -SNODE_OPTIONS=--a node', 'env N+--a node'],
  ['env -iS node x', 'env -i N C node x'],
  ['env -v -iS -C / node', 'env -v -i -C / N C node'],
  ['env --split-string=-i node', 'env -i N C node'],
  ['env --split-string -i node', 'env -i N C node'],
  ['flock -w 5 /lock env -i node', 'flock -w 5 /lock env -i N C node'],
  ['unshare --fork --pid env -i node', 'unshare --fork --pid env -i N C node'],
  ['setpriv --reuid=0 --clear-groups env -i node', 'setpriv --reuid=0 --clear-groups env -i N C node'],
  ['strace -ff -o /dev/null env -i node', 'strace -ff -o /dev/null env -i N C node'],
  ['chroot / env -i node', 'chroot / env -i N C node'],
  ['runuser -u root -- env -i node', 'runuser -u root -- env -i N C node'],
  ['find . -name x -exec env -i node {} ;', 'find . -name x -exec env -i N C node {} ;'],
  ['find . -execdir env NODE_OPTIONS= node {} +', 'find . -execdir env N+ node {} +'],
  ['script -q /dev/null env -i node', 'script -q /dev/null env -i N C node'],
]
for (const [asked, started] of munged) {
  const before = request(words(asked))
  const after = mungePrefix(before, plan)
  if (started === '') t.equal(after, before, asked)
  else t.same(after, { ...before, args: words(started) }, asked)
}

const untouched: readonly string[] = [
  'node x',
  'env',
  'env node x',
  'env A=1 node x',
  'nice -n 1 node x',
  'nohup node x',
  'xargs node',
  'env -i',
  'env -i A=1',
  'env -i ls',
  'env -i printenv',
  'env NODE_OPTIONS=--a printenv NODE_OPTIONS',
  'env NODE_OPTIONS=--a',
  'env -i nice',
  'timeout 5',
  'ls env -i node',
  // Not understood
  'env -Z -i node',
  'env -S',
  'env -iS',
  'env -S A=$B node',
  'env -S node x',
  'find . -name env -i node',
  'flock 9',
  'flock /lock node',
  'nice -n',
  'chrt -p 5 env -i node',
  // Not done for a reason: see findPassage
  'xargs -I C env -i node C',
  'xargs -I require env -i node',
  'sudo -E node',
  'sudo -i node',
  'sudo ls',
  'sudo /usr/bin/program',
  'exec -c node',
  'command env -i node',
]
for (const line of untouched) {
  const asked = request(line === 'xargs -I C env -i node C' ? ['xargs', '-I', '/shims', 'env', '-i', 'node', '/shims'] : words(line))
  t.equal(mungePrefix(asked, plan), asked, line)
}

t.test('what runs as somebody else, in another root directory, or under the permission model, could not read the preload', (t) => {
  for (const line of [
    'sudo -u other node',
    'nice node --permission x',
    'env NODE_OPTIONS=--a /abs/node --title x --experimental-permission',
    'sudo -g group node',
    'sudo -R /root node',
    'su other -c node',
    'su - other',
    'runuser -u other -- node',
    'setpriv --reuid 1000 node',
    'chroot /root node',
    'chroot --userspec=1 / node',
    'unshare -R /root node',
    'nice env -i chroot /root node',
  ]) {
    const asked = request(words(line))
    t.same(mungePrefix(asked, plan), { ...asked, untouched: true }, line)
  }
  t.end()
})

t.test("argv[0] is nobody's business", (t) => {
  const named = { ...request(['my-env', '-i', 'node']), file: '/usr/bin/env' }
  t.same(mungePrefix(named, plan).args, words('my-env -i N C node'))
  const misnamed = { ...request(['env', '-i', 'node']), file: '/usr/bin/other' }
  t.equal(mungePrefix(misnamed, plan), misnamed)
  t.end()
})

t.test('Windows has none of these', (t) => {
  const asked = request(['env', '-i', 'node'])
  t.equal(mungePrefix(asked, { ...plan, windows: true }), asked)
  t.end()
})

t.test('a value that has the preload already', (t) => {
  const asked = request(['env', `NODE_OPTIONS=${plan.nodeOptions} --a`, 'node'])
  t.equal(mungePrefix(asked, plan), asked)
  t.end()
})

t.test('a text for a shell behind a prefix', (t) => {
  const text = 'NODE_OPTIONS= node x'
  const expected = `NODE_OPTIONS='--require "/p q" ' node x`
  for (const line of [
    'nice -n 1 sh -c T',
    'timeout 5 bash -ec T name',
    'env A=1 bash -o pipefail -c T',
    'busybox sh -c T',
    'flock /lock -c T',
    'flock -n /lock sh -c T',
    'script -qec T /dev/null',
    'script --command T',
    'su -c T',
    'su root -s /bin/sh -c T',
    'find . -exec sh -c T ;',
  ]) {
    const fill = (value: string) => line.split(' ').map((word) => (word === 'T' ? value : word))
    t.same(mungePrefix(request(fill(text)), plan).args, fill(expected), line)
  }
  t.same(mungePrefix(request(['env', '-i', 'sh', '-c', text]), plan).args, [...words('env -i N C sh -c'), expected])
  for (const args of [
    ['nice', 'sh', 'script', text],
    ['nice', 'sh', '-c', 'node x'],
    ['nice', 'sh', '-c'],
    ['flock', '/lock', '-c'],
    ['script', '-qc', 'node x'],
    ['script', '-q', '/dev/null'],
    ['su', 'root'],
  ]) {
    const asked = request(args)
    t.equal(mungePrefix(asked, plan), asked, args.join(' '))
  }
  t.end()
})

t.test('what is known only in part', (t) => {
  const unknown = (known: string, single = true) => ({ known, complete: false, single })
  const parse = (...parts: (string | ReturnType<typeof unknown>)[]) =>
    parsePrefixCommands(
      parts.map((part) => (typeof part === 'string' ? knownWord(part) : part)),
      true,
    ).target
  t.equal(parse('env', unknown('A='), 'node'), 2)
  t.equal(parse('env', unknown('', false), 'node'), 'unknown', 'an option, perhaps')
  t.equal(parse('env', unknown(''), 'x'), 1, 'the command')
  t.equal(parse('env', '-u', unknown(''), 'node'), 3)
  t.equal(parse('env', unknown('-u'), 'node'), 2)
  t.equal(parse('env', unknown('-'), 'node'), 'unknown')
  t.equal(parse('nice', unknown('-n'), 'node'), 2)
  t.equal(parse('nice', unknown('--adjustment='), 'node'), 2)
  t.equal(parse('timeout', unknown(''), 'node'), 2)
  t.equal(parse(unknown('env'), 'node'), 0)
  t.equal(parse('command', '-v', 'node'), 'none')
  t.equal(parse('exec', '-a', 'name', 'node'), 3)
  t.equal(parse('nice'), 'none')
  t.end()
})

t.test('an option that awaits a value ends no line beyond its words', (t) => {
  for (const line of ['stdbuf -oL -i', 'env -u', 'nice -n', 'timeout -s']) {
    const words = line.split(' ')
    const { steps, target } = parsePrefixCommands(words.map(knownWord), false)
    t.same([steps[0]?.command, target], [words.length, 'none'], line)
  }
  t.end()
})

t.test('the programs themselves take it so', { skip: isWindows && 'they are programs of POSIX systems' }, (t) => {
  const scratch = temporaryDirectory(t)
  const standIn = join(scratch, 'node')
  writeFileSync(standIn, `#!/bin/sh\nprintf '%s|%s|%s' "$NODE_OPTIONS" "$BROOD_CONTEXT" "$*"\n`, { mode: 0o755 })
  const lines = [
    'env -i NODE x',
    'env -iu A - B=1 NODE x',
    'env -u NODE_OPTIONS -C / A=1 NODE x',
    'env NODE_OPTIONS= NODE x',
    'nohup env -i NODE x',
    'nice -n 1 env -i NODE x',
    'nice -1 env -i NODE x',
    'timeout -k 5 -s KILL 10 env -i NODE x',
    'setsid -w env -i NODE x',
    'stdbuf -oL -e 0 env -i NODE x',
    'time -o /dev/null -f %e env -i NODE x',
    'ionice -c 3 env -i NODE x',
    'chrt -o 0 env -i NODE x',
    'taskset -c 0 env -i NODE x',
    'xargs -n 1 -I {} env -i NODE {}',
    'xargs -n1 -r env -i NODE',
    'busybox env -i NODE x',
    'sudo -n NODE x',
    'env -S -i NODE x',
    'flock /dev/null env -i NODE x',
    'unshare --fork env -i NODE x',
    'setpriv --nnp env -i NODE x',
    'strace -f -o /dev/null env -i NODE x',
    'find / -maxdepth 0 -exec env -i NODE x ;',
  ]
  for (const line of lines) {
    const args = line.split(' ').map((word) => (word === 'NODE' ? standIn : word))
    const file = args[0] as string
    if (spawnSync(file, ['--help']).error !== undefined) continue
    const env = { PATH: process.env.PATH, NODE_OPTIONS: plan.nodeOptions, BROOD_CONTEXT: words('C')[0]?.slice('BROOD_CONTEXT='.length) }
    const { stdout, stderr } = spawnSync(file, mungePrefix(request(args), plan).args.slice(1), { env, input: 'x', encoding: 'utf8' })
    const [options, carrier, rest] = stdout.split('|')
    t.same([options?.trimEnd(), carrier, rest], [plan.nodeOptions, env.BROOD_CONTEXT, 'x'], `${line} ${stderr}`)
  }
  t.end()
})
