import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { type ContextOptions, createContext } from 'brood'
import type { Test } from 'tap'
import { atOnce, fixture, isNight, type Observation, observe, temporaryDirectory } from '../support.js'
import t from '../tap.js'

const shimRoot = temporaryDirectory(t)
/** Another Node for the processes under test: an older one cannot run the tests. */
const { BROOD_CHILD_NODE: childNode = process.execPath } = process.env
// The Workers say which variables of this kind they see.
delete process.env.BROOD_CHILD_NODE

interface Case {
  readonly name: string
  readonly execArgv?: readonly string[]
}
const { cases } = createRequire(import.meta.url)(fixture('workers/cases.cjs')) as { cases: readonly Case[] }

/** What a process or thread under test says of brood's work in it. */
interface Wrapped {
  readonly mark?: string | undefined
  readonly preloads?: number | undefined
  readonly wrappers?: number | undefined
}

interface Said extends Wrapped {
  readonly name: string
  readonly execArgv: readonly string[]
  readonly variables: readonly string[]
  readonly cached: readonly string[]
  readonly child: Wrapped
}

function said(stdout: string): Said[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Said)
}

const flags = ['--no-deprecation', '--conditions', 'dev']
const preload = { env: { MARK: 'yes' }, require: [fixture('workers/preload.cjs')], shimRoot }
const contexts: Readonly<Record<string, ContextOptions>> = {
  'preload only': preload,
  'with a wrapper main': { ...preload, main: fixture('workers/wrapper.cjs') },
  'not for Workers': { ...preload, workers: false },
}

/** Runs a program under a context. */
async function runWrapped(options: ContextOptions, args: readonly string[], node = childNode): Promise<Observation> {
  const context = createContext(options)
  const undo = context.patch()
  const running = observe(node, args)
  undo()
  try {
    return await running
  } finally {
    context.dispose()
  }
}

