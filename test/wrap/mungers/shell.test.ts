import { quoteForShell } from '../../../lib/syntax/shell-quote.js'
import { encodeCarrier } from '../../../lib/wrap/carrier.js'
import type { FileSystem } from '../../../lib/wrap/find-program.js'
import { mungeShell } from '../../../lib/wrap/mungers/shell.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../../lib/wrap/request.js'
import t from '../../tap.js'

const plan: Plan = {
  windows: false,
  shims: ['/shims'],
  nodeName: 'node-22',
  nodeOptions: '--require /p',
  nodeFlags: [],
  carrier: { contexts: ['/shims'], inherited: 0 },
}

const request = (args: readonly string[], own?: string): SpawnRequest => ({
  file: args[0] as string,
  args,
  env: own === undefined ? ['PATH=/bin'] : ['PATH=/bin', `NODE_OPTIONS=${own}`],
  cwd: undefined,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})

const files: FileSystem = {
  isProgram: () => false,
  readStart: () => '',
  readText: (path) => ({ '.env': 'A=1\nNODE_OPTIONS=--f\n', '/other': 'NODE_OPTIONS="--o"' })[path] ?? '',
}

const mungeText = (text: string, own?: string, shell = 'sh') => mungeShell(request([shell, '-c', text], own), plan, files).args[2]

/** What is put into the value of an assignment. */
const ours = `'--require /p '`
/** What is put in front of a command, to which the shell's own NODE_OPTIONS goes or does not go. */
const again = `NODE_OPTIONS='--require /p'"\${NODE_OPTIONS+ $NODE_OPTIONS}" `
const fresh = `NODE_OPTIONS='--require /p' `
const carrierText = encodeCarrier({ ...plan.carrier, nodeOptions: plan.nodeOptions })
const carrier = `BROOD_CONTEXT='${carrierText}' `

/** What takes brood's variables away from a node under the permission model. */
const path = 'PATH=${PATH#/shims:} '
const bare = 'env -u BROOD_CONTEXT -u NODE_OPTIONS '

