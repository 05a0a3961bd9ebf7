import { judgeNode } from '../../../lib/cli/doctor/check-nodes.js'
import { checkNodeOptions, checkRoom } from '../../../lib/cli/doctor/check-variables.js'
import t from '../../tap.js'

t.test('a node', (t) => {
  const cases: readonly (readonly [version: string | undefined, isCaught: boolean, status: string, text: RegExp])[] = [
    [undefined, false, 'warning', /does not say its version/],
    ['16.20.2', false, 'warning', /too old/],
    ['18.20.8', true, 'ok', /can be wrapped; to wrap takes 20\.19/],
    ['20.18.3', true, 'ok', /to wrap takes 20\.19/],
    ['20.19.0', true, 'ok', /^v20\.19\.0 {2}\/bin\/node$/],
    ['26.10.0', true, 'ok', /^v26\.10\.0 {2}\/bin\/node$/],
    ['22.23.3', false, 'warning', /loads nothing by NODE_OPTIONS/],
  ]
  for (const [version, isCaught, status, text] of cases) {
    const check = judgeNode('/bin/node', version, isCaught, '>=20.19')
    t.match({ ...check, text: `${check.detail}${check.advice ?? ''}` }, { name: 'node', status, text }, String(version))
  }
  t.end()
})

t.test('NODE_OPTIONS, without values', (t) => {
  const cases: readonly (readonly [text: string | undefined, status: string, detail: string])[] = [
    [undefined, 'ok', 'not set'],
    [' ', 'ok', 'not set'],
    ['--max-old-space-size=4096 --require "./a b.cjs"', 'ok', "--max-old-space-size --require, kept behind brood's own"],
    ['--title=--permission', 'ok', "--title, kept behind brood's own"],
    ['--permission --allow-fs-read=/secret', 'warning', '--permission --allow-fs-read'],
  ]
  for (const [text, status, detail] of cases) t.match(checkNodeOptions(text), { status, detail }, String(text))
  t.end()
})

t.test('room for variables', (t) => {
  const space = { string: 128 * 1024, total: 2 * 1024 * 1024 }
  const small = ['PATH=/usr/bin', 'A=1']
  t.match(checkRoom(small, [...small, 'NODE_OPTIONS=x'], space), { status: 'ok', detail: 'the environment takes 0 kB of 2 MB' })
  t.match(checkRoom(small, small, { string: 32_768, total: Number.POSITIVE_INFINITY }), {
    status: 'ok',
    detail: 'the environment takes 0 kB',
  })
  const many = Array.from({ length: 12 }, (_, index) => `V${index}=${'x'.repeat(100_000)}`)
  t.match(checkRoom(many, many, space), { status: 'warning', advice: 'The largest variable is V10: 100 kB.' })
  const full = [...many, ...many, 'LARGE=']
  t.match(checkRoom(full, full, space), { status: 'failure' })
  const long = ['A=1', `PATH=${'x'.repeat(128 * 1024)}`]
  t.match(checkRoom(long, long, space), { status: 'failure', advice: 'The largest variable is PATH: 131 kB.' })
  t.end()
})
