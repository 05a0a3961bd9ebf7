import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { parseShell } from '../../../lib/syntax/shell.js'
import { escapeForBackticks, quoteForShell, quoteWithin } from '../../../lib/syntax/shell-quote.js'
import { placeIn, type Word } from '../../../lib/syntax/shell-word.js'
import { findShells, reasonAgainstBash, type Shell } from '../../support-stand-in.js'
import { hostileText } from '../arbitraries.js'
import { property, same } from '../property.js'
import { bin, scratch, shown } from '../scratch.js'
import { damaged, shellProgram, shellWord, soup } from '../shell-texts.js'

const dialect = { timeIsReserved: true }
const shells = findShells()
/** Where globs find nothing. */
const empty = join(scratch, 'empty')
mkdirSync(empty)

function run([file, ...args]: Shell, text: string) {
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: '/home', A: 'v w' }
  return spawnSync(file, [...args, '-c', text], { env, cwd: empty, encoding: 'utf8' })
}

/** The words behind `show`, where that is all there is in the text and it is understood. */
function wordsOf(text: string): readonly Word[] | undefined {
  const [name, ...words] = parseShell(`show ${text}`, dialect)?.commands.at(-1)?.words ?? []
  return name?.known === 'show' ? words : undefined
}

const matches = ({ known, complete }: Word, argument: string | undefined) =>
  complete ? argument === known : argument?.startsWith(known) === true

export const pure = [
  property('shell grammar: what is found stands in the text, in order', 400, fc.oneof(soup, damaged(shellProgram('node'))), (text) => {
    const program = parseShell(text, dialect)
    for (const { start, end, words, assignments } of program?.commands ?? []) {
      let at = start
      for (const word of [...assignments.map(({ word }) => word), ...words]) {
        same(word.start >= at && word.start < word.end && word.end <= end, true, `a word at ${word.start}`)
        at = word.end
      }
      same(end <= text.length, true, 'a command beyond the end')
    }
    for (const { start, end } of [
      ...(program?.subshells ?? []),
      ...(program?.loops ?? []),
      ...[...(program?.functions.values() ?? [])].flat(),
    ]) {
      same(start <= end && end <= text.length, true, 'a range beyond the end')
    }
  }),
]

export const real = [
  property(
    'shell grammar: bash takes what is understood',
    60,
    fc.oneof(soup, damaged(shellProgram('node'))),
    (text) => {
      if (parseShell(text, dialect) === undefined) return
      const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' })
      // bash warns of a here-document that ends with the text, and takes it.
      same([status, stderr.replace(/.*warning.*\n/g, '')], [0, ''])
    },
    reasonAgainstBash(),
  ),

  property('shell grammar: words mean what is known of them', 60, fc.array(shellWord, { minLength: 1, maxLength: 4 }), (list) => {
    const text = list.join(' ')
    const words = wordsOf(text)
    if (words === undefined || !words.every(({ single }) => single)) return
    for (const shell of shells) {
      const { stdout, stderr } = run(shell, `show ${text}`)
      const given = shown(stdout)
      same(
        given.length === words.length && words.every((word, index) => matches(word, given[index])),
        true,
        `${shell.join(' ')}: ${fc.stringify([given, words, stderr])}`,
      )
    }
  }),

  property(
    'shell words: text put into any place of one stands there',
    40,
    fc.tuple(shellWord, fc.nat(), hostileText),
    ([source, place, inserted]) => {
      const word = wordsOf(source)?.[0]
      if (word?.complete !== true || wordsOf(source)?.length !== 1) return
      const index = place % (word.known.length + 1)
      if (/[\\$]/.test(word.known[index - 1] ?? '')) return
      const { offset, quote } = placeIn(word, index)
      // It was found in `show WORD`.
      const at = offset - 'show '.length
      const text = source.slice(0, at) + quoteWithin(quote, inserted) + source.slice(at)
      for (const shell of shells)
        same(shown(run(shell, `show ${text}`).stdout), [word.known.slice(0, index) + inserted + word.known.slice(index)], text)
    },
  ),

  property('shell words: what is quoted means itself, in quotes, backticks and the texts of other shells', 30, hostileText, (text) => {
    const quoted = quoteForShell(text)
    const nested = quoteForShell(`show ${quoted}`)
    // A substitution ends without its last newlines.
    const inBackticks = `show "\`printf %s ${escapeForBackticks(quoteForShell(text))}\`"`
    for (const shell of shells) {
      same(shown(run(shell, `show ${quoted}; sh -c ${nested}`).stdout), [text, text], quoted)
      same(shown(run(shell, inBackticks).stdout), [text.replace(/\n+$/, '')], inBackticks)
    }
  }),
]
