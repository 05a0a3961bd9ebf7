import * as fc from 'fast-check'

/** What some reader or other takes for more than a letter, and some letters. NUL can stand in no argument, path or variable. */
const hostileUnits = [
  ...` '"\`$\\;&|<>(){}[]*?~#!=%^:,+-/.\n\t\r\u007f\u001b`.split(''),
  ...Array.from('abxN01_@ü日😀'),
  '$(touch canary)',
  '`touch canary`',
  '"; touch canary; "',
  "'; touch canary; '",
  '${x}',
  '$HOME',
  '%PATH%',
  '@NODE@',
  '@DIRECTORY@',
  'node',
  'NODE_OPTIONS',
  '--require',
  '.node-spawn-wrap-',
]

/** Text that tries to be something else: quotes, operators, commands that would leave a file named `canary`. */
export const hostileText: fc.Arbitrary<string> = fc.string({ unit: fc.constantFrom(...hostileUnits), maxLength: 12 })

/** The same without characters that a certain place cannot hold. */
export const hostileTextWithout = (pattern: RegExp): fc.Arbitrary<string> => hostileText.filter((text) => !pattern.test(text))

/** The name of a file. */
export const fileName: fc.Arbitrary<string> = hostileTextWithout(/\//).filter(
  (name) => !/^\.{0,2}$/.test(name) && Buffer.byteLength(name) < 200,
)

/** Names of variables: identifiers, and what no shell can name. */
const variableName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'A',
    'HOME',
    'PWD',
    'PATH',
    'NODE_OPTIONS',
    'Path',
    'PATHEXT',
    'NODE_OPTIONS_X',
    'x_1',
    'BASH_FUNC_f%%',
    'a-b',
    'npm_config_a.b',
  ),
  hostileTextWithout(/=/).filter((name) => name !== ''),
)

/** The variables of a process, each once. */
export const variables: fc.Arbitrary<readonly (readonly [name: string, value: string])[]> = fc.uniqueArray(
  fc.tuple(variableName, fc.oneof(hostileText, fc.constantFrom('/usr/bin:/bin', '::/a b:.', '--no-warnings --title="a b"', ''))),
  { selector: ([name]) => name, maxLength: 8 },
)
