import { spawnSync } from 'node:child_process'
import { isWindows } from '../../lib/platform.js'
import { knownWord } from '../../lib/syntax/prefix-command.js'
import { parseShell } from '../../lib/syntax/shell.js'
import { findShellText } from '../../lib/syntax/shell-argv.js'
import { escapeForBackticks, quoteForShell, quoteWithin } from '../../lib/syntax/shell-quote.js'
import { placeIn } from '../../lib/syntax/shell-word.js'
import { reasonAgainstBash } from '../support-stand-in.js'
import t from '../tap.js'

const dialect = { timeIsReserved: true }

/** Each simple command in one line: `A=1` for an assignment, `>f` for a redirection, words as far as they are known, then `…`. */
function commandsOf(text: string, timeIsReserved = true): string[] | undefined {
  return parseShell(text, { timeIsReserved })?.commands.map(({ assignments, words, redirections }) =>
    [
      ...assignments.map(({ word }) => text.slice(word.start, word.end)),
      ...words.map(({ known, complete }) => (complete ? known || "''" : `${known}…`)),
      ...redirections.map(({ start, end }) => text.slice(start, end)),
    ].join(' '),
  )
}

const understood: readonly [text: string, commands: string[]][] = [
  ['', []],
  [' \n\t\n', []],
  ['# nothing', []],
  ['a', ['a']],
  ['a b  c', ['a b c']],
  ['a;b', ['a', 'b']],
  ['a ; b;', ['a', 'b']],
  ['a & b &', ['a', 'b']],
  ['a\nb\n', ['a', 'b']],
  ['a && b || c', ['a', 'b', 'c']],
  ['a &&\n\n# comment\n b', ['a', 'b']],
  ['a | b |\nc', ['a', 'b', 'c']],
  ['a |& b', ['a', 'b']],
  ['! a', ['a']],
  ['a # b; c', ['a']],
  ['a#b c#', ['a#b c#']],
  ['a \\\n b', ['a b']],
  ['a\\\n b', ['a b']],
  ['a \\\n| b', ['a', 'b']],
  ['#!/bin/sh\na', ['a']],
  // Quoting
  [`'a b' "c d" e\\ f`, ['a b c d e f']],
  [`a'b'"c"\\d`, ['abcd']],
  [`"a\\"b\\$c\\d\\\\"`, ['a"b$c\\d\\']],
  [`"a\\\nb"`, ['ab']],
  ["a ''", ["a ''"]],
  ["'a;b' '(' '#'", ['a;b ( #']],
  ['a \\; b', ['a ; b']],
  [`$'a\\tb' $"c"`, ['… …']],
  // Expansions
  ['$a "$b" x$c ${d} "${e:-f g}" $1 $@ $# $$', ['… … x… … … … … … …']],
  ['a $ "$" b$', ['a $ $ b$']],
  ['a "$\\(" b', ['a … b']],
  ['${a:-\'}\'} ${b:-"}"} ${c:-\\}} ${#d} ${e[@]} ${!f}', ['… … … … … …']],
  ['a $(b c) d', ['b c', 'a … d']],
  ['"$(a "b c")"', ['a b c', '…']],
  ['$(a;b\nc)', ['a', 'b', 'c', '…']],
  ['$(a # )\n)', ['a', '…']],
  ['$(case x in a) b;; esac)', ['b', '…']],
  ['$()', ['…']],
  ['`a b` "`c "d"`"', ['a b', 'c d', '… …']],
  ['`a \\`b\\``', ['…']],
  ['${a:-$(b)} "${c:-`d`}"', ['b', 'd', '… …']],
  ['a $((1 + 2)) $(($(b) * (c))) "$((d))"', ['b', 'a … … …']],
  ['$(a $(b $(c)))', ['c', 'b …', 'a …', '…']],
  ['a <(b) >(c)', ['b', 'c', 'a … …']],
  ['a ~ ~/b *.c [d] {e,f} {} { }', ['a … … … … … {} { }']],
  ['[ a = b ]', ['[ a = b ]']],
  // Assignments and redirections
  ['A=1 B= a', ['A=1 B= a']],
  ['A=1', ['A=1']],
  ['A="b c"$d e', ['A="b c"$d e']],
  ['a B=1', ['a B=1']],
  ['1A=1 a', ['1A=1 a']],
  ['A+=1 B[2]=3 C[$d]=4 E[${#f[*]}]=5 g', ['A+=1 B[2]=3 C[$d]=4 E[${#f[*]}]=5 g']],
  ['A=(1 "2 3" $(b)\n # c\n 4) d', ['b', 'A=(1 "2 3" $(b)\n # c\n 4) d']],
  ['declare -a A=(1 2) B; c', ['declare -a A=… B', 'c']],
  ['>a b 2>&1 c <d', ['b c >a 2>&1 <d']],
  ['a 2>b 12>c d2>e', ['a d2 2>b 12>c >e']],
  ['a >>b >|c <>d <&- &>e &>>f <<<g', ['a >>b >|c <>d <&- &>e &>>f <<<g']],
  ['> a', ['> a']],
  ['a > $(b)', ['b', 'a > $(b)']],
  ['a < <(b)', ['b', 'a < <(b)']],
  // Here-documents
  ['a <<E\nb $c\nE\nd', ['a <<E', 'd']],
  ['a <<E; b\nc\nE', ['a <<E', 'b']],
  ['a <<-E\n\tb\n\tE\nc', ['a <<-E', 'c']],
  ['a <<E <<F\n$(b)\nE\n`c`\nF\nd', ['a <<E <<F', 'b', 'c', 'd']],
  [`a <<'E'\n$(b\nE\nc`, [`a <<'E'`, 'c']],
  ['a <<\\E\n`\nE', ['a <<\\E']],
  ['a <<E | b\n\'"\nE\nc', ['a <<E', 'b', 'c']],
  ['if a <<E; then\nb\nE\nc; fi', ['a <<E', 'c']],
  ['$(a <<E\nb\nE\n)', ['a <<E', '…']],
  ['(a <<E)\nb\nE', ['a <<E']],
  // Compound commands
  ['(a; b) >c', ['a', 'b']],
  ['{ a; b; } | c', ['a', 'b', 'c']],
  ['{ a\n}', ['a']],
  ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e']],
  ['if a\nthen b\nfi >c && d', ['a', 'b', 'd']],
  ['while a; do b; done; until c\ndo d\ndone', ['a', 'b', 'c', 'd']],
  ['for a in b $c "d e"; do f; done', ['f']],
  ['for a do b; done; for a; do b; done; for a\nin c\ndo b; done', ['b', 'b', 'b']],
  ['for ((i = 0; i < 3; i++)); do a; done', ['a']],
  ['select a in b; do c; done', ['c']],
  ['case a in b) c;; (d|e) f; g ;; *) h; esac', ['c', 'f', 'g', 'h']],
  ['case $(a) in\n  # b\n  "c d")\n    e\n    ;;\nesac', ['a', 'e']],
  ['case a in b) c ;& d) e ;;& f) ;; esac', ['c', 'e']],
  ['case a in esac', []],
  ['f() { a; }; f', ['a', 'f']],
  ['f ( )\n{ a\n} >b; function g { c; }; function h() ( d )', ['a', 'c', 'd']],
  ['[[ -n $a && ( $b < c || d =~ ^(e|f)$ ) ]] && g', ['g']],
  ['[[ $(a) == b* ]]', ['a']],
  ['((a = 1, b++)) || c', ['c']],
  ['((a); b)', ['a', 'b']],
  ['echo if then fi }', ['echo if then fi }']],
  ['time a; time -p b | c; time { d; }; time ! e', ['a', 'b', 'c', 'd', 'e']],
]
for (const [text, commands] of understood) {
  t.same(commandsOf(text), commands, JSON.stringify(text))
}

