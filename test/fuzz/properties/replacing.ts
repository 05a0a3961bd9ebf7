// Texts for a shell in which a program is named by its path that a mock replaces.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { quoteNodeOption, tokenizeNodeOptions } from '../../../lib/syntax/node-options.js'
import { quoteForShell } from '../../../lib/syntax/shell-quote.js'
import { encodeCarrier } from '../../../lib/wrap/carrier.js'
import { mungeShellText, type ShellStart } from '../../../lib/wrap/mungers/shell-text.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import { findShells, type Outcome, type Shell } from '../../support-stand-in.js'
import { property, same } from '../property.js'
import { scratch } from '../scratch.js'
import { damaged, shellProgram, soup } from '../shell-texts.js'

const directory = join(scratch, `re'placed "x"`)
mkdirSync(directory)
const script = (name: string, text: string) => {
  writeFileSync(join(directory, name), text, { mode: 0o755 })
  return join(directory, name)
}
const say = `printf '<%s|%s>' "\${NODE_OPTIONS+=$NODE_OPTIONS}" "$*"\n`
const tool = script('tool', `#!/bin/sh\n${say}`)
/** Says the same, and what of brood it sees. A shell stands in for node. */
const mock = script(
  'mock $(x).sh',
  `[ -z "\${BROOD_CONTEXT+x}" ] || printf 'BROOD_CONTEXT'
case $PATH in *"the shims"*) printf 'PATH' ;; esac
[ "$BROOD_REPLACED" = ${quoteForShell(tool)} ] || printf 'not %s' "$BROOD_REPLACED"
${say}`,
)

const preload = `/a store/with "quotes" and 'more'/preload.cjs`
const shims = `/the shims' "directory"`
const plan: Plan = {
  windows: false,
  shims: [shims],
  nodeName: 'node',
  nodeOptions: `--require ${quoteNodeOption(preload)}`,
  nodeFlags: [],
  carrier: { contexts: [shims], inherited: 0 },
  replaced: { mocks: new Map([['tool', { node: '/bin/sh', file: mock }]]), shims: [] },
}

const munge = (text: string, shell: string, value: string | undefined) =>
  mungeShellText(text, { shell, own: { value }, plan } satisfies ShellStart)

function run([file, ...args]: Shell, text: string, env: Record<string, string>): Outcome {
  const { status, stdout, stderr } = spawnSync(file, [...args, '-c', text, 'name', 'printf', 'x'], { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** The characters of `part` are all there, in order. */
function isPartOf(part: string, whole: string): boolean {
  let at = 0
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++
  return at === part.length
}

const program = shellProgram(quoteForShell(tool))
/** With another PATH, in which the one before is somewhere. */
const withPath = fc
  .tuple(fc.constantFrom('PATH=/x:$PATH', 'PATH="$PATH":/y', 'PATH=~/x:"/y z:$PATH"', 'A=1 PATH=/x:$PATH'), program)
  .map(([setting, text]) => `${setting}; ${text}; ${setting} ${quoteForShell(tool)} z`)
const shells = findShells()

/** What eval is given, and what stands between backticks with a backslash, only the shell knows. */
const hasSecrets = /eval|`[^`]*\\/
/** Whether NODE_OPTIONS is exported where a command runs may depend on the way that the text has taken to it. */
const isUndecided = /\b(?:export|unset)\b|set -a|NODE_OPTIONS=[^;]*;|for NODE_OPTIONS/

/** A blank may stand where brood's options were taken away, and an empty variable where there is none. */
const asOptions = (stdout: string) =>
  stdout.replace(/<=?([^|]*)\|/g, (_, options: string) => `<${JSON.stringify(tokenizeNodeOptions(options)?.map((token) => token.value))}|`)
const withoutOptions = (stdout: string) => stdout.replace(/<[^|<]*\|/g, '<|')

export const pure = [
  property('replaced in shell texts: nothing is taken away', 100, fc.oneof(soup, damaged(program)), (text) => {
    same(isPartOf(text, munge(text, 'bash', undefined)), true)
  }),
]

export const real = [
  property(
    'replaced in shell texts: the mock runs in its place, and sees nothing of brood',
    60,
    fc.tuple(fc.oneof({ weight: 3, arbitrary: program }, withPath), fc.constantFrom(undefined, '', '--own "a b"')),
    ([text, own]) => {
      if (hasSecrets.test(text)) return
      const { nodeOptions, carrier } = plan
      const path = process.env.PATH ?? ''
      const env = { PATH: path, HOME: '/', ...(own !== undefined && { NODE_OPTIONS: own }) }
      const ours = {
        PATH: `${shims}:${path}`,
        NODE_OPTIONS: own === undefined ? nodeOptions : `${nodeOptions} ${own}`,
        BROOD_CONTEXT: encodeCarrier({ ...carrier, nodeOptions }),
      }
      for (const shell of shells) {
        const munged = munge(text, shell[0] === 'busybox' ? 'ash' : shell[0], own)
        // It is not understood.
        if (munged === text) continue
        const show = isUndecided.test(text) ? withoutOptions : asOptions
        const seen = (outcome: Outcome) => ({ ...outcome, stdout: show(outcome.stdout) })
        same(seen(run(shell, munged, { ...env, ...ours })), seen(run(shell, text, env)), `${shell.join(' ')}, munged: ${munged}\n `)
      }
    },
  ),
]
