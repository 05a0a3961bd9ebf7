// Shell texts before and after munging, run by every shell that is here, with a stand-in for node that says what it was given.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takeInheritance } from '../../../lib/boot/restore.js'
import { quoteNodeOption } from '../../../lib/syntax/node-options.js'
import { decodeCarrier, encodeCarrier } from '../../../lib/wrap/carrier.js'
import type { FileSystem } from '../../../lib/wrap/find-program.js'
import { mungeShell } from '../../../lib/wrap/mungers/shell.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import { temporaryDirectory } from '../../support.js'
import t from '../../tap.js'

/** Begins and ends what the stand-in for node says of itself; programs do not print these. */
const marks = { begin: '\u0001', next: '\u0002', end: '\u0003' }

const scratch = temporaryDirectory(t)
const bin = join(scratch, `bin`)
mkdirSync(bin)
const standIn = join(bin, 'node')
writeFileSync(
  standIn,
  `#!/bin/sh
printf '\\001%s\\002%s\\002%s\\003\\n' "\${NODE_OPTIONS+=$NODE_OPTIONS}" "\${BROOD_CONTEXT+=$BROOD_CONTEXT}" "$*"
`,
  { mode: 0o755 },
)

const envFile = join(scratch, 'env')
writeFileSync(envFile, 'NODE_OPTIONS=--sourced\nexport NODE_OPTIONS\n')

/** Texts that start a node that nothing but the munger reaches: N is its absolute path, and show is printf: the echo of some shells changes what it shows. */
const texts: readonly string[] = [
  'NODE_OPTIONS= N x',
  'true; NODE_OPTIONS=--a N "a b"',
  'NODE_OPTIONS="--a b" N; show [%s] "$NODE_OPTIONS" >/dev/null',
  'NODE_OPTIONS="$NODE_OPTIONS --a" N',
  'NODE_OPTIONS="--a $NODE_OPTIONS" N',
  'NODE_OPTIONS=${NODE_OPTIONS:---a} N',
  'unset NODE_OPTIONS; N x; show [%s] "$NODE_OPTIONS" "${NODE_OPTIONS-unset}"',
  'unset NODE_OPTIONS; exec N x',
  'unset NODE_OPTIONS; set -u; N x; show %s "${NODE_OPTIONS-unset}"',
  'unset NODE_OPTIONS; exec "$@"',
  'unset NODE_OPTIONS; "$@"; show [%s] "$NODE_OPTIONS"',
  'unset NODE_OPTIONS; A= ; $A N; show [%s] "$NODE_OPTIONS"',
  'unset NODE_OPTIONS; command N; nice N; nohup N 2>/dev/null',
  'unset NODE_OPTIONS; N "$NODE_OPTIONS" "${NODE_OPTIONS-unset}" >&1',
  'unset NODE_OPTIONS; A=$(N one; N two); show %s "$A"',
  'unset NODE_OPTIONS; show %s "`N one`" "`N "t wo"`"',
  'unset NODE_OPTIONS; N a | cat; (N b); { N c; } ; N d & wait; N e && N f || N g',
  'unset NODE_OPTIONS; if N a; then N b; fi; for i in 1 2; do N $i; done; case x in x) N c;; esac; while N d; do break; done',
  'unset NODE_OPTIONS; cat <<E\n$(N a) `N b` ${X:-$(N c)}\nE\nN d',
  'unset NODE_OPTIONS; NODE_OPTIONS=--a; N x; show %s "$NODE_OPTIONS"; export NODE_OPTIONS; N y',
  'export NODE_OPTIONS=--a; N x; show %s "$NODE_OPTIONS"; NODE_OPTIONS=--b; N y',
  'NODE_OPTIONS=--a; N x; show %s "$NODE_OPTIONS"',
  'NODE_OPTIONS=; N x',
  'set -a; NODE_OPTIONS=--a; N x',
  'f() { N "$@"; }; NODE_OPTIONS=--a; export NODE_OPTIONS; f 1; f 2; show %s "$NODE_OPTIONS"',
  'f() { unset NODE_OPTIONS; }; f; N x',
  'for i in 1 2; do N $i; unset NODE_OPTIONS; done; show %s "${NODE_OPTIONS-unset}"',
  'node() { command N "$@"; }; unset NODE_OPTIONS; node x; show %s "${NODE_OPTIONS-unset}"',
  'if true; then unset NODE_OPTIONS; fi; N x',
  'if false; then unset NODE_OPTIONS; fi; N x',
  '(unset NODE_OPTIONS; N a); N b',
  'env -i N x',
  'env -i A=1 N x',
  'env -i PATH="$PATH" node x',
  'env - A=1 nice -n 1 N x',
  'env -u NODE_OPTIONS N x',
  'env NODE_OPTIONS=--a N x',
  `env 'NODE_OPTIONS=--a b' N x; A='"c'; env "NODE_OPTIONS=--a $A" N y; env NODE_OPTIONS=--a\\ b N z`,
  'show %s "`env -i N x`" "$(env -i N y)"',
  'nohup nice -n 1 env -i N x 2>/dev/null',
  'echo x | xargs env -i N',
  'exec env -i N x',
  `env -i sh -c 'N "a b"'`,
  `sh -c 'NODE_OPTIONS= N "a b"; unset NODE_OPTIONS; N y'`,
  `sh -c "NODE_OPTIONS=--a N 'a b'; env -i N"`,
  `sh -c 'sh -c "NODE_OPTIONS= N x; echo \\"y\\""'`,
  'unset $(env | sed -n "s/^\\([A-Z_]*\\)=.*/\\1/p" | grep -v -e PATH -e PWD); N x',
  '. ENV; N x; show %s "$NODE_OPTIONS"',
  'eval "NODE_OPTIONS=--a; export NODE_OPTIONS"; N x; show %s "$NODE_OPTIONS"',
  'export NODE_OPTIONS=--b; NODE_OPTIONS=--a cat <<E; N x\n$NODE_OPTIONS\nE',
  'NODE_OPTIONS=--a N x; exit 3',
]