t.same(commandsOf('time a; time { b; }; time (c); ! time d', false), ['time a', 'b', 'c', 'time d'], 'time may be a program')

const notUnderstood: readonly string[] = [
  // Errors
  `a 'b`,
  'a "b',
  'a `b',
  'a $(b',
  'a ${b',
  'a $((b)',
  'a \\',
  'a )',
  '(a',
  '()',
  'a ; ; b',
  'a ;; b',
  '; a',
  '&& a',
  'a &&',
  'a |',
  'a >',
  'a > #b',
  '!',
  'if a; then fi',
  'if a; fi',
  'then a',
  'a; done',
  'while a; do b',
  'for 1 in a; do b; done',
  'for a in b do c; done',
  'case a in b c) d;; esac',
  'case a in b) c',
  '{ a; ',
  '{ a; } b',
  'f() a',
  'a b() { c; }',
  'f() { a; } b',
  'a <<E\nb',
  'a <<E',
  '[[ a',
  '((a',
  'A=(1',
  'A=(1)b',
  ']]',
  // What shells read differently, or only some know
  '{a,b}() { c; }',
  'if\\\n a; then b; fi',
  'a\\\nb',
  'A=1 if a; then b; fi',
  'a $\\\nb',
  "a $'b\\'c'",
  `a "\${b:-'c'}"`,
  'a ${ b; } c',
  'a ${(f)b}',
  'a $[b]',
  'a {b}>c',
  'a<(b)',
  'a *(b)',
  'a @(b|c)',
  'a[b c]=d',
  'coproc a',
  'for a (b c) d',
  'a <<E $(b\nc)\nd\nE',
  'a <<E "b\nc"\nd\nE',
  'a <<E\nb\\\nE',
  'a <<$b\nc\n$b',
  'a | time b',
  '((a << E\n))',
  `((a['b']))`,
]
for (const text of notUnderstood) t.equal(parseShell(text, dialect), undefined, JSON.stringify(text))

