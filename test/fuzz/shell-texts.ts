import * as fc from 'fast-check'

/** Any sequence of what a shell's grammar is made of: hardly ever a program. */
export const soup: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        ...`' " \` $ ( ) { } \\ ; & | < > # = [ ] ! * ~ <<E $( \${ $(( )) if then fi do done case in esac x= && || ;; <( a b [[ ]] for f() time`.split(
          ' ',
        ),
        '\n',
        ' E\n',
      ),
      fc.constantFrom('', ' '),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.flat().join(''))

const inSingleQuotes = fc.string({ unit: fc.constantFrom(...`ab "\`$\\;&|()*~#\n日`.split('')), maxLength: 4 }).map((text) => `'${text}'`)
const inDoubleQuotes = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      "'",
      ';',
      '#',
      '*',
      '~',
      '\n',
      '\\"',
      '\\\\',
      '\\$',
      '\\`',
      '\\a',
      '\\\n',
      '$A',
      '${A}',
      '${A:-b c}',
      '日',
      '$ ',
      '$(echo x)',
      '`echo y`',
    ),
    { maxLength: 4 },
  )
  .map((parts) => `"${parts.join('')}"`)
const unquoted = fc.constantFrom(
  'a',
  'b',
  '=',
  '/',
  '.',
  '日',
  '\\ ',
  '\\;',
  "\\'",
  '\\"',
  '\\\\',
  '\\$',
  '\\\n',
  '{',
  '}',
  '#',
  '!',
  '$A',
  '${A}',
  '*',
  '?',
  '[a]',
  '~',
  '%',
  ':',
  '$',
  '$(echo z)',
  "$'q'",
)

/** A word, quoted in any way, with expansions of a variable `A`. */
export const shellWord: fc.Arbitrary<string> = fc
  .array(fc.oneof(inSingleQuotes, inDoubleQuotes, unquoted), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''))

/** A word of which all is known before it runs, and which is no word of the grammar. */
const plainWord = fc
  .array(fc.oneof(inSingleQuotes, fc.constantFrom('a', '日', '"b c"', '\\ ', "\\'", '"\\""', '=')), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''))

const value = fc.oneof(fc.constantFrom('', '--a', `'--a b'`, '"--a $A"', '$A', '"--title=\\"x y\\""'), plainWord)

/** What starts node, or says something. */
function commands(node: string): fc.Arbitrary<string> {
  const start = fc.oneof(
    fc.constant(node),
    plainWord.map((word) => `${node} ${word}`),
  )
  const setting = fc.tuple(value, start).map(([text, command]) => `NODE_OPTIONS=${text} ${command}`)
  const losing = fc.tuple(
    fc.constantFrom(
      'env -i',
      'env -i A=1',
      'env -',
      'env -u NODE_OPTIONS',
      'env -uNODE_OPTIONS',
      'nice',
      'nice -n 1 env -i',
      'exec',
      'command',
      'env A=1',
      '"$NICE"',
      'A=2',
      '>/dev/null',
      'env -i nice',
    ),
    start,
  )
  const setByEnv = fc.tuple(fc.constantFrom('NODE_OPTIONS=--a', `'NODE_OPTIONS=--a b'`, '"NODE_OPTIONS=--a $A"', 'NODE_OPTIONS='), start)
  const nested = fc.tuple(
    fc.constantFrom('', 'env -i ', 'nice '),
    fc.oneof(
      setting,
      start,
      losing.map((parts) => parts.join(' ')),
    ),
  )
  return fc.oneof(
    start,
    setting,
    losing.map((parts) => parts.join(' ')),
    setByEnv.map(([set, command]) => `env ${set} ${command}`),
    nested.map(([prefix, text]) => `${prefix}sh -c '${text.replaceAll("'", "'\\''")}'`),
    value.map((text) => `export NODE_OPTIONS=${text}`),
    value.map((text) => `NODE_OPTIONS=${text}`),
    fc.constantFrom(
      'unset NODE_OPTIONS',
      'unset -v A NODE_OPTIONS',
      'export NODE_OPTIONS',
      'true',
      'false',
      ':',
      'set -e',
      'set -u',
      'set -a',
      'cd /',
      'export A',
      'A=3',
      '$A',
      '"$@"',
    ),
    plainWord.map((word) => `printf "[%s]" ${word}`),
    start.map((command) => `eval ${JSON.stringify(`export NODE_OPTIONS=--e; ${command.replace(/["$`\\]/g, '')}`)}`),
  )
}

const shapes: readonly string[] = [
  '@; @',
  '@\n@',
  '@ && @',
  '@ || @',
  '! @',
  '(@)',
  '{ @; }',
  '@ | cat',
  '@ & wait',
  '@ >/dev/null',
  '@ # @',
  'if @; then @; fi',
  'if @; then @; elif @; then @; else @; fi',
  'for i in 1 2; do @; done',
  'for NODE_OPTIONS in --f; do @; done',
  'while @; do @; break; done',
  'until @; do @; break; done',
  'case $A in 1) @;; *) @;; esac',
  'printf "[%s]" "$(@)"',
  'printf "[%s]" "`@`"',
  'A=$(@)',
  'A=${B:-$(@)}',
  'printf "[%s]" ${A:+"$(@)"}',
  'cat <<E\nx $(@) y\nE\n@',
  'cat <<\\E\n@\nE\n@',
  'cat <<E; @\nx $A\nE',
  `printf "[%s]" '@'`,
]

/**
 * Programs in which NODE_OPTIONS is set and lost in all sorts of ways. They end, and do nothing but say something.
 *
 * @param node how node is written
 */
export function shellProgram(node: string): fc.Arbitrary<string> {
  const command = commands(node)
  const { text } = fc.letrec<Record<'text' | 'shape' | 'call', string>>((tie) => ({
    text: fc.oneof(
      { maxDepth: 3 },
      { weight: 2, arbitrary: command },
      { weight: 2, arbitrary: tie('shape') },
      { weight: 1, arbitrary: tie('call') },
    ),
    shape: fc.tuple(fc.constantFrom(...shapes), fc.array(tie('text'), { minLength: 5, maxLength: 5 })).map(([shape, parts]) => {
      let index = 0
      return shape.replace(/@/g, () => parts[index++] as string)
    }),
    call: fc.tuple(tie('text'), fc.constantFrom('', 'NODE_OPTIONS=--f ')).map(([body, set]) => {
      // The name is longer than any in the body, so that no function calls itself.
      const name = `f${'f'.repeat((body.match(/f{2,}(?=\()/g) ?? []).reduce((most, { length }) => Math.max(most, length), 1))}`
      return `${name}() { ${body}\n}; ${set}${name}`
    }),
  }))
  // What runs in the background says its words at any time.
  return text.filter((program) => !/(?<![&>])&(?!&| wait)/.test(program))
}

/** A text with up to two characters put in or taken away, wherever they are. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damage = fc.tuple(fc.nat(), fc.constantFrom('', ...`'"\`$(){}\\;&|<>\n #=`.split('')))
  return fc.tuple(text, fc.array(damage, { maxLength: 2 })).map(([whole, damages]) =>
    damages.reduce((current, [place, character]) => {
      const at = place % (current.length + 1)
      return current.slice(0, at) + character + current.slice(character === '' ? at + 1 : at)
    }, whole),
  )
}