/** Texts in which something is added, where no NODE_OPTIONS is set before. */
const munged: readonly [text: string, munged: string][] = [
  // Set for one command
  ['NODE_OPTIONS= node x', `NODE_OPTIONS=${ours} node x`],
  ['true; NODE_OPTIONS=--no-warnings /abs/node x', `true; NODE_OPTIONS=${ours}--no-warnings /abs/node x`],
  [`NODE_OPTIONS='--a b' B=1 node`, `NODE_OPTIONS=${ours}'--a b' B=1 node`],
  ['NODE_OPTIONS=$A node', `NODE_OPTIONS=${ours}$A node`],
  ['NODE_OPTIONS=--a NODE_OPTIONS=--b node', `NODE_OPTIONS=--a NODE_OPTIONS=${ours}--b node`],
  ['NODE_OPTIONS=--a jest', `NODE_OPTIONS=${ours}--a jest`],
  ['NODE_OPTIONS=--a nohup nice -n 1 node', `NODE_OPTIONS=${ours}--a nohup nice -n 1 node`],
  ['NODE_OPTIONS=--a exec node', `NODE_OPTIONS=${ours}--a exec node`],
  ['NODE_OPTIONS=--a "$NODE" x', `NODE_OPTIONS=${ours}--a "$NODE" x`],
  ['>a NODE_OPTIONS=--a node 2>&1', `>a NODE_OPTIONS=${ours}--a node 2>&1`],
  ['NODE_OPTIONS="$NODE_OPTIONS --a" node', `NODE_OPTIONS='' NODE_OPTIONS=${ours}"$NODE_OPTIONS --a" node`],
  ['NODE_OPTIONS=${NODE_OPTIONS:---a} node', `NODE_OPTIONS='' NODE_OPTIONS=${ours}\${NODE_OPTIONS:---a} node`],
  ['NODE_OPTIONS=${NODE_OPTIONS---a} node', `NODE_OPTIONS=${ours}\${NODE_OPTIONS---a} node`],
  // Unset or set for what follows
  ['unset NODE_OPTIONS; /abs/node x', `unset NODE_OPTIONS; ${again}/abs/node x`],
  ['unset A NODE_OPTIONS && node x', `unset A NODE_OPTIONS && ${again}node x`],
  ['unset -v NODE_OPTIONS\nA=1 node x', `unset -v NODE_OPTIONS\nA=1 ${again}node x`],
  ['export NODE_OPTIONS=--a; /abs/node', `export NODE_OPTIONS=--a; ${again}/abs/node`],
  ['export NODE_OPTIONS="$NODE_OPTIONS --a"; node', `export NODE_OPTIONS="$NODE_OPTIONS --a"; ${again}node`],
  ['NODE_OPTIONS=--a; export NODE_OPTIONS; node', `NODE_OPTIONS=--a; export NODE_OPTIONS; ${again}node`],
  ['NODE_OPTIONS=--a; node', `NODE_OPTIONS=--a; ${fresh}node`],
  ['set -a; NODE_OPTIONS=--a; node', `set -a; NODE_OPTIONS=--a; ${again}node`],
  ['unset NODE_OPTIONS; NODE_OPTIONS=--a; node', `unset NODE_OPTIONS; NODE_OPTIONS=--a; ${fresh}node`],
  ['read NODE_OPTIONS; export NODE_OPTIONS; node', `read NODE_OPTIONS; export NODE_OPTIONS; ${again}node`],
  ['for NODE_OPTIONS in a; do node; done', `for NODE_OPTIONS in a; do ${fresh}node; done`],
  // NODE_OPTIONS from a file
  ['node --env-file=.env x', `NODE_OPTIONS='--require /p --f' node --env-file=.env x`],
  [
    'true; exec /abs/node --env-file .env --env-file-if-exists=/other x',
    `true; NODE_OPTIONS='--require /p --o' exec /abs/node --env-file .env --env-file-if-exists=/other x`,
  ],
  ['A=1 nice node --env-file=.env', `A=1 NODE_OPTIONS='--require /p --f' nice node --env-file=.env`],
  // Under the permission model
  ['/abs/node --permission x', `${path}${bare}/abs/node --permission x`],
  ['exec nice "$NODE" --title x --experimental-permission', `${path}exec nice ${bare}"$NODE" --title x --experimental-permission`],
  ['A=1 NODE_OPTIONS=--a /abs/node --permission', `A=1 NODE_OPTIONS=--a ${path}env -u BROOD_CONTEXT /abs/node --permission`],
  ['unset NODE_OPTIONS; /abs/node --permission', `unset NODE_OPTIONS; ${path}env -u BROOD_CONTEXT /abs/node --permission`],
  ['unset NODE_OPTIONS; NODE_OPTIONS=--a node', `unset NODE_OPTIONS; NODE_OPTIONS=${ours}--a node`],
  ['unset NODE_OPTIONS; >a /abs/node', `unset NODE_OPTIONS; >a ${again}/abs/node`],
  ['unset NODE_OPTIONS; exec node', `unset NODE_OPTIONS; ${again}exec node`],
  ['unset NODE_OPTIONS; exec "$@"', `unset NODE_OPTIONS; ${again}exec "$@"`],
  ['unset NODE_OPTIONS; command node', `unset NODE_OPTIONS; ${again}command node`],
  ['unset NODE_OPTIONS; $NODE x; ./run', `unset NODE_OPTIONS; ${again}$NODE x; ${again}./run`],
  [
    'unset NODE_OPTIONS; npm test; npx x; bash x; make',
    `unset NODE_OPTIONS; ${again}npm test; ${again}npx x; ${again}bash x; ${again}make`,
  ],
  ['unset NODE_OPTIONS; node-22 x; nodejs x', `unset NODE_OPTIONS; ${again}node-22 x; ${again}nodejs x`],
  ['unset NODE_OPTIONS; nohup nice -n 1 /abs/node &', `unset NODE_OPTIONS; ${again}nohup nice -n 1 /abs/node &`],
  ['unset NODE_OPTIONS; env A=1 /abs/node', `unset NODE_OPTIONS; ${again}env A=1 /abs/node`],
  ['unset NODE_OPTIONS; env -S "node x"', `unset NODE_OPTIONS; ${again}env -S "node x"`],
  ['command unset NODE_OPTIONS; node', `command unset NODE_OPTIONS; ${again}node`],
  ['eval "$A"; /abs/node', `eval "$A"; ${again}/abs/node`],
  ['. ./env; /abs/node', `. ./env; ${again}/abs/node`],
  ['export $(cat .env); /abs/node', `export $(cat .env); ${again}/abs/node`],
  [
    'unset $(env | cut -d= -f1); /abs/node',
    `unset $(env | cut -d= -f1); ${again}BROOD_CONTEXT=\${BROOD_CONTEXT:-'${carrierText}'} /abs/node`,
  ],
  // How far it reaches
  ['node; unset NODE_OPTIONS; node', `node; unset NODE_OPTIONS; ${again}node`],
  ['(unset NODE_OPTIONS; node); node', `(unset NODE_OPTIONS; ${again}node); node`],
  ['a=$(unset NODE_OPTIONS; node); node', `a=$(unset NODE_OPTIONS; ${again}node); node`],
  ['{ unset NODE_OPTIONS; }; node', `{ unset NODE_OPTIONS; }; ${again}node`],
  ['if a; then unset NODE_OPTIONS; fi; (node)', `if a; then unset NODE_OPTIONS; fi; (${again}node)`],
  ['for a in b; do node; unset NODE_OPTIONS; done', `for a in b; do ${again}node; unset NODE_OPTIONS; done`],
  ['node; while node; do unset NODE_OPTIONS; done', `node; while ${again}node; do unset NODE_OPTIONS; done`],
  ['f() { node; }; unset NODE_OPTIONS; f', `f() { ${again}node; }; unset NODE_OPTIONS; f`],
  ['f() { NODE_OPTIONS=--a; node; }; f; unset NODE_OPTIONS', `f() { NODE_OPTIONS=--a; ${fresh}node; }; f; unset NODE_OPTIONS`],
  ['f() { NODE_OPTIONS=--a; node; }; NODE_OPTIONS=--b f', `f() { NODE_OPTIONS=--a; ${again}node; }; NODE_OPTIONS=--b f`],
  ['unset NODE_OPTIONS; node & wait', `unset NODE_OPTIONS; ${again}node & wait`],
  ['f() { unset NODE_OPTIONS; }; f; node', `f() { unset NODE_OPTIONS; }; f; ${again}node`],
  ['f() { /abs/node; }; NODE_OPTIONS=--a f; /abs/node', `f() { ${again}/abs/node; }; NODE_OPTIONS=--a f; /abs/node`],
  ['node() { command node; }; unset NODE_OPTIONS; node', `node() { ${again}command node; }; unset NODE_OPTIONS; node`],
  // Everywhere in the grammar
  ['a | NODE_OPTIONS= node | b', `a | NODE_OPTIONS=${ours} node | b`],
  ['! NODE_OPTIONS= node', `! NODE_OPTIONS=${ours} node`],
  ['echo "$(NODE_OPTIONS= node)"', `echo "$(NODE_OPTIONS=${ours} node)"`],
  ['echo `NODE_OPTIONS= node`', `echo \`NODE_OPTIONS=${ours} node\``],
  ['case a in a) NODE_OPTIONS= node;; esac', `case a in a) NODE_OPTIONS=${ours} node;; esac`],
  ['cat <<E\n$(NODE_OPTIONS= node)\nE\nNODE_OPTIONS= node', `cat <<E\n$(NODE_OPTIONS=${ours} node)\nE\nNODE_OPTIONS=${ours} node`],
  ['A=${B:-$(NODE_OPTIONS= node)}', `A=\${B:-$(NODE_OPTIONS=${ours} node)}`],
  // Through env and its like
  ['env -i /abs/node x', `env -i ${fresh}${carrier}/abs/node x`],
  ['env -i A=1 "B=$C" node', `env -i A=1 "B=$C" ${fresh}${carrier}node`],
  ['env - node', `env - ${fresh}${carrier}node`],
  ['env --ignore-environment -C / node', `env --ignore-environment -C / ${fresh}${carrier}node`],
  ['env -i "$NODE" x', `env -i ${fresh}${carrier}"$NODE" x`],
  ['env -i nice env A=1 node', `env -i nice env A=1 ${fresh}${carrier}node`],
  ['env -i NODE_OPTIONS=--a node', `env -i NODE_OPTIONS=${ours}--a ${carrier}node`],
  ['env -u NODE_OPTIONS /abs/node', `env -u NODE_OPTIONS ${fresh}/abs/node`],
  ['env -uNODE_OPTIONS --unset=A /abs/node', `env -uNODE_OPTIONS --unset=A ${fresh}/abs/node`],
  ['env NODE_OPTIONS=--a /abs/node', `env NODE_OPTIONS=${ours}--a /abs/node`],
  ['env NODE_OPTIONS= jest', `env NODE_OPTIONS=${ours} jest`],
  [`env 'NODE_OPTIONS=--a b' node`, `env 'NODE_OPTIONS='${ours}'--a b' node`],
  ['env "NODE_OPTIONS=--a $B" node', `env "NODE_OPTIONS="${ours}"--a $B" node`],
  ['/usr/bin/env -i node', `/usr/bin/env -i ${fresh}${carrier}node`],
  ['nohup nice -n 1 env -i /abs/node', `nohup nice -n 1 env -i ${fresh}${carrier}/abs/node`],
  ['exec env -i node', `exec env -i ${fresh}${carrier}node`],
  ['find . | xargs -n1 env -i node', `find . | xargs -n1 env -i ${fresh}${carrier}node`],
  ['unset NODE_OPTIONS; env -i node', `unset NODE_OPTIONS; env -i ${fresh}${carrier}node`],
  ['sudo -n node x', `sudo -n ${fresh}${carrier}node x`],
  // A shell's own text in there
  [`sh -c 'NODE_OPTIONS= node'`, `sh -c 'NODE_OPTIONS='${quoteForShell(ours)}' node'`],
  [`sh -c "NODE_OPTIONS= node"`, `sh -c "NODE_OPTIONS="${quoteForShell(ours)}" node"`],
  [
    `env -i bash -ec 'unset NODE_OPTIONS; node' x`,
    `env -i ${fresh}${carrier}bash -ec 'unset NODE_OPTIONS; '${quoteForShell(again)}'node' x`,
  ],
]
for (const [text, expected] of munged) {
  t.equal(mungeText(text), expected, text)
  t.ok(isPartOf(text, expected), 'nothing else is changed')
}