const noShell = isWindows && 'there is no sh on Windows'

t.test('bash reads what this parser reads', { skip: noShell || reasonAgainstBash() }, (t) => {
  for (const [text] of understood) {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' })
    t.equal(status, 0, `${JSON.stringify(text)} ${stderr}`)
  }
  t.end()
})

t.test('positions', (t) => {
  const text = `A=1 "b c"'d' >e; f() { g; }; (h); for i in j; do k; done; \`l\``
  const program = parseShell(text, dialect)
  t.same(
    program?.commands.map(({ start, end }) => text.slice(start, end)),
    [`A=1 "b c"'d' >e`, 'g', 'h', 'k', 'l', '`l`'],
  )
  t.same(
    program?.commands.map(({ inBackticks }) => inBackticks),
    [false, false, false, false, true, false],
  )
  t.same(
    program?.subshells.map(({ start, end }) => text.slice(start, end)),
    ['(h)', 'l'],
  )
  t.same(parseShell('a; b && c & d', dialect)?.subshells, [{ start: 3, end: 10 }], 'what runs in the background')
  t.same(
    program?.loops.map(({ start, end, variable }) => [text.slice(start, end), variable]),
    [['for i in j; do k; done', 'i']],
  )
  t.same([...(program?.functions ?? [])], [['f', [{ start: text.indexOf('{'), end: text.indexOf('}') + 1 }]]])
  const first = program?.commands[0]
  t.match(first?.assignments[0], { name: 'A', value: 2, plain: true })
  t.end()
})

t.test('what is known of words', (t) => {
  const wordOf = (text: string) => parseShell(text, dialect)?.commands.at(-1)?.words[0]
  const cases: readonly [text: string, known: string, complete: boolean, single: boolean, bare: boolean][] = [
    ['ab', 'ab', true, true, true],
    [`a'b'`, 'ab', true, true, false],
    ['"a$b"', 'a', false, true, false],
    ['a$b', 'a', false, false, false],
    ['"$@"', '', false, false, false],
    ['"$*"', '', false, true, false],
    ['"${a[@]}"', '', false, false, false],
    ['"`a`"', '', false, true, false],
    ['a*', 'a', false, false, false],
    ['~/a', '', false, true, false],
    ['{}', '{}', true, true, true],
    ['[', '[', true, true, true],
  ]
  for (const [text, known, complete, single, bare] of cases) t.match(wordOf(text), { known, complete, single, bare }, text)
  t.same(parseShell('A="$B ${C:-d}" ', dialect)?.commands[0]?.assignments[0]?.word.parameters, [
    { name: 'B', operation: '' },
    { name: 'C', operation: ':-d' },
  ])
  t.end()
})

