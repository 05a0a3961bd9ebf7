import { join } from 'node:path'
import * as fc from 'fast-check'
import { tokenizeNodeOptions } from '../../../lib/syntax/node-options.js'
import type { FileSystem } from '../../../lib/wrap/find-program.js'
import { mungeShell } from '../../../lib/wrap/mungers/shell.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import { findShells, StandIn } from '../../support-stand-in.js'
import { property, same } from '../property.js'
import { scratch } from '../scratch.js'
import { damaged, shellProgram, soup } from '../shell-texts.js'

const plan: Plan = {
  windows: false,
  shims: ['/shims'],
  nodeName: 'node',
  nodeOptions: '--require /p',
  nodeFlags: [],
  carrier: { contexts: ['/shims'], inherited: 0 },
}

const noFiles: FileSystem = { isProgram: () => false, readStart: () => '', readText: () => '' }

function munge(text: string, own?: string): string {
  const args = ['bash', '-c', text]
  const env = own === undefined ? [] : [`NODE_OPTIONS=${own}`]
  return mungeShell(
    { file: 'bash', args, env, cwd: undefined, uid: undefined, gid: undefined, untouched: false, flagged: false },
    plan,
    noFiles,
  ).args[2] as string
}

/** Are the characters of `part` all there, in order? */
function isPartOf(part: string, whole: string): boolean {
  let at = 0
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++
  return at === part.length
}

const standIn = new StandIn(join(scratch, 'stand-in'))
const shells = findShells()

export const pure = [
  property(
    'shell texts: nothing is taken away, however often they are munged',
    470,
    fc.oneof(soup, damaged(shellProgram('node'))),
    (text) => {
      const once = munge(text)
      same(isPartOf(text, once), true, once)
      // A text that was changed comes again where an inner process starts it as it is.
      same(isPartOf(once, munge(once, '--x')), true, 'munged twice')
    },
  ),

  property('shell texts: what is added stands in front of a command, or in its NODE_OPTIONS', 300, shellProgram('node'), (text) => {
    // Within the quotes of another shell's text, the added text is quoted in turn.
    if (text.includes('sh -c')) return
    same(withoutAdditions(munge(text)), text)
  }),
]

/** Takes out what may be added, where it may stand: at the beginning of a word, and behind `NODE_OPTIONS=`. */
function withoutAdditions(text: string): string {
  const assignments = `(?<![^\\s;&|(){}\`"])(?:NODE_OPTIONS='--require /p'(?:"\\$\\{NODE_OPTIONS\\+ \\$NODE_OPTIONS\\}")? |BROOD_CONTEXT=(?:\\$\\{BROOD_CONTEXT:-)?'[^']*'\\}? )`
  return text.replace(new RegExp(assignments, 'g'), '').replace(/(?<=\bNODE_OPTIONS=)(["']?)'--require \/p '\1/g, '')
}

/** What eval is given, and what stands between backticks with a backslash, only the shell knows. */
const hasSecrets = /eval|`[^`]*\\/

/** What brood puts in front of a variable that the text has set itself leaves a blank there. */
const asOptions = (stdout: string) =>
  stdout.replace(/<=([^|]*)\|/g, (_, options: string) => `<${JSON.stringify(tokenizeNodeOptions(options))}|`)

/**
 * Whether NODE_OPTIONS is exported where a command runs may depend on the way that the text has taken to it: there what nodes see of it is not compared.
 */
const isUndecided = (text: string) =>
  /\bexport\b|\bunset\b|\beval\b/.test(text) && /\(\) \{|\bdo\b|\bthen\b|\besac\b|&&|\|\||\beval\b|set -e/.test(text)
const withoutOptions = (stdout: string) => stdout.replace(/<[^|<]*\|/g, '<|')

export const real = [
  property(
    'shell texts: munged ones do what they did, and every node in them is caught',
    70,
    fc.tuple(shellProgram(standIn.path), fc.constantFrom(undefined, '', '--own "a b"')),
    ([text, own]) => {
      for (const shell of shells) {
        const { munged, outcomes, missed, isTangled } = standIn.compare(shell, text, own)
        if (isTangled) continue
        const { bare, wrapped } = outcomes
        const show = isUndecided(text) ? withoutOptions : asOptions
        const seen = (outcome: typeof bare) => ({ ...outcome, stdout: show(outcome.stdout) })
        same(seen(wrapped), seen(bare), `${shell.join(' ')}, munged: ${munged}\n `)
        if (munged !== text && !hasSecrets.test(text)) same(missed, 0, `${shell.join(' ')}, munged: ${munged}\n  missed`)
      }
    },
  ),
]