/** Are the characters of `part` all there, in order? */
function isPartOf(part: string, whole: string): boolean {
  let at = 0
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++
  return at === part.length
}

t.test('with a NODE_OPTIONS of the user', (t) => {
  const cases: readonly [text: string, own: string, munged: string][] = [
    ['NODE_OPTIONS=--a; node', '--b', `NODE_OPTIONS=--a; ${again}node`],
    ['NODE_OPTIONS=--a; node', '', `NODE_OPTIONS=--a; ${again}node`],
    ['NODE_OPTIONS=--a; node', plan.nodeOptions, `NODE_OPTIONS=--a; ${fresh}node`],
    ['NODE_OPTIONS="$NODE_OPTIONS --a" node', '--b c', `NODE_OPTIONS='--b c' NODE_OPTIONS=${ours}"$NODE_OPTIONS --a" node`],
    ['NODE_OPTIONS="$NODE_OPTIONS --a" node', `${plan.nodeOptions} --b`, `NODE_OPTIONS=--b NODE_OPTIONS=${ours}"$NODE_OPTIONS --a" node`],
    [
      'unset NODE_OPTIONS; NODE_OPTIONS="$NODE_OPTIONS --a" node',
      '--b',
      `unset NODE_OPTIONS; NODE_OPTIONS=${ours}"$NODE_OPTIONS --a" node`,
    ],
    [`NODE_OPTIONS='--a "b' node`, '', `NODE_OPTIONS=${ours}'--a "b' node`],
  ]
  for (const [text, own, expected] of cases) t.equal(mungeText(text, own), expected, `${text} (${own})`)
  t.end()
})

