import { ticksOf, timeText } from '../../../lib/trace/page/ticks.js'
import t from '../../tap.js'

const labels = [
  [0, 0.01, 5, ['0', '2 µs', '4 µs', '6 µs', '8 µs', '10 µs']],
  [0, 4.2, 5, ['0', '1 ms', '2 ms', '3 ms', '4 ms']],
  [3.1, 3.9, 4, ['3.2 ms', '3.4 ms', '3.6 ms', '3.8 ms']],
  [0, 940, 5, ['0', '200 ms', '400 ms', '600 ms', '800 ms']],
  [900, 1300, 4, ['900 ms', '1.0 s', '1.1 s', '1.2 s', '1.3 s']],
  [0, 61_000, 5, ['0', '15 s', '30 s', '45 s', '1 min 00 s']],
  [59_900, 60_200, 4, ['59.9 s', '1 min 00.0 s', '1 min 00.1 s', '1 min 00.2 s']],
  [0, 1_500_000, 6, ['0', '5 min', '10 min', '15 min', '20 min', '25 min']],
  [3_000_000, 8_000_000, 4, ['1 h 00 min', '1 h 30 min', '2 h 00 min']],
  [0, 400_000_000, 5, ['0', '24 h', '48 h', '72 h', '96 h']],
] as const

t.test('round steps, in the unit of the step', (t) => {
  for (const [from, to, most, expected] of labels) {
    t.same(
      ticksOf({ from, to }, most).map(({ label }) => label),
      expected,
      `${from} to ${to}`,
    )
  }
  t.end()
})

t.test('never more than asked for by more than the first, all in the range, all different', (t) => {
  for (let length = 0.01; length < 1e9; length *= 1.7) {
    for (const from of [0, length * 0.37, 12_345.678]) {
      const ticks = ticksOf({ from, to: from + length }, 8)
      t.ok(ticks.length <= 9 && ticks.length >= 1, `${ticks.length} ticks from ${from} for ${length}`)
      t.ok(ticks.every(({ at }) => at >= from - length * 1e-6 && at <= from + length * (1 + 1e-6)))
      t.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length, ticks.map(({ label }) => label).join(' '))
    }
  }
  t.end()
})

t.test('a time is as exact as the step', (t) => {
  t.equal(timeText(1234.56, 0.1), '1.2346 s')
  t.equal(timeText(1234.56, 100), '1.2 s')
  t.equal(timeText(0.0042, 0.001), '4 µs')
  t.end()
})
