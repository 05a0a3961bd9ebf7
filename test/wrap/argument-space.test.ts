import { argumentSpace, fits, linuxTotal } from '../../lib/wrap/argument-space.js'
import t from '../tap.js'

const limits = (stack: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax stack size            ${stack}              unlimited            bytes     \n`

for (const [text, expected] of [
  [limits('8388608'), 2 * 1024 * 1024],
  [limits('unlimited'), 6 * 1024 * 1024],
  [limits('65536'), 128 * 1024],
  ['', 128 * 1024],
] as const) {
  t.equal(linuxTotal(text), expected, text)
}
t.ok(argumentSpace().total >= 128 * 1024)

t.test('what fits', (t) => {
  const space = { string: 1024 * 128, total: 1024 * 1024 }
  const of = (env: string[], args: string[] = ['x']) => fits({ args, env }, () => space)
  t.ok(of(['A=1']))
  t.ok(of([`A=${'x'.repeat(128 * 1024 - 3)}`]), 'the longest pair')
  t.notOk(of([`A=${'x'.repeat(128 * 1024 - 2)}`]), 'one longer')
  t.notOk(of([], ['x', 'ü'.repeat(64 * 1024)]), 'bytes count, not characters')
  t.ok(of(Array<string>(9).fill('x'.repeat(100_000))))
  t.notOk(of(Array<string>(11).fill('x'.repeat(100_000))), 'too much in all')
  t.notOk(of(Array<string>(110_000).fill('x')), 'pointers count')
  t.ok(
    fits({ args: ['x'], env: ['A=1'] }, () => {
      throw new Error('asked')
    }),
    'the limits are not asked for where there is little',
  )
  t.end()
})