const untouched: readonly string[] = [
  'cd /tmp; node --env-file=.env',
  'node --env-file=absent',
  'node x --env-file=.env',
  'ls --env-file=.env',
  './run --env-file=.env',
  '"$NODE" --env-file=.env',
  // The shim of a bare name sees to it
  'node --permission x',
  'env -i /abs/node --permission x',
  '/abs/program --permission',
  '/abs/node x --permission',
  'unset NODE_OPTIONS & wait; node',
  '{ unset NODE_OPTIONS; true && . ./env; } & node',
  '',
  'node x',
  '/abs/node x && npm test',
  'A=1 node x',
  'PATH=/usr/bin node x',
  'env A=1 node x',
  'env',
  'env -i',
  'env -i A=1 printenv',
  'env -i ls',
  'printenv NODE_OPTIONS',
  'export NODE_ENV=production; node x',
  'unset A; node x',
  'unset -f NODE_OPTIONS; node x',
  'echo NODE_OPTIONS= node',
  'echo "NODE_OPTIONS= node"',
  '# NODE_OPTIONS= node',
  `cat <<'E'\n$(NODE_OPTIONS= node)\nE`,
  // What starts nothing, or would keep the variable
  'unset NODE_OPTIONS; echo "$NODE_OPTIONS"; ls; printenv',
  'NODE_OPTIONS=--a cd /; NODE_OPTIONS=--a :; NODE_OPTIONS=--a',
  'NODE_OPTIONS=--a printenv NODE_OPTIONS',
  'export NODE_OPTIONS=--a',
  'f() { :; }; unset NODE_OPTIONS; f',
  'unset NODE_OPTIONS; command -v node',
  'unset NODE_OPTIONS; exec >a',
  // What might break, or go wrong
  'readonly NODE_OPTIONS=--a; node',
  'declare -r NODE_OPTIONS=--a; node',
  'export -n NODE_OPTIONS; node',
  'alias x=y; unset NODE_OPTIONS; node',
  'NODE_OPTIONS=--a B=$NODE_OPTIONS node',
  'NODE_OPTIONS+=--a node',
  'NODE_OPTIONS=~/a node',
  'unset NODE_OPTIONS; time node',
  'env -i $A node',
  'env -i -Z node',
  'env -S "-i node"',
  'env -i $@',
  'find . | xargs -I C env -i node C',
  'find . | xargs -I "$A" env -i node',
  'sudo -u other node x',
  'sudo -E node x',
  'sudo /abs/program',
  'exec -c node',
  // What is not understood
  `NODE_OPTIONS= node '`,
  'NODE_OPTIONS= node; a *(b)',
  'if NODE_OPTIONS= node; then; fi',
  'echo `echo \\`NODE_OPTIONS= node\\``',
]
for (const text of untouched) {
  const asked = request(['sh', '-c', text])
  t.equal(mungeShell(asked, plan, files).args, asked.args, text)
}

