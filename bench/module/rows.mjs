// What is measured, as data: each row has its ways, and a way is a program that says a figure. Where ways are compared it is with the first one.
import { fileURLToPath } from 'node:url'

const production = { NODE_ENV: 'production' }
const withLoader = (name) => ['--import', `${name}/register`]
const tsx = fileURLToPath(new URL('peers/node_modules/tsx/dist/cli.mjs', import.meta.url))

const direct = { name: 'the module itself', caller: 'direct.mjs' }
const brood = { name: 'brood', caller: 'brood.mjs' }
const broodStatic = { name: 'brood, in production', caller: 'brood.mjs', env: production }
const dynohot = { name: 'dynohot', caller: 'dynohot.mjs', nodeArgs: withLoader('dynohot') }
const hotHook = { name: 'hot-hook', caller: 'hot-hook.mjs', nodeArgs: withLoader('hot-hook') }
const importFresh = { name: 'import-fresh', caller: 'import-fresh.mjs', since: '22.15' }
const query = { name: "`import('?v=n')`", caller: 'query.mjs' }
const requireCache = { name: '`delete require.cache`', caller: 'require-cache.mjs', file: 'edited.cjs' }
const decache = { name: 'decache', caller: 'decache.mjs', file: 'edited.cjs' }
const peers = [dynohot, hotHook, importFresh, query, requireCache, decache]

const withTarget = (way, target) => ({ ...way, target })

/** Calls of a function, in the module of a case. */
const calls = (id, title, module, ways, countEdits = () => 0) => ({
  id,
  title,
  driver: 'calls.mjs',
  unit: 'ns',
  rounds: 15,
  compared: 'difference',
  module,
  ways: ways.map((way) => ({ ...way, args: [way.caller, String(countEdits(way))] })),
  take: ({ nanoseconds }) => nanoseconds,
})

/** Edits of a module of 10 KB: the median of those in one process. */
const edits = (id, title, rhythm, save, ways, count = 10) => ({
  id,
  title,
  driver: 'edits.mjs',
  unit: 'ms',
  rounds: 10,
  module: 'work',
  ways: ways.map((way) => ({ ...way, args: [way.caller, way.file ?? 'edited.mjs', rhythm, save, String(count)] })),
  take: ({ times }) => middle(times),
  longest: ({ times }) => Math.max(...times.map((time) => time ?? Number.POSITIVE_INFINITY)),
})

