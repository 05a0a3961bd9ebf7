import type { Snapshot } from '../../lib/wrap/snapshot.js'
import { type Maker, planThread } from '../../lib/wrap/thread.js'
import t from '../tap.js'

const SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV')
const context = (changes: Partial<Snapshot> = {}) =>
  ({ directory: '/d', preload: '/p', nodeOptions: [], workers: true, ...changes }) as unknown as Snapshot
const plain = context()
const loading = context({ nodeOptions: ['--require', '/r', '--title=x'] })
const notForWorkers = context({ nodeOptions: ['--require', '/r'], workers: false })

/** A process that was started under the contexts. */
const wrapped = (...contexts: Snapshot[]): Maker => ({
  contexts,
  present: contexts,
  applied: contexts.length,
  trace: undefined,
  isPreloaded: true,
  execArgv: ['--own', '--title=y'],
  keepsOptions: true,
  selectOptions: (options) => options.filter((option) => !option.startsWith('--title')),
})
/** A process that made the contexts itself. */
const root = (...contexts: Snapshot[]): Maker => ({ ...wrapped(...contexts), applied: 0, isPreloaded: false })
const nested = (outer: Snapshot, inner: Snapshot): Maker => ({ ...wrapped(outer, inner), applied: 1 })
const old = (maker: Maker): Maker => ({ ...maker, keepsOptions: false })

const ours = ['--require', '/p']
const shown = ['--own', '--title=y']

/** What is asked for, by whom, and what the Worker is then given; `as it is` where Node gives it all by itself. */
const cases: readonly (readonly [
  title: string,
  asked: { env?: unknown; execArgv?: unknown },
  maker: Maker,
  expected: 'as it is' | 'left alone' | { execArgv: string[]; added: string[]; shown?: string[] },
])[] = [
  ['nothing asked for', {}, wrapped(plain), 'as it is'],
  ['nothing asked for, with preloads', {}, wrapped(loading), 'as it is'],
  ['null', { env: null, execArgv: null }, wrapped(plain), 'as it is'],
  ['the environment shared', { env: SHARE_ENV }, wrapped(plain), 'as it is'],
  ['variables of its own', { env: {} }, wrapped(plain), { execArgv: [...ours, '--own'], added: ours, shown }],
  ['variables of its own, Node 18', { env: {} }, old(wrapped(plain)), { execArgv: ours, added: ours, shown }],
  ['options of its own', { execArgv: ['--x'] }, wrapped(plain), { execArgv: [...ours, '--x'], added: ours }],
  ['both', { env: {}, execArgv: [] }, wrapped(plain), { execArgv: ours, added: ours }],
  [
    'preloads, and what only a process takes',
    { execArgv: ['--x'] },
    wrapped(loading),
    { execArgv: [...ours, '--require', '/r', '--x'], added: [...ours, '--require', '/r'] },
  ],
  ['a context not for Workers', {}, wrapped(notForWorkers), { execArgv: [...ours, '--own'], added: ours, shown }],
  ['a context not for Workers that preloads nothing', {}, wrapped(context({ workers: false })), 'as it is'],
  ['by a root', {}, root(plain), { execArgv: [...ours, '--own'], added: ours, shown }],
  ['by a root, Node 18', {}, old(root(plain)), { execArgv: [...ours, '--own'], added: ours, shown }],
  ['by a root, shared', { env: SHARE_ENV }, root(plain), { execArgv: [...ours, '--own'], added: ours, shown }],
  ['a second context that preloads nothing', {}, nested(loading, plain), 'as it is'],
  [
    'a second context that preloads',
    {},
    nested(plain, loading),
    { execArgv: [...ours, '--require', '/r', '--own'], added: [...ours, '--require', '/r'], shown },
  ],
  ['a second context that is not for Workers', {}, nested(plain, notForWorkers), 'as it is'],
  ['what Node refuses', { execArgv: 1 }, wrapped(plain), 'left alone'],
  ['no context', {}, root(), 'left alone'],
]

for (const [title, asked, maker, expected] of cases) {
  const plan = planThread(asked, maker)
  const { contexts, applied, trace } = maker
  const present = contexts.map(({ directory }) => directory)
  const env = typeof asked.env === 'symbol' ? 'shared' : asked.env ? 'own' : 'copied'
  if (expected === 'left alone') t.equal(plan, undefined, title)
  else if (expected === 'as it is') t.strictSame(plan, { inheritance: { contexts, present, applied, trace, env, added: [] } }, title)
  else {
    const { execArgv, added, shown: execArgvShown } = expected
    t.strictSame(
      plan,
      { execArgv, inheritance: { contexts, present, applied, trace, env, added, ...(execArgvShown && { execArgv: execArgvShown }) } },
      title,
    )
  }
}
