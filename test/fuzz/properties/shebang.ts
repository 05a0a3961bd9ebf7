import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { envShebangWords, parseShebang, shebangLength } from '../../../lib/syntax/shebang.js'
import { hostileText, hostileTextWithout } from '../arbitraries.js'
import { property, same } from '../property.js'
import { scratch, show, shown } from '../scratch.js'

const blanks = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 })
const words = fc.array(
  fc.oneof(fc.constantFrom('a', 'a.js', '--x', '-S', 'A=1', 'b/c', '%', '$HOME', '\\', '"'), hostileTextWithout(/\n/)),
  { maxLength: 4 },
)
const argument = fc.tuple(words, blanks).map(([list, space]) => list.join(space || ' '))
/** Long enough to reach the end of what the kernel reads, now and then. */
const filler = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.integer({ min: 150, max: 260 }).map((length) => 'x'.repeat(length)) },
)

const line = (interpreter: string) =>
  fc
    .tuple(blanks, blanks, argument, filler, blanks)
    .map(([before, between, text, more, after]) => `#!${before}${interpreter}${between}${text}${more}${after}\n`)

/** What is started with one argument, by the first line of a script. */
function startedBy(firstLine: string): string[] | undefined {
  const script = join(scratch, 'script')
  writeFileSync(script, firstLine, { mode: 0o755 })
  const { status, stdout } = spawnSync(script, ['given'], { encoding: 'utf8', env: { PATH: '/nowhere' } })
  return status === 0 && stdout.includes('given') ? shown(stdout ?? '').map((word) => (word === script ? 'SCRIPT' : word)) : undefined
}

const startOf = (text: string) => Buffer.from(text).toString('latin1', 0, shebangLength)
const fromLatin1 = (text: string) => Buffer.from(text, 'latin1').toString()

const otherKernel = process.platform !== 'linux' && 'it is the kernel of Linux that is compared with'

export const pure = [
  property(
    'shebang: what is read stands in the line',
    200,
    fc.oneof(
      hostileText,
      line('/bin/x'),
      hostileText.map((text) => `#!${text}\n`),
    ),
    (text) => {
      const found = parseShebang(startOf(text))
      if (found === undefined) return
      const { interpreter, argument = '' } = found
      const first = startOf(text).split('\n', 1)[0] as string
      same(
        first
          .slice(2)
          .replace(/^[ \t]+/, '')
          .startsWith(interpreter),
        true,
        'the interpreter is another',
      )
      same(/^$|[ \t]/.test(interpreter), false, 'an interpreter that is no word')
      same(first.replace(/[ \t]+$/, '').endsWith(argument), true, 'the argument is another')
      envShebangWords(argument)
    },
  ),
]

export const real = [
  property(
    'shebang: the kernel reads the same',
    40,
    line(show),
    (firstLine) => {
      const found = parseShebang(startOf(firstLine))
      if (found?.interpreter !== show) return
      const { argument } = found
      same(startedBy(firstLine), [...(argument === undefined ? [] : [fromLatin1(argument)]), 'SCRIPT', 'given'])
    },
    otherKernel,
  ),

  property(
    'shebang: env reads the same',
    40,
    fc.oneof(line(`/usr/bin/env ${show}`), line(`/usr/bin/env -S ${show}`)),
    (firstLine) => {
      const found = parseShebang(startOf(firstLine))
      const read = found?.argument === undefined ? undefined : envShebangWords(fromLatin1(found.argument))
      if (read?.[0] !== show) return
      same(startedBy(firstLine), [...read.slice(1), 'SCRIPT', 'given'])
    },
    otherKernel,
  ),
]
