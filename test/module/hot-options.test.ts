import { BroodError } from 'brood/module'
import { type HotOptions, planHot } from '../../lib/module/hot/hot-options.js'
import t from '../tap.js'

const defaults = { auto: true, required: [], handover: 'swap', native: [] } as const

t.test('which mode it is', (t) => {
  const rows: readonly [options: HotOptions, env: Record<string, string>, mode: 'static' | 'dynamic'][] = [
    [{}, {}, 'dynamic'],
    [{}, { NODE_ENV: 'development' }, 'dynamic'],
    [{}, { NODE_ENV: 'test' }, 'dynamic'],
    [{}, { NODE_ENV: 'production' }, 'static'],
    [{ mode: 'auto' }, { NODE_ENV: 'production' }, 'static'],
    [{}, { NODE_ENV: 'production', BROOD_HOT: 'dynamic' }, 'dynamic'],
    [{}, { BROOD_HOT: 'static' }, 'static'],
    [{}, { BROOD_HOT: '', NODE_ENV: 'production' }, 'static'],
    [{ mode: 'static' }, {}, 'static'],
    [{ mode: 'static' }, { BROOD_HOT: 'dynamic' }, 'static'],
    [{ mode: 'dynamic' }, { NODE_ENV: 'production' }, 'dynamic'],
    [{ mode: 'dynamic' }, { BROOD_HOT: 'static' }, 'dynamic'],
  ]
  for (const [options, env, mode] of rows) t.same(planHot(options, env), { ...defaults, mode }, JSON.stringify([options, env]))
  t.end()
})

t.test('what cannot be meant is refused', (t) => {
  const rows: readonly [options: object, env: Record<string, string>, argument: string][] = [
    [{ mode: 'hot' }, {}, 'mode'],
    [{ mode: null }, {}, 'mode'],
    [[], {}, 'options'],
    [null as unknown as object, {}, 'options'],
    [{ mode: undefined, handover: 'both' }, {}, 'handover'],
    [{ auto: 1 }, {}, 'auto'],
    [{ required: 'count' }, {}, 'required'],
    [{ required: [1] }, {}, 'required'],
    [{ native: './a' }, {}, 'native'],
    [{ dispose: true }, {}, 'dispose'],
    [{}, { BROOD_HOT: 'yes' }, 'BROOD_HOT'],
  ]
  for (const [options, env, argument] of rows) {
    t.throws(() => planHot(options, env), { code: 'ERR_BROOD_INVALID_ARGUMENT', argument }, JSON.stringify([options, env]))
  }
  t.throws(() => planHot({ mode: 'x' } as unknown as HotOptions, {}), BroodError)
  t.end()
})
