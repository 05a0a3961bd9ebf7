import { spawnSync } from 'node:child_process'
import { isWindows } from '../../lib/platform.js'
import { formatNodeOptions, tokenizeNodeOptions } from '../../lib/syntax/node-options.js'
import t from '../tap.js'

const cases: readonly [text: string, values: string[] | undefined][] = [
  ['', []],
  ['   ', []],
  ['--a', ['--a']],
  [' --a  --b ', ['--a', '--b']],
  ['--a "b c"', ['--a', 'b c']],
  ['--title="a b"c', ['--title=a bc']],
  [`--a 'b c'`, ['--a', `'b`, `c'`]],
  ['--a "b\\"c\\\\d"', ['--a', 'b"c\\d']],
  ['a\\b', ['a\\b']],
  ['""', ['']],
  ['"a\tb\nc"', ['a\tb\nc']],
  ['"open', undefined],
  ['"open\\', undefined],
  ['"escaped end\\"', undefined],
]

for (const [text, values] of cases) {
  t.same(
    tokenizeNodeOptions(text)?.map(({ value }) => value),
    values,
    JSON.stringify(text),
  )
}

t.same(tokenizeNodeOptions('  --a "b c" '), [
  { value: '--a', start: 2, end: 5 },
  { value: 'b c', start: 6, end: 11 },
])

t.test('what is written is read back, by this parser and by Node', { skip: isWindows && "a title there is its console's" }, (t) => {
  for (const value of ['/plain/path.js', '/with space', '/with "quotes"', '/with \\back\\slashes', '/with\nnewline', '/ünï']) {
    const text = formatNodeOptions(['--title', value])
    t.same(
      tokenizeNodeOptions(text)?.map((token) => token.value),
      ['--title', value],
    )
    const { stdout } = spawnSync(process.execPath, ['-p', 'process.title'], { env: { NODE_OPTIONS: text }, encoding: 'utf8' })
    t.equal(stdout, `${value}\n`)
  }
  t.end()
})

t.test('Node refuses what this parser refuses', (t) => {
  for (const [text, values] of cases) {
    const { status } = spawnSync(process.execPath, ['-e', '0'], { env: { NODE_OPTIONS: text } })
    if (values === undefined) t.equal(status, 9, text)
  }
  t.end()
})
