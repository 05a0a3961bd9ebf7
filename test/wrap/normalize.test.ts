import { denormalize } from '../../lib/wrap/denormalize.js'
import { normalize } from '../../lib/wrap/normalize.js'
import t from '../tap.js'

const inherit = () => ['INHERITED=1']
const stdio = [{ type: 'pipe' }]
const common = { untouched: false, flagged: false }

const options = Object.freeze({
  file: 'f',
  args: Object.freeze(['f', 'x']),
  envPairs: Object.freeze(['A=1']),
  cwd: '/d',
  uid: 5,
  stdio,
  detached: true,
})
const positional = ['f', ['f', 'x'], '/d', ['A=1'], stdio, 3, 5, 6]

t.same(
  normalize([options], inherit),
  { file: 'f', args: ['f', 'x'], env: ['A=1'], cwd: '/d', uid: 5, gid: undefined, ...common },
  'an options object',
)
t.same(normalize(positional, inherit), { file: 'f', args: ['f', 'x'], env: ['A=1'], cwd: '/d', uid: 5, gid: 6, ...common }, 'since Node 24')
t.same(
  normalize([{ file: 'f', args: null, envPairs: null }], inherit),
  { file: 'f', args: ['f'], env: ['INHERITED=1'], cwd: undefined, uid: undefined, gid: undefined, ...common },
  'what is left out',
)
t.same(
  normalize([{ file: 'f', args: ['f', 8080, null, undefined, true, { toString: () => 'x' }] }], inherit)?.args,
  ['f', '8080', 'null', 'undefined', 'true', 'x'],
  'arguments that are no strings',
)
t.same(normalize(['f', undefined, undefined, undefined, stdio, 0], inherit)?.env, ['INHERITED=1'])
for (const call of [[], [undefined], [null], [{}], [{ file: 1 }], [1]]) t.equal(normalize(call, inherit), undefined, JSON.stringify(call))

const changed = { file: 'g', args: ['g'], env: ['B=2'], cwd: '/elsewhere', uid: 0, gid: 0, ...common }
t.same(denormalize([options], changed), [{ file: 'g', args: ['g'], envPairs: ['B=2'], cwd: '/elsewhere', uid: 5, stdio, detached: true }])
t.same(denormalize(positional, changed), ['g', ['g'], '/elsewhere', ['B=2'], stdio, 3, 5, 6])
t.same(denormalize([{ file: 'f' }], { ...changed, cwd: undefined }), [{ file: 'g', args: ['g'], envPairs: ['B=2'] }], 'no directory')
t.same(positional, ['f', ['f', 'x'], '/d', ['A=1'], stdio, 3, 5, 6], 'what was passed is not changed')
t.same((denormalize([options], changed)[0] as { stdio: unknown }).stdio, stdio)

const bare = Object.assign(Object.create(null), { file: 'f', args: ['f'], envPairs: [] })
t.equal(Object.getPrototypeOf(denormalize([bare], changed)[0]), null, 'what a program puts on Object.prototype does not become an option')