/** What a Worker is to have of the context, made in a process that is under it. */
function expectedOfProcess(options: ContextOptions, { name }: Case): Wrapped {
  if (options.workers !== false) return { mark: 'yes', preloads: 1, wrappers: undefined }
  // Without variables of its own it has those of the process, which is under the context.
  const hasOwn = /^(?:env: (?:\{|$)|NODE_OPTIONS|argv|stdin|frozen|eval, env|an? |TypeScript|Workers)/.test(name)
  return { mark: hasOwn ? undefined : 'yes', preloads: undefined, wrappers: undefined }
}

/** The same in a root, which is not under its own context: what a Worker shares with it stays as it is. */
function expectedOfRoot(options: ContextOptions, { name }: Case): Wrapped {
  if (options.workers === false) return { mark: undefined, preloads: undefined, wrappers: undefined }
  return { mark: name.startsWith('env: SHARE_ENV') ? undefined : 'yes', preloads: 1, wrappers: undefined }
}

function check(
  t: Test,
  title: string,
  seen: readonly Said[],
  options: ContextOptions,
  expected: typeof expectedOfRoot,
  names: readonly string[],
) {
  const asked = cases.filter(({ name }) => names.length === 0 || names.includes(name))
  t.strictSame(
    seen.map(({ name }) => name),
    asked.map(({ name }) => name),
    title,
  )
  for (const [index, kind] of asked.entries()) {
    const { threadId: _, name, ...rest } = { threadId: 0, ...seen[index] } as Said & { threadId: number }
    t.strictSame(
      { mark: undefined, preloads: undefined, wrappers: undefined, ...rest },
      {
        ...expected(options, kind),
        execArgv: kind.execArgv ?? flags,
        variables: name.startsWith('NODE_OPTIONS') ? ['NODE_OPTIONS'] : [],
        cached: [],
        child: { mark: 'yes', preloads: 1, ...(options.main !== undefined && { wrappers: 1 }) },
      },
      `${title}, ${name}`,
    )
  }
}

const few = ['default', 'env: {}', 'execArgv: []']
const ways: readonly (readonly [file: string, how: string, cases: readonly string[]])[] = [
  ['by-require.cjs', 'require', []],
  ['by-require.cjs', 'node:require', few],
  ['by-require.cjs', 'createRequire', few],
  ['by-require.cjs', 'module.constructor._load', few],
  ['by-require.cjs', 'getBuiltinModule', few],
  ['by-require.cjs', 'import()', few],
  ['by-require.cjs', 'subclass', few],
  ['by-require.cjs', 'Reflect.construct', few],
  ['by-import.mjs', 'import', isNight ? [] : few],
  ['by-import.mjs', 'default import', few],
  ['by-import.mjs', 'namespace import', few],
  ['by-import.mjs', 'import()', few],
  ['by-import.mjs', 'require', few],
  ['by-import.mjs', 'subclass', few],
]

for (const [contextName, options] of Object.entries(contexts)) {
  t.test(`Workers of a wrapped process, ${contextName}`, async (t) => {
    await atOnce(2, contextName === 'preload only' ? ways : ways.filter(([, how]) => how === 'require'), async ([file, how, names]) => {
      const { stdout, stderr } = await runWrapped(options, [...flags, fixture(`workers/${file}`), how, ...names])
      check(t, `${file}, ${how}${stderr}`, said(stdout), options, expectedOfProcess, names)
    })
  })

  t.test(`Workers of the root, ${contextName}`, async (t) => {
    const root = fixture('workers/root.cjs')
    const { stdout, stderr } = await observe(process.execPath, [...flags, root, JSON.stringify(options), ...few])
    const seen = said(stdout)
    check(t, `root.cjs${stderr}`, seen.slice(0, cases.length), options, expectedOfRoot, [])
    const taken = seen.slice(cases.length).map(({ name, mark, preloads, child }) => ({ name, mark, preloads, child }))
    t.strictSame(
      taken,
      few.map((name) => ({ name, mark: undefined, preloads: undefined, child: {} })),
      'taken back',
    )
  })
}

t.test('a context made in a process that is under another one', async (t) => {
  const inner = { env: { MARK: 'inner' }, require: preload.require, shimRoot }
  const { stdout, stderr } = await runWrapped(
    preload,
    [...flags, fixture('workers/root.cjs'), JSON.stringify(inner), ...few],
    process.execPath,
  )
  const both = { mark: 'inner', preloads: 2 }
  const outer = { mark: 'yes', preloads: 1 }
  const seen = said(stdout).map(({ name, mark, preloads, child }) => ({ name, mark, preloads, child }))
  t.equal(seen.length, cases.length + few.length, stderr)
  for (const { name, child, ...own } of seen.slice(0, cases.length)) {
    const isShared = name.startsWith('env: SHARE_ENV')
    t.strictSame({ ...own, child }, { ...both, ...(isShared && { mark: 'yes' }), child: both }, name)
  }
  for (const { name, child, ...own } of seen.slice(cases.length))
    t.strictSame({ ...own, child }, { ...outer, child: outer }, `${name}, taken back`)
})

// A text that is evaluated as CommonJS does not wait for them, in a Worker of Node 20.
t.test('preloads by import', async (t) => {
  const options = { env: { MARK: 'yes' }, import: [fixture('workers/preload.mjs')], shimRoot }
  const names = ['default', 'env: {}', 'env: SHARE_ENV and execArgv: []', 'an ES module', 'a data URL']
  const runs = [
    await runWrapped(options, [...flags, fixture('workers/by-import.mjs'), 'import', ...names]),
    await observe(process.execPath, [...flags, fixture('workers/root.cjs'), JSON.stringify(options)]),
  ]
  for (const { stdout, stderr } of runs) {
    const seen = said(stdout).filter(({ name }) => names.includes(name))
    t.strictSame(
      seen.map(({ name, preloads, child }) => ({ name, preloads, child })),
      names.map((name) => ({ name, preloads: 1, child: { mark: 'yes', preloads: 1 } })),
      stderr,
    )
  }
})

t.test("Node's thread for module hooks: what it starts is wrapped, and it works as ever", async (t) => {
  const { stdout, stderr } = await runWrapped(preload, ['--no-deprecation', fixture('workers/hooks.cjs')])
  const [hooks, child] = ['own', 'mark'].map((field) => said(stdout).find((line) => field in line && (field === 'own') === 'own' in line))
  const wrapped = { mark: 'yes', preloads: 1 }
  t.strictSame(hooks, { mark: 'yes', execArgv: ['--no-deprecation'], child: wrapped, own: 'yes' }, stderr)
  t.strictSame(child, wrapped, stderr)
})

t.test('taken back in any order with a foreign patch', async (t) => {
  const wt = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker }
  const original = wt.Worker
  const code = `require('worker_threads').parentPort.postMessage(process.env.MARK ?? 'bare')`
  const ask = async (Class: typeof Worker) => (await once(new Class(code, { eval: true, env: {} }), 'message'))[0] as unknown
  const context = createContext({ env: { MARK: 'yes' }, shimRoot })
  const undo = context.patch()
  t.not(wt.Worker, original)
  t.equal(Worker, wt.Worker, 'an import is a live binding')
  t.equal(await ask(wt.Worker), 'yes')
  t.ok(new wt.Worker('', { eval: true }) instanceof original, 'who has the class from before knows its instances')
  const ours = wt.Worker
  class Foreign extends ours {}
  wt.Worker = Foreign
  t.equal(await ask(wt.Worker), 'yes')
  undo()
  t.equal(wt.Worker, Foreign, 'the foreign patch stays')
  t.equal(await ask(wt.Worker), 'bare')
  wt.Worker = original
  const again = context.patch()
  t.equal(await ask(wt.Worker), 'yes')
  again()
  t.equal(wt.Worker, original)
  t.equal(Worker, original)
  t.equal(await ask(ours), 'bare', 'a reference kept from before')
  context.dispose()
})

t.test('it is loaded by who needs it', async (t) => {
  const list = 'process.moduleLoadList.filter((entry) => /worker_threads/.test(entry))'
  const code = `console.log(${list}.length, Object.getPrototypeOf(Object.getPrototypeOf(process.moduleLoadList)) === Object.prototype)
    require('worker_threads')
    console.log(${list}.length)
    require('child_process')
    console.log(Object.getPrototypeOf(process.moduleLoadList) === Array.prototype)`
  const { stdout } = await runWrapped(preload, ['-e', code])
  t.equal(stdout, '0 true\n1\ntrue\n')
})