const middle = (times) => {
  const sorted = times.map((time) => time ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

const restarts = (name, command) => ({ name, driver: 'restarts.mjs', args: ['edited.mjs', '3', ...command] })

const megabyte = 1024 ** 2

/** Edits of a module of 1 MB; `reloads` in all, as if there had been 200. */
const memory = (id, title, module, file, ways) => ({
  id,
  title,
  driver: 'memory.mjs',
  unit: 'MB',
  rounds: 1,
  module,
  ways: ways.map((way) => ({
    ...way,
    nodeArgs: [...(way.nodeArgs ?? []), '--expose-gc'],
    args: [way.caller, file(way), String(way.reloads ?? 200)],
  })),
  take: ({ kept, reloads }) => ((kept / reloads) * 200) / megabyte,
  more: ({ milliseconds }) => `${milliseconds.toFixed(0)} ms a reload`,
})

const start = (id, title, unit, take) => ({
  id,
  title,
  driver: 'start.mjs',
  unit,
  rounds: 20,
  compared: 'difference',
  module: 'work',
  ways: [direct, broodStatic, brood, ...peers].map((way) => ({ ...way, args: [way.caller] })),
  take,
})

const opening = (title, part) => ({
  id: `open-${part}`,
  title,
  driver: 'open.mjs',
  unit: 'ms',
  rounds: 20,
  module: 'work',
  ways: [{ ...brood, args: ['edited.mjs'] }],
  take: (parts) => parts[part],
})

/** A module in a thread, against one that somebody loads by hand. */
const host = (id, title, unit, measure, { rounds, target, isRatio = true, count }) => ({
  id,
  title,
  driver: 'host.mjs',
  unit,
  rounds,
  ...(isRatio && { compared: 'ratio' }),
  ways: [
    { name: 'a bare Worker', args: [measure, 'bare', String(count)], nodeArgs: ['--expose-gc'] },
    { name: 'brood, loadModule', args: [measure, 'brood', String(count)], nodeArgs: ['--expose-gc'], target },
  ],
  take: ({ value }) => (unit === 'MB' ? value / megabyte : value),
  ...(measure === 'cycles' && {
    more: ({ descriptors, threads, children }) => `left: ${descriptors} descriptors, ${threads} threads, ${children} children`,
  }),
})

// It takes seconds for each.
const few = { reloads: 10 }

export const rows = [
  calls('call', 'a call of a function of some work', 'work', [direct, broodStatic, withTarget(brood, 2), ...peers]),
  calls('call-nothing', 'a call of a function of no work', 'nothing', [direct, withTarget(brood, 2), dynohot]),
  calls('call-edited', 'the first one, when its module was edited five times', 'work', [direct, withTarget(brood, 2), dynohot], (way) =>
    way === direct ? 0 : 5,
  ),
  calls('call-imports', 'a call in a module that imports others', 'imports', [direct, withTarget(brood, 2), dynohot]),
  calls('call-constant', 'a call that reads an imported number, four times', 'constant', [direct, withTarget(brood, 2), dynohot]),
  calls('call-function', 'a call that calls an imported function, four times', 'function', [direct, withTarget(brood, 2), dynohot]),
  calls('call-commonjs', 'a call in a CommonJS module', 'work', [
    { ...direct, caller: 'direct-commonjs.mjs' },
    withTarget({ ...brood, caller: 'brood-commonjs.mjs' }, 2),
  ]),
  {
    id: 'production',
    title: 'what hot() is in production',
    driver: 'production.mjs',
    unit: '',
    rounds: 1,
    module: 'work',
    ways: [{ ...broodStatic, args: ['edited.mjs'], target: 0 }],
    // Nothing may be there that is not without it.
    take: ({ isNamespace, hasHandle, threads, resources }) => Number(!isNamespace) + Number(hasHandle) + threads + resources,
    more: ({ isNamespace, threads, resources }) =>
      `the namespace itself: ${isNamespace ? 'yes' : 'no'}; threads more: ${threads}; open resources more: ${resources}`,
  },
  edits('edit', 'an edit is live, in turns of the event loop', 'turns', 'in place', [withTarget(brood, 15), dynohot, hotHook]),
  edits('edit-atomic', 'the same, saved as another file that is renamed', 'turns', 'atomic', [withTarget(brood, 15), dynohot, hotHook]),
  edits('edit-busy', 'the same, in a loop that never yields', 'busy', 'in place', [withTarget(brood, 15)]),
  edits('edit-busy-atomic', 'the same, in such a loop, and renamed', 'busy', 'atomic', [withTarget(brood, 15)]),
  {
    id: 'restart',
    title: 'an edit is live, by starting the program anew',
    unit: 'ms',
    rounds: 5,
    module: 'work',
    ways: [
      restarts('`node --watch`', ['node', '--watch', '--watch-preserve-output', 'says-version.mjs']),
      restarts('`tsx watch`', ['node', tsx, 'watch', '--clear-screen=false', 'says-version.mjs']),
    ],
    take: ({ times }) => middle(times),
  },
  memory('memory', 'heap kept by 200 reloads of a module of 1 MB', 'work', (way) => way.file ?? 'edited.mjs', [
    withTarget(brood, 2),
    { ...dynohot, ...few },
    hotHook,
    importFresh,
    query,
    requireCache,
    decache,
  ]),
  memory('memory-commonjs', 'the same, of a CommonJS module', 'work', () => 'edited.cjs', [
    withTarget({ ...brood, caller: 'brood-commonjs.mjs' }, 2),
  ]),
  memory('memory-dependency', 'the same, of a module of 1 MB that it imports', 'dependency', () => 'part-1.mjs', [
    withTarget(brood, 2),
    { ...dynohot, ...few },
    hotHook,
    importFresh,
  ]),
  start('start', 'from the start of the process to the first answer', 'ms', ({ answered }) => answered),
  start('rss', 'resident memory then', 'MB', ({ rss }) => rss / megabyte),
  opening("import('brood/module')", 'import'),
  opening('the first hot(), until it is ready: engine and thread', 'hot'),
  opening('the first call, which evaluates the module', 'call'),
  opening('a second hot()', 'again'),
  host('host-ready', 'a module is loaded in a thread', 'ms', 'ready', { rounds: 10, target: 1.5 }),
  host('host-call', 'a call there and back, p50', 'µs', 'call', { rounds: 10, target: 1.5 }),
  host('host-sync', 'a synchronous call, p50', 'µs', 'sync', { rounds: 10 }),
  host('host-unload', 'unload, idle', 'ms', 'unload', { rounds: 10, target: 10, isRatio: false }),
  host('host-unload-200', 'unload, holding 200 MB', 'ms', 'unload200', { rounds: 5, target: 60, isRatio: false }),
  host('host-loop', 'end an endless loop', 'ms', 'loop', { rounds: 5, target: 50, isRatio: false }),
  host('host-cycles', 'heap kept by 1,000 cycles of load and unload', 'MB', 'cycles', {
    rounds: 1,
    target: 1,
    isRatio: false,
    count: 1000,
  }),
]