t.test('time is a reserved word, or a program, or nobody knows', (t) => {
  const text = 'unset NODE_OPTIONS; time node'
  t.equal(mungeText(text, undefined, 'bash'), `unset NODE_OPTIONS; time ${again}node`)
  t.equal(mungeText(text, undefined, '/usr/bin/zsh'), `unset NODE_OPTIONS; time ${again}node`)
  t.equal(mungeText(text, undefined, '/bin/dash'), `unset NODE_OPTIONS; ${again}time node`)
  t.equal(mungeText(text, undefined, 'sh'), text)
  t.equal(mungeText('time env -i node', undefined, 'sh'), `time env -i ${fresh}${carrier}node`)
  t.equal(mungeText('unset NODE_OPTIONS; time { node; }', undefined, 'sh'), `unset NODE_OPTIONS; time { ${again}node; }`)
  t.end()
})

t.test('command lines of shells', (t) => {
  const text = 'NODE_OPTIONS= node'
  const expected = mungeText(text)
  for (const args of [
    ['/bin/sh', '-c', text],
    ['bash', '-ec', text, 'name', text],
    ['/usr/bin/bash', '-o', 'pipefail', '--norc', '-O', 'extglob', '-lc', text],
    ['zsh', '-c', text],
    ['/bin/ksh', '-c', '--', text],
    ['ash', '-c', text],
  ]) {
    const index = args.indexOf(text)
    t.same(mungeShell(request(args), plan, files).args, args.with(index, expected as string), args.join(' '))
  }
  for (const args of [
    ['sh', 'script.sh', '-c', text],
    ['sh', '-s', text],
    ['sh', '-c'],
    ['sh'],
    ['fish', '-c', text],
    ['node', '-c', text],
  ]) {
    const asked = request(args)
    t.equal(mungeShell(asked, plan, files), asked, args.join(' '))
  }
  const named = { ...request(['my-shell', '-c', text]), file: '/bin/sh' }
  t.same(mungeShell(named, plan, files).args, ['my-shell', '-c', expected], 'a shell under another argv[0]')
  const windows = { ...request(['C:\\Git\\bin\\BASH.exe', '-c', text]), env: ['node_options=--a'] }
  t.same(mungeShell(windows, { ...plan, windows: true }, files).args[2], expected, 'Windows')
  t.end()
})

