import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { knownWord, parsePrefixCommands } from '../../../lib/syntax/prefix-command.js'
import { hostileText } from '../arbitraries.js'
import { property, same } from '../property.js'
import { bin, show, shown } from '../scratch.js'

const oneOf = (...words: readonly string[]) => fc.constantFrom(...words)
/** A few of some words, each a list of arguments. */
const some = (...lists: readonly (readonly string[])[]) =>
  fc.array(fc.constantFrom(...lists), { maxLength: 3 }).map((chosen) => chosen.flat())
const line = (program: string, options: fc.Arbitrary<string[]>, operands: readonly string[] = []) =>
  fc.tuple(options, fc.constantFrom<string[]>([], [], ['--'])).map(([list, end]) => [program, ...list, ...end, ...operands])

const assignments = some(['A=1'], ['B='], ['c-d=e f'], ['NODE_OPTIONS=--a'])
const env = fc
  .tuple(
    some(
      ['-i'],
      ['-u', 'A'],
      ['-uB'],
      ['--unset=A'],
      ['--unset', 'A'],
      ['-C', '/'],
      ['--chdir=/'],
      ['--ignore-environment'],
      ['-iu', 'A'],
      ['-'],
    ),
    assignments,
  )
  .map(([options, set]) => ['env', ...options, ...set])

/** Lines that these programs take, and what may be said wrong. */
const prefix = fc.oneof(
  env,
  line('nice', some(['-n', '1'], ['-n1'], ['--adjustment=1'], ['--adjustment', '1'], ['-1'])),
  line('nohup', fc.constant([])),
  line('timeout', some(['-s', 'TERM'], ['-sKILL'], ['-k', '9'], ['--signal=TERM'], ['--foreground'], ['--preserve-status'], ['-v']), [
    '10',
  ]),
  line('stdbuf', fc.constantFrom(['-oL'], ['-o', 'L'], ['--output=L'], ['-i0', '-eL'], ['--error', 'L'])),
  line('setsid', some(['-w'], ['-c'], ['--wait'])),
  line('xargs', some(['-r'], ['-n', '1'], ['-n1'], ['-0'], ['--null'], ['--max-args=1'], ['-P2'], ['-d', ' '], ['-t'])),
)

const chain = fc.array(prefix, { minLength: 1, maxLength: 4 })

export const pure = [
  property(
    'prefix commands: what is found stands in the line, in order',
    250,
    fc.tuple(
      fc.array(
        fc.oneof(
          prefix,
          fc.array(oneOf('-i', '-S', '--', '-', 'A=1', 'sudo', '-u', 'exec', '-c', '--x', 'node'), { maxLength: 2 }),
          fc.tuple(hostileText),
        ),
      ),
      fc.boolean(),
    ),
    ([lists, byShell]) => {
      const words = lists.flat()
      const { steps, target } = parsePrefixCommands(words.map(knownWord), byShell)
      let at = 0
      for (const { program, variables, command } of steps) {
        same((words[at] as string).endsWith(program), true, `${program} does not stand at ${at}`)
        for (const index of variables)
          same(index > at && index < command && (words[index] as string).indexOf('=') > 0, true, `${index} is no assignment`)
        same(command > at && command <= words.length, true, `${program} ends at ${command}`)
        at = command
      }
      if (typeof target === 'number') same(target, at, 'the command is not behind its last prefix')
    },
  ),
]

export const real = [
  property(
    'prefix commands: the command is the one that they run',
    60,
    fc.tuple(chain, fc.array(hostileText, { maxLength: 3 })),
    ([lists, args]) => {
      const words = [...lists.flat(), show, 'FIRST', ...args]
      const [file, ...rest] = words as [string, ...string[]]
      const { stdout } = spawnSync(file, rest, { env: { PATH: `${bin}:${process.env.PATH}` }, encoding: 'utf8', cwd: '/' })
      const given = shown(stdout ?? '')
      // A line that is refused runs nothing.
      if (given.length === 0) return
      const { target } = parsePrefixCommands(words.map(knownWord), false)
      // xargs without input adds nothing here, or an empty word.
      if (typeof target === 'number')
        same(
          [words[target], words[target + 1], ...given.filter((word) => word !== '')],
          [show, 'FIRST', 'FIRST', ...args.filter((word) => word !== '')],
        )
    },
  ),
]