const preload = join(scratch, `.node-spawn-wrap-store odd 'dir' "x" $(y) \`z\` \\ ü`, 'preload.cjs')
const plan: Plan = {
  windows: false,
  shims: ['/shims'],
  nodeName: 'node',
  nodeOptions: `--require ${quoteNodeOption(preload)}`,
  nodeFlags: [],
  carrier: { contexts: ['/shims'], inherited: 0 },
}
const carrier = encodeCarrier({ ...plan.carrier, nodeOptions: plan.nodeOptions })

const noFiles: FileSystem = { isProgram: () => false, readStart: () => '', readText: () => '' }

function mungeFor(shell: string, text: string, own: string | undefined): string {
  const env = own === undefined ? [] : [`NODE_OPTIONS=${own}`]
  const request = { file: shell, args: [shell, '-c', text], env, cwd: undefined, uid: undefined, gid: undefined }
  return mungeShell({ ...request, untouched: false, flagged: false }, plan, noFiles).args[2] as string
}

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(shell: readonly string[], text: string, env: Record<string, string>): Outcome {
  const [file, ...args] = shell as [string, ...string[]]
  const { status, stdout, stderr } = spawnSync(file, [...args, '-c', text, 'name', standIn, 'x'], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const record = new RegExp(
  `${marks.begin}([^${marks.next}]*)${marks.next}([^${marks.next}]*)${marks.next}([^${marks.end}]*)${marks.end}`,
  'g',
)

/** Shows what each node would have shown after its preload, and counts those that have none. */
function afterPreload(output: string): { output: string; missed: number } {
  let missed = 0
  const shown = output.replace(record, (_, options: string, context: string, args: string) => {
    const env: Record<string, string | undefined> = {}
    if (options !== '') env.NODE_OPTIONS = options.slice(1)
    if (context !== '') env.BROOD_CONTEXT = context.slice(1)
    if (env.NODE_OPTIONS?.includes(plan.nodeOptions) !== true || decodeCarrier(env.BROOD_CONTEXT) === undefined) missed++
    takeInheritance(env, [], preload)
    return `<${env.NODE_OPTIONS === undefined ? '' : `=${env.NODE_OPTIONS}`}|${args}>`
  })
  return { output: shown, missed }
}

/** All that are there; a machine of ours has dash and bash. */
const shells = [['dash'], ['bash'], ['bash', '--posix'], ['zsh'], ['ksh93'], ['mksh'], ['busybox', 'ash']].filter(
  ([file]) => spawnSync(file as string, ['-c', ':']).error === undefined,
)
t.ok(shells.length > 0)

for (const shell of shells) {
  t.test(`run by ${shell.join(' ')}`, (t) => {
    for (const own of [undefined, '', '--own "a b"']) {
      for (const template of texts) {
        // To mksh the assignments of one command do not see each other.
        if (shell[0] === 'mksh' && /^NODE_OPTIONS=.*NODE_OPTIONS/.test(template)) continue
        const text = template
          .replaceAll('N ', `${standIn} `)
          .replace(/N(?=[;)`'"]|$)/gm, standIn)
          .replaceAll('show ', 'printf ')
          .replace('ENV', envFile)
        const bareEnv = { PATH: `${bin}:${process.env.PATH}`, HOME: '/', ...(own !== undefined && { NODE_OPTIONS: own }) }
        const bare = run(shell, text, bareEnv)
        const munged = mungeFor(shell[0] === 'busybox' ? 'ash' : (shell[0] as string), text, own)
        const options = `${plan.nodeOptions}${own === undefined ? '' : ` ${own}`}`
        const wrapped = run(shell, munged, { ...bareEnv, NODE_OPTIONS: options, BROOD_CONTEXT: carrier })
        const name = `${JSON.stringify(template)} with ${own}`
        const { output, missed } = afterPreload(wrapped.stdout)
        t.equal(missed, 0, `${name}: none is missed`)
        const expected = bare.stdout.replace(record, (_, options: string, __: string, args: string) => `<${options}|${args}>`)
        t.same({ ...wrapped, stdout: output }, { ...bare, stdout: expected }, name)
      }
    }
    t.end()
  })
}
