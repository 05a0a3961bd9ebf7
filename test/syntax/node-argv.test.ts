import { parseNodeArgv } from '../../lib/syntax/node-argv.js'
import t from '../tap.js'

const cases: readonly [args: string[], options: [string, string | undefined][], rest: string[]][] = [
  [[], [], []],
  [['main.js', '-x'], [], ['main.js', '-x']],
  [['--harmony', 'main.js'], [['--harmony', undefined]], ['main.js']],
  [['-r', 'x', 'main.js'], [['-r', 'x']], ['main.js']],
  [
    ['--require', 'x', '--import', 'y', 'main.js'],
    [
      ['--require', 'x'],
      ['--import', 'y'],
    ],
    ['main.js'],
  ],
  [['--require=x', 'main.js'], [['--require', 'x']], ['main.js']],
  [['--title=a=b', 'main.js'], [['--title', 'a=b']], ['main.js']],
  [
    ['--title', 'x', '-C', 'dev', 'main.js'],
    [
      ['--title', 'x'],
      ['-C', 'dev'],
    ],
    ['main.js'],
  ],
  [['--use_strict', 'main.js'], [['--use_strict', undefined]], ['main.js']],
  [['--stack_trace_limit', '5', 'main.js'], [['--stack_trace_limit', '5']], ['main.js']],
  [['--inspect', 'main.js'], [['--inspect', undefined]], ['main.js']],
  [['--', '--main.js'], [], ['--', '--main.js']],
  [['-', 'x'], [], ['-', 'x']],
  [['-e', 'code', 'x'], [['-e', 'code']], ['x']],
  [['-r'], [['-r', undefined]], []],
]

for (const [args, options, rest] of cases) {
  const parsed = parseNodeArgv(args)
  t.same([parsed.options.map(({ name, value }) => [name, value]), parsed.rest], [options, rest], JSON.stringify(args))
  t.same([...parsed.options.flatMap(({ source }) => source), ...parsed.rest], args, 'nothing is lost')
}
