// What munging puts into an environment, the preload takes out again: in the usual case in the quick way, in all others in the general one.
import '../posix-only.js'
import { basename, dirname } from 'node:path'
import { createContext } from 'brood'
import { applyEnvironment, type Environment, takeUnchanged } from '../../lib/boot/inheritance.js'
import { takeInheritance } from '../../lib/boot/restore.js'
import { shimVariable } from '../../lib/wrap/carrier.js'
import { mungeEnv } from '../../lib/wrap/mungers/env.js'
import { type Plan, planFor } from '../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../lib/wrap/request.js'
import { readSnapshot, type Snapshot } from '../../lib/wrap/snapshot.js'
import { temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
const plain = createContext({ env: { A: '1' }, shimRoot })
const flagged = createContext({ execArgv: ['--harmony', '--no-warnings'], shimRoot })
t.teardown(() => {
  plain.dispose()
  flagged.dispose()
})
const snapshotOf = ({ directory }: { directory: string }) => readSnapshot(directory) as Snapshot
const snapshots = [plain, flagged].map(snapshotOf)
const planOf = (contexts: Snapshot[], inherited = 0) => planFor(contexts, inherited, false) as Plan
const one = planOf([snapshots[0] as Snapshot])
const two = planOf(snapshots, 1)

const request = (env: readonly string[], file = '/bin/true'): SpawnRequest => ({
  file,
  args: [file],
  env: [...env],
  cwd: undefined,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})
const toObject = (pairs: readonly string[]): Environment =>
  Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=', 1)), pair.slice(pair.indexOf('=', 1) + 1)]))

/** Environments, and whether the quick way is enough. */
const environments: readonly [name: string, env: readonly string[], quick: boolean][] = [
  ['PATH', ['PATH=/bin'], true],
  ['a PATH of odd entries', ['PATH=::/a b:.'], true],
  ['an empty PATH', ['PATH='], true],
  ['no PATH', [], false],
  ['NODE_OPTIONS', ['PATH=/bin', 'NODE_OPTIONS=--no-warnings --title="a b"'], true],
  ['an empty NODE_OPTIONS', ['PATH=/bin', 'NODE_OPTIONS='], true],
  ['variables', ['HOME=/', 'PATH=/bin', 'A=2'], true],
  ['variables that a shell drops', ['PATH=/bin', 'ünï=1'], false],
]

/** What becomes of a request's environment on the way to the preload. */
const passages: readonly [name: string, pass: (asked: SpawnRequest, plan: Plan) => Environment][] = [
  ['straight', (asked, plan) => toObject(mungeEnv(asked, plan).env)],
  ['without a shim on PATH', (asked, plan) => toObject(mungeEnv({ ...asked, shimless: true }, plan).env)],
  [
    'through a shim',
    (asked, plan) => {
      const { PATH: path = '', ...others } = toObject(mungeEnv(asked, plan).env)
      return { ...others, PATH: path.slice(path.indexOf(':') + 1), [shimVariable]: 'path' }
    },
  ],
]

for (const [title, plan] of [
  ['a context', one],
  ['two contexts, one with flags', two],
] as const) {
  for (const [passage, pass] of passages) {
    t.test(`${title}, ${passage}`, (t) => {
      for (const [name, env, isUsual] of environments) {
        if (!isUsual && passage !== 'straight') continue
        const sent = pass(request(env), plan)
        const [seen, seenInGeneral] = [{ ...sent }, { ...sent }]
        const taken = takeUnchanged(seen)
        const general = takeInheritance(seenInGeneral, [], plan.nodeOptions.split(' ')[1] as string)
        t.same(seenInGeneral, toObject(env), `${name}: as it was`)
        t.same(
          general.contexts.map((context) => context.directory),
          plan.shims,
          name,
        )
        // The shim has put the flags on the command line.
        const quick = isUsual && !(passage === 'through a shim' && plan.nodeFlags.length > 0)
        if (quick) t.same([taken, seen], [general, seenInGeneral], `${name}: both ways agree`)
        else t.same([taken, seen], [undefined, sent], `${name}: left to the general way, untouched`)
      }
      t.end()
    })
  }
}

t.test('bash says by which path it found a command: that of the program behind the shim', (t) => {
  const path = `/nowhere:${dirname(process.execPath)}`
  const name = basename(process.execPath)
  const sent = { ...toObject(mungeEnv(request([`PATH=${path}`]), two).env), [shimVariable]: 'path' }
  const seenBehind = (found: string) => {
    const env: Environment = { ...sent, _: found }
    takeInheritance(env, [], 'preload')
    return env._
  }
  t.equal(seenBehind(`${plain.directory}/${name}`), process.execPath)
  t.equal(seenBehind(`${flagged.directory}/./${name}`), process.execPath)
  t.equal(seenBehind('/usr/bin/env'), '/usr/bin/env')
  t.equal(seenBehind(`${plain.directory}/absent`), `${plain.directory}/absent`)
  t.end()
})

t.test('what is changed on the way is left to the general way, untouched', (t) => {
  const sent = toObject(mungeEnv(request(['PATH=/bin', 'NODE_OPTIONS=--no-warnings']), two).env)
  const { BROOD_CONTEXT: carrier = '', PATH: path, NODE_OPTIONS: nodeOptions } = sent
  const without = (name: string) => Object.fromEntries(Object.entries(sent).filter(([key]) => key !== name))
  const gone = JSON.stringify({ ...JSON.parse(carrier), contexts: ['/nowhere', ...JSON.parse(carrier).contexts] })
  const changed: Record<string, Environment> = {
    'no carrier': without('BROOD_CONTEXT'),
    'an empty carrier': { ...sent, BROOD_CONTEXT: '' },
    'a carrier that is no JSON': { ...sent, BROOD_CONTEXT: '{' },
    'a carrier that is null': { ...sent, BROOD_CONTEXT: 'null' },
    'a carrier of strings': { ...sent, BROOD_CONTEXT: '{"contexts":"/shims"}' },
    'a carrier without contexts': { ...sent, BROOD_CONTEXT: '{"contexts":[],"inherited":0}' },
    'a context that is gone': { ...sent, BROOD_CONTEXT: gone },
    'variables that a shell drops': { ...sent, BROOD_CONTEXT: JSON.stringify({ ...JSON.parse(carrier), fragile: ['a-b=c'] }) },
    'flags on the command line': { ...sent, BROOD_CONTEXT: JSON.stringify({ ...JSON.parse(carrier), flagged: true }) },
    'a path of ours by which bash has found it': { ...sent, [shimVariable]: 'path', _: `${plain.directory}/node` },
    'a PATH that the shim had to add': { ...sent, [shimVariable]: 'none' },
    'flags on the command line of a shim': { ...sent, [shimVariable]: 'path' },
    'an entry before ours on PATH': { ...sent, PATH: `/first:${path}` },
    'our entry twice on PATH': { ...sent, PATH: `${plain.directory}:${path}` },
    'no PATH': without('PATH'),
    'an option before ours': { ...sent, NODE_OPTIONS: `--title=x ${nodeOptions}` },
    'our options twice': { ...sent, NODE_OPTIONS: `${two.nodeOptions} ${nodeOptions}` },
    'other options': { ...sent, NODE_OPTIONS: '--no-warnings' },
    'no NODE_OPTIONS': without('NODE_OPTIONS'),
  }
  for (const [name, env] of Object.entries(changed)) {
    const seen = { ...env }
    t.equal(takeUnchanged(seen), undefined, name)
    t.same(seen, env, name)
  }
  t.end()
})

t.test('variables of contexts: the newest wins, and what the process above has set otherwise stays', (t) => {
  const contexts = [
    { ...(snapshots[0] as Snapshot), env: { A: 'old', B: 'old', C: 'old' } },
    { ...(snapshots[0] as Snapshot), env: { A: 'new', B: 'new' } },
  ]
  const apply = (env: Record<string, string>, applied: number) => {
    applyEnvironment(env, { contexts, applied }, contexts)
    return env
  }
  t.strictSame(apply({}, 0), { A: 'new', B: 'new', C: 'old' }, 'the process above was under neither')
  t.strictSame(apply({ A: 'set', D: '1' }, 0), { A: 'new', B: 'new', C: 'old', D: '1' })
  t.strictSame(apply({ A: 'set' }, 1), { A: 'new', B: 'new', C: 'old' }, 'under the older')
  t.strictSame(apply({ A: 'set', C: '' }, 2), { A: 'set', B: 'new', C: '' }, 'under both')
  t.strictSame(apply({}, 2), { A: 'new', B: 'new', C: 'old' }, 'under both, with nothing passed on')
  t.end()
})
