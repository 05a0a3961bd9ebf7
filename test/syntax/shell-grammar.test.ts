import { parseShell } from '../../lib/syntax/shell.js'
import t from '../tap.js'

const dialect = { timeIsReserved: false }

/** A text, and its simple commands in order, each as its assignments and words are written; `undefined` where it is not understood. */
const cases: readonly [text: string, commands: string[][] | undefined][] = [
  ['', []],
  ['  # a comment\n', []],
  ['node x', [['node', 'x']]],
  ['A=1 B="2 3" node x', [['A=1', 'B="2 3"', 'node', 'x']]],
  ['A=1', [['A=1']]],
  ['a && b || c; d & e\nf', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
  ['a | b | c', [['a'], ['b'], ['c']]],
  ['a \'b c\' "d $e" f\\ g', [['a', "'b c'", '"d $e"', 'f\\ g']]],
  ['(a; b)', [['a'], ['b']]],
  ['{ a; b; }', [['a'], ['b']]],
  ['if a; then b; elif c; then d; else e; fi', [['a'], ['b'], ['c'], ['d'], ['e']]],
  ['while a; do b; done', [['a'], ['b']]],
  ['for x in 1 2; do b $x; done', [['b', '$x']]],
  ['case $x in a|b) c;; *) d;; esac', [['c'], ['d']]],
  ['f() { a; }', [['a']]],
  ['! a', [['a']]],
  ['a > out 2>&1 < in', [['a']]],
  ['a <<END\nnot a command\nEND\nb', [['a'], ['b']]],
  ["a <<'END'\n$(not a command)\nEND\n", [['a']]],
  ['a <<-END\n\tx\n\tEND\nb', [['a'], ['b']]],
  [
    'a "$(b c)"',
    [
      ['b', 'c'],
      ['a', '"$(b c)"'],
    ],
  ],
  [
    'a `b c`',
    [
      ['b', 'c'],
      ['a', '`b c`'],
    ],
  ],
  ['a $((1 + 2)) ${b:-c}', [['a', '$((1 + 2))', '${b:-c}']]],
  ['a \\\n b', [['a', 'b']]],
  ["a 'open", undefined],
  ['a "open', undefined],
  ['a $(open', undefined],
  ['a `open', undefined],
  ['(a', undefined],
  ['if a; then b', undefined],
  ['a )', undefined],
  ['a &&', undefined],
  ['| a', undefined],
  [';;', undefined],
  ['fi', undefined],
  ['a <<END\nno end', undefined],
]

for (const [text, expected] of cases) {
  const program = parseShell(text, dialect)
  const commands = program?.commands.map(({ assignments, words }) =>
    [...assignments.map(({ word }) => word), ...words].map(({ start, end }) => text.slice(start, end)),
  )
  const inOrder = (list: string[][] | undefined) => list?.map((words) => words.join('\u0001')).toSorted()
  t.same(inOrder(commands), inOrder(expected), JSON.stringify(text))
}

t.test('no text makes it throw, or name a place outside of it', (t) => {
  const parts = [
    'node',
    ' ',
    '\n',
    ';',
    '&&',
    '|',
    '(',
    ')',
    '{',
    '}',
    '$(',
    '`',
    '"',
    "'",
    '\\',
    '$',
    '${',
    '$((',
    '<<E',
    'E',
    'if',
    'then',
    'fi',
    'case',
    'in',
    'esac',
    'A=',
    '#',
    '>',
    '&',
    'ü',
    '[[',
    ']]',
    'do',
    'done',
    'for',
    '!',
  ]
  // A generator of its own, so that a failure can be run again.
  let state = 1
  const next = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
  let understood = 0
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: next(12) }, () => parts[next(parts.length)]).join('')
    const program = parseShell(text, dialect)
    if (program === undefined) continue
    understood++
    const wrong = program.commands.flatMap(({ words }) => words).filter(({ start, end }) => start < 0 || end > text.length || start >= end)
    if (wrong.length > 0) t.fail(JSON.stringify(text))
  }
  t.ok(understood > 1000, `${understood} of 20000 are understood`)
  t.end()
})
