import { fitRange, panRange, shortestRange, zoomRange } from '../../../lib/trace/page/range.js'
import t from '../../tap.js'

t.test('a range stays within the whole', (t) => {
  t.same(fitRange({ from: -50, to: 50 }, 1000), { from: 0, to: 100 })
  t.same(fitRange({ from: 950, to: 1050 }, 1000), { from: 900, to: 1000 })
  t.same(fitRange({ from: -500, to: 5000 }, 1000), { from: 0, to: 1000 })
  t.same(fitRange({ from: 5, to: 5 }, 1000), { from: 5, to: 5 + shortestRange })
  t.same(panRange({ from: 100, to: 300 }, 900, 1000), { from: 800, to: 1000 })
  t.end()
})

t.test('what is zoomed around stays where it is', (t) => {
  t.same(zoomRange({ from: 0, to: 1000 }, 2, 500, 1000), { from: 250, to: 750 })
  t.same(zoomRange({ from: 0, to: 1000 }, 4, 0, 1000), { from: 0, to: 250 })
  const { from, to } = zoomRange({ from: 200, to: 600 }, 1.6, 300, 1000)
  t.ok(Math.abs((300 - from) / (to - from) - 0.25) < 1e-12)
  t.same(zoomRange({ from: 200, to: 600 }, 1e-9, 300, 1000), { from: 0, to: 1000 })
  t.end()
})
