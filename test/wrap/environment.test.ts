import { encodeCarrier } from '../../lib/wrap/carrier.js'
import { addToEnvironment, fromPairs, toPairs } from '../../lib/wrap/environment.js'
import type { Plan } from '../../lib/wrap/plan.js'
import t from '../tap.js'

const preload = '--require /store/preload.cjs'

function plan(windows: boolean, ...shims: string[]): Plan {
  return { windows, shims, nodeName: 'node', nodeOptions: preload, nodeFlags: [], carrier: { contexts: shims, inherited: 0 } }
}

const carrierOf = (...contexts: string[]) => encodeCarrier({ contexts, inherited: 0, nodeOptions: preload })
const posix = plan(false, '/shims')
const windows = plan(true, 'C:\\shims')

type Variables = Readonly<Record<string, string>>

/** What is added to variables; the carrier is there in each of them. */
const cases: readonly [name: string, base: Variables, plan: Plan, expected: Variables][] = [
  ['a PATH', { A: '1', PATH: '/bin' }, posix, { A: '1', PATH: '/shims:/bin', NODE_OPTIONS: preload }],
  ['NODE_OPTIONS', { PATH: '', NODE_OPTIONS: '--x' }, posix, { PATH: '/shims:', NODE_OPTIONS: `${preload} --x` }],
  ['Path on Windows', { Path: 'C:\\bin' }, windows, { Path: 'C:\\shims;C:\\bin', NODE_OPTIONS: preload }],
  ['path on Windows', { path: 'C:\\bin;' }, windows, { path: 'C:\\shims;C:\\bin;', NODE_OPTIONS: preload }],
  ['a PATH and a Path on Windows', { PATH: 'a', Path: 'b' }, windows, { PATH: 'C:\\shims;a', Path: 'C:\\shims;b', NODE_OPTIONS: preload }],
  ['a PATH and a Path elsewhere', { PATH: 'a', Path: 'b' }, posix, { PATH: '/shims:a', Path: 'b', NODE_OPTIONS: preload }],
  ['node_options on Windows', { Path: '', node_options: '--x' }, windows, { Path: 'C:\\shims;', NODE_OPTIONS: `${preload} --x` }],
  ['no Path on Windows', { '=C:': 'C:\\' }, windows, { '=C:': 'C:\\', NODE_OPTIONS: preload }],
  ['=, newlines and odd names', { PATH: '/a=b', 'a.b': 'c=d\ne' }, posix, { PATH: '/shims:/a=b', 'a.b': 'c=d\ne', NODE_OPTIONS: preload }],
  [
    '__proto__',
    JSON.parse('{"__proto__":"x","PATH":"/bin"}'),
    posix,
    JSON.parse(`{"__proto__":"x","PATH":"/shims:/bin","NODE_OPTIONS":"${preload}"}`),
  ],
  [
    'those of another context',
    { PATH: '/other:/bin', NODE_OPTIONS: `${preload} --x`, BROOD_CONTEXT: carrierOf('/other'), BROOD_SHIM: 'path' },
    posix,
    { PATH: '/shims:/bin', NODE_OPTIONS: `${preload} --x` },
  ],
  [
    'those of another context on Windows',
    { Path: 'C:\\other;C:\\bin', NODE_OPTIONS: preload, Brood_Context: carrierOf('C:\\other') },
    windows,
    { Path: 'C:\\shims;C:\\bin', NODE_OPTIONS: preload },
  ],
  ['a carrier that is none', { PATH: '/bin', BROOD_CONTEXT: 'no JSON' }, posix, { PATH: '/shims:/bin', NODE_OPTIONS: preload }],
]

for (const [name, base, plan, expected] of cases) {
  t.test(name, (t) => {
    const { BROOD_CONTEXT: carrier, ...added } = addToEnvironment(toPairs(base), plan, 'node')
    t.strictSame(added, expected)
    t.match(carrier, plan.windows ? 'shims' : '"/shims"')
    t.strictSame(
      addToEnvironment(toPairs({ ...added, BROOD_CONTEXT: carrier }), plan, 'node'),
      { ...added, BROOD_CONTEXT: carrier },
      'twice',
    )
    t.end()
  })
}

t.strictSame(
  fromPairs(toPairs({ A: '1', B: undefined, '=C:': 'x=y', EMPTY: '' })),
  { A: '1', '=C:': 'x=y', EMPTY: '' },
  'to pairs and back',
)