t.test('a shell that starts node and nothing else needs no shim', (t) => {
  const needsShim = (args: readonly string[], changes: Partial<SpawnRequest> = {}, changed: Partial<Plan> = {}) =>
    mungeShell({ ...request(args), ...changes }, { ...plan, ...changed }, files).shimless !== true
  const direct = [
    'node x',
    ' node --title "a b" x "$@"',
    'node x $A `node y`',
    '/abs/node x; node-22 y; nodejs z',
    'A=1 node x',
    'exec node x',
    'command node x 2>&1',
    'cd a && node b || exit 3',
    'node a | node b > c &',
    '(node a) & wait',
    'if test -f a; then node a; else echo "$(node b)"; fi',
    'for a in b c; do node x $a; done',
    'node -e "exec()"',
    'node',
  ]
  const others = [
    'echo',
    'node x; a',
    'a | node x',
    'node x; ./a',
    'node x; "$A"',
    '$A node x',
    'PATH=/a node x',
    'NODE_OPTIONS= node x',
    'node --permission x',
    'node --experimental-policy=a x',
    'node $A x',
    'for a in b c; do node $a; done',
    'node "--$A" x',
    'exec -a b node x',
    'env A=1 node x',
    'time node x',
    'nice node x',
    'node x; . ./a',
    'node x; eval "$A"',
    'trap "a" EXIT; node x',
    'alias node=a; node x',
    'node() { a; }; node x',
    'npm test',
    'a=$(b) node x',
    'node x <<E\n$(a)\nE',
    'node x <(a)',
    'node x )',
  ]
  for (const text of direct) t.notOk(needsShim(['sh', '-c', text]), text)
  for (const text of others) t.ok(needsShim(['sh', '-c', text]), text)

  t.notOk(needsShim(['/bin/bash', '-ec', 'node "$@"', 'bash', 'x']) && needsShim(['dash', '-c', 'node x', 'name']), 'shells')
  const words = ['sh', '-c', 'node x']
  for (const args of [
    ['zsh', '-c', 'node x'],
    ['bash', '-lc', 'node x'],
    ['bash', '-ic', 'node x'],
    ['bash', '--rcfile', 'a', '-c', 'node x'],
    ['bash', '-o', 'errexit', '-c', 'node x'],
    ['sh', '-c', '--', 'node x'],
  ]) {
    t.ok(needsShim(args), args.join(' '))
  }
  for (const pair of ['BASH_ENV=/a', 'ENV=/a', 'BASH_FUNC_node%%=() { a; }']) t.ok(needsShim(words, { env: ['PATH=/bin', pair] }), pair)
  t.ok(needsShim(words, {}, { nodeFlags: ['--harmony'] }), 'the shim has flags to add')
  t.end()
})
