import { commandText, durationText, endText, sizeText } from '../../lib/trace/text.js'
import t from '../tap.js'

const durations: readonly (readonly [number, string])[] = [
  [0, '0.0 ms'],
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [59_994, '59.99 s'],
  [59_996, '1 min 00 s'],
  [125_000, '2 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [7_380_000, '2 h 03 min'],
]
for (const [milliseconds, text] of durations) t.equal(durationText(milliseconds), text)

const sizes: readonly (readonly [number, string])[] = [
  [0, '0 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [47_400_000, '47 MB'],
  [1_240_000_000, '1.2 GB'],
]
for (const [bytes, text] of sizes) t.equal(sizeText(bytes), text)

const commands: readonly (readonly [readonly string[], string])[] = [
  [['node', 'a.js', '--x=1'], 'node a.js --x=1'],
  [['sh', '-c', 'a && b'], "sh -c 'a && b'"],
  [['x', ''], "x ''"],
  [['x', "it's"], `x "it's"`],
  [['x', `it's "so"`], `x 'it'\\''s "so"'`],
  [['x', 'a\nb\tc'], 'x a\\nb\\tc'],
  [['x', '\x1b[31mred'], "x '\\u{1b}[31mred'"],
  [['x', '\u202ereversed', '\ud800'], 'x \\u{202e}reversed \\u{d800}'],
  [['x', 'naïve', '日本'], "x 'naïve' '日本'"],
]
for (const [command, text] of commands) t.equal(commandText(command), text)

t.equal(endText({ error: 'ENOENT', signal: undefined, exitCode: undefined }), 'ENOENT')
t.equal(endText({ error: undefined, signal: 'SIGKILL', exitCode: undefined }), 'SIGKILL')
t.equal(endText({ error: undefined, signal: undefined, exitCode: 3 }), 'exit 3')
t.equal(endText({ error: undefined, signal: undefined, exitCode: 0 }), '')
t.equal(endText({ error: undefined, signal: undefined, exitCode: undefined }), '')
