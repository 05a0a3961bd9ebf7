import { createContext } from 'brood'
import * as fc from 'fast-check'
import { type Environment, takeUnchanged } from '../../../lib/boot/inheritance.js'
import { takeInheritance } from '../../../lib/boot/restore.js'
import { type Carrier, carrierVariable, decodeCarrier, encodeCarrier, shimVariable } from '../../../lib/wrap/carrier.js'
import { mungeEnv } from '../../../lib/wrap/mungers/env.js'
import { type Plan, planFor } from '../../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../../lib/wrap/request.js'
import { readSnapshot, type Snapshot } from '../../../lib/wrap/snapshot.js'
import { hostileText, variables } from '../arbitraries.js'
import { property, same } from '../property.js'
import { scratch } from '../scratch.js'

const contexts = [
  createContext({ env: { A: '1' }, shimRoot: scratch }),
  createContext({ execArgv: ['--title', `a "b" \\ c`], shimRoot: `${scratch}/it's "here" $(touch canary) \\ ü` }),
].map(({ directory }) => readSnapshot(directory) as Snapshot)
const plans = [planFor(contexts.slice(0, 1), 0, false), planFor(contexts.slice(1), 0, false), planFor(contexts, 1, false)] as Plan[]

/** brood's own variables are not the user's to set, and another brood's directories may stand on PATH. */
const ownNames = new Set([carrierVariable, shimVariable])
const environment = variables.map((list) => list.filter(([name]) => !ownNames.has(name)))

const file = fc.constantFrom('node', '/bin/true', 'sh', 'make')
const requestFor = (name: string, env: readonly (readonly [string, string])[]): SpawnRequest => ({
  file: name,
  args: [name],
  env: env.map(([variable, value]) => `${variable}=${value}`),
  cwd: undefined,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})
const toObject = (pairs: readonly string[]): Environment =>
  Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=', 1)), pair.slice(pair.indexOf('=', 1) + 1)]))
const sorted = (env: Environment) => Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
const preloadOf = ({ nodeOptions }: Plan) =>
  contexts.find(({ preload }) => nodeOptions.includes(JSON.stringify(preload).slice(1, -1)))?.preload ?? ''

/** What a child would make of its environment. */
function take(sent: Environment, plan: Plan): Environment {
  const seen = { ...sent }
  if (takeUnchanged(seen) === undefined) takeInheritance(seen, [], preloadOf(plan))
  return seen
}

const carrier: fc.Arbitrary<Carrier> = fc.record(
  {
    contexts: fc.array(hostileText),
    inherited: fc.nat(),
    nodeOptions: hostileText,
    fragile: fc.array(hostileText),
    flagged: fc.boolean(),
  },
  { requiredKeys: ['contexts', 'inherited'] },
)

/** JSON that is nearly a carrier, and what is none. */
const notQuiteCarrier = fc.oneof(
  fc.json(),
  hostileText,
  fc
    .record(
      {
        contexts: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
        inherited: fc.oneof(fc.integer(), fc.jsonValue()),
        nodeOptions: fc.jsonValue(),
        fragile: fc.jsonValue(),
        flagged: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
)

export const pure = [
  property(
    'environment: what munging puts in, the preload takes out again',
    400,
    fc.tuple(environment, file, fc.constantFrom(...plans)),
    ([env, name, plan]) => {
      const asked = requestFor(name, env)
      const sent = mungeEnv(asked, plan)
      same(sorted(take(toObject(sent.env), plan)), sorted(Object.fromEntries(env)))
      const general = toObject(sent.env)
      takeInheritance(general, [], preloadOf(plan))
      same(sorted(general), sorted(Object.fromEntries(env)), 'the general way')
    },
  ),

  property('environment: munged twice is munged once', 200, fc.tuple(environment, fc.constantFrom(...plans)), ([env, plan]) => {
    const once = mungeEnv(requestFor('make', env), plan).env
    const twice = mungeEnv({ ...requestFor('make', []), env: once }, plan).env
    same(sorted(take(toObject(twice), plan)), sorted(Object.fromEntries(env)))
  }),

  property(
    'environment: the quick way and the general one agree',
    200,
    fc.tuple(
      environment,
      file,
      fc.constantFrom(...plans),
      fc.array(fc.tuple(fc.constantFrom('PATH', 'NODE_OPTIONS', carrierVariable, shimVariable), fc.option(hostileText), fc.boolean()), {
        maxLength: 2,
      }),
    ),
    ([env, name, plan, changes]) => {
      const sent = toObject(mungeEnv(requestFor(name, env), plan).env)
      for (const [variable, text, before] of changes) {
        if (text === null) delete sent[variable]
        else sent[variable] = before ? `${text}${sent[variable]}` : `${sent[variable]}${text}`
      }
      const [quick, general] = [{ ...sent }, { ...sent }]
      const taken = takeUnchanged(quick)
      const inGeneral = takeInheritance(general, [], preloadOf(plan))
      if (taken === undefined) same(quick, sent, 'the quick way has changed something')
      else same([taken, sorted(quick)], [inGeneral, sorted(general)])
      same(
        [carrierVariable, shimVariable].some((variable) => Object.hasOwn(general, variable)),
        false,
        'something of ours is left',
      )
    },
  ),

  property(
    'environment: PATH entries of other contexts stay',
    100,
    fc.array(
      fc.oneof(
        hostileText.map((text) => text.replaceAll(':', '')),
        fc.constant(contexts[0]?.directory as string),
      ),
      { minLength: 1 },
    ),
    (entries) => {
      const path = entries.join(':')
      const plan = plans[1] as Plan
      same(take(toObject(mungeEnv(requestFor('make', [['PATH', path]]), plan).env), plan), { PATH: path })
    },
  ),

  property('carrier: what is written is read back', 100, carrier, (value) => {
    same(decodeCarrier(encodeCarrier(value)), JSON.parse(JSON.stringify(value)))
  }),

  property('carrier: what brood did not write breaks nothing', 200, fc.tuple(notQuiteCarrier, fc.option(hostileText)), ([text, shim]) => {
    const env: Environment = { PATH: '/bin', A: '1', [carrierVariable]: text, ...(shim !== null && { [shimVariable]: shim }) }
    const seen = { ...env }
    const { contexts: found } = takeUnchanged(seen) ?? takeInheritance(seen, [], '/preload.cjs')
    same([found, seen.PATH, seen.A], [[], '/bin', '1'])
  }),
]
