import { userConditions } from '../../lib/module/hot/resolution.js'
import t from '../tap.js'

t.test('the conditions that a user adds', (t) => {
  const rows: readonly [options: string[], conditions: string[]][] = [
    [[], []],
    [['-C', 'dev'], ['dev']],
    [['--conditions', 'dev'], ['dev']],
    [
      ['--conditions=dev', '--conditions', 'test'],
      ['dev', 'test'],
    ],
    [['-C'], []],
    [['--inspect', '--title', 'x'], []],
  ]
  for (const [options, conditions] of rows) t.same(userConditions(options), conditions, options.join(' '))
  t.end()
})