t.test('text can be put into any place of a word', { skip: noShell }, (t) => {
  const inserted = ` '"$(x)\`\\ `
  for (const source of [`abc`, `'abc'`, `"abc"`, `a'b'c`, `a"b"'c'`, `\\abc`, `"a"b\\c`, `''a"b"c`, `"a\\$c"`]) {
    const word = parseShell(source, dialect)?.commands[0]?.words[0]
    if (word === undefined) throw new Error(source)
    for (let index = 0; index <= word.known.length; index++) {
      const { offset, quote } = placeIn(word, index)
      const text = source.slice(0, offset) + quoteWithin(quote, inserted) + source.slice(offset)
      const { stdout } = spawnSync('sh', ['-c', `printf %s ${text}`], { encoding: 'utf8' })
      t.equal(stdout, word.known.slice(0, index) + inserted + word.known.slice(index), text)
    }
  }
  t.end()
})

t.test('quoting', { skip: noShell }, (t) => {
  for (const text of ['', 'a/b.c-d', `a b`, `it's`, `"$(x)" \`y\` \\ \n ü`]) {
    const quoted = quoteForShell(text)
    t.equal(spawnSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' }).stdout, text, quoted)
    const nested = `printf %s "x\`printf %s ${escapeForBackticks(quoteForShell(text.trimEnd()))}\`"`
    t.equal(spawnSync('sh', ['-c', nested], { encoding: 'utf8' }).stdout, `x${text.trimEnd()}`, nested)
  }
  t.end()
})

t.test('where the text is on the command line of a shell', (t) => {
  const cases: readonly [args: string[], text: string | undefined][] = [
    [['-c', 'T'], 'T'],
    [['-c', 'T', '-c', 'U'], 'T'],
    [['-ec', 'T'], 'T'],
    [['-lc', 'T'], 'T'],
    [['-ce', 'T'], 'T'],
    [['-e', '-c', 'T'], 'T'],
    [['-c', '-e', 'T'], 'T'],
    [['-c', '--', 'T'], 'T'],
    [['-o', 'pipefail', '-c', 'T'], 'T'],
    [['-euo', 'pipefail', '-c', 'T'], 'T'],
    [['-euoc', 'pipefail', 'T'], 'T'],
    [['+e', '+o', 'posix', '-c', 'T'], 'T'],
    [['--norc', '--posix', '-c', 'T'], 'T'],
    [['--rcfile', 'f', '-c', 'T'], 'T'],
    [['-O', 'extglob', '-c', 'T'], 'T'],
    [['script'], undefined],
    [['script', '-c', 'T'], undefined],
    [['-s', 'a'], undefined],
    [['--', '-c', 'T'], undefined],
    [['-c'], undefined],
    [[], undefined],
  ]
  for (const [args, text] of cases) {
    const index = findShellText(['sh', ...args].map(knownWord), 1)
    t.equal(index === undefined ? undefined : args[index - 1], text, args.join(' '))
  }
  t.equal(findShellText([knownWord('sh'), { known: '-', complete: false, single: true }, knownWord('T')], 1), undefined)
  t.end()
})

t.test('hostile depth does not exhaust the stack', (t) => {
  t.doesNotThrow(() => parseShell('$('.repeat(10_000), dialect))
  t.doesNotThrow(() => parseShell('('.repeat(10_000), dialect))
  t.doesNotThrow(() => parseShell('{ '.repeat(10_000), dialect))
  t.doesNotThrow(() => parseShell('"${a:-'.repeat(10_000), dialect))
  t.end()
})
