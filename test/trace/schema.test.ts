import '../posix-only.js'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { buildTree, createContext, type ProcessTree, readTrace, type TraceEvent } from 'brood'
import { readRecord } from '../../lib/trace/read.js'
import { fixture, observe, permissionFlag, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { everyProcess, smallTree } from './make-tree.js'

const scratch = temporaryDirectory(t)
const path = join(root, 'schemas/tree.schema.json')
const schema = JSON.parse(readFileSync(path, 'utf8')) as Definition & { $defs: Record<string, Definition> }
const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } })
const validate = ajv.compile(schema)

interface Definition {
  readonly description?: string
  readonly properties: Readonly<Record<string, { readonly description?: string }>>
  readonly additionalProperties?: boolean
}

/** What is wrong with a tree, as it is written to a file. */
function problemsOf(tree: ProcessTree): unknown[] {
  const data: unknown = JSON.parse(JSON.stringify(tree))
  return validate(data) ? [] : (validate.errors ?? [])
}

t.test('the schema is that of the types', async (t) => {
  const { buildSchemas } = (await import(join(root, '.ci/build-schemas.mjs'))) as { buildSchemas: () => Map<string, string> }
  const schemas = buildSchemas()
  t.same(new Set(schemas.keys()), new Set(readdirSync(join(root, 'schemas')).map((name) => `schemas/${name}`)))
  for (const [name, text] of schemas)
    t.same(JSON.parse(readFileSync(join(root, name), 'utf8')), JSON.parse(text), `${name}: npm run build:schemas`)
  t.equal(import.meta.resolve('brood/tree.schema.json'), new URL(`file://${path}`).href, 'the package hands it out')
})

t.test('everything in it is explained, and nothing else is allowed', (t) => {
  for (const [name, definition] of Object.entries({ ProcessTree: schema, ...schema.$defs })) {
    t.ok(definition.description, name)
    t.equal(definition.additionalProperties, false, name)
    for (const [field, { description }] of Object.entries(definition.properties)) t.ok(description, `${name}.${field}`)
  }
  t.end()
})

t.test('it takes what is right, and refuses what is not', (t) => {
  t.same(problemsOf(smallTree()), [])
  t.same(problemsOf(buildTree([])), [], 'nothing was recorded')
  const wrong: readonly (readonly [what: string, change: (tree: Record<string, unknown>) => void])[] = [
    ['another format', (tree) => Object.assign(tree, { format: 'other' })],
    ['another version', (tree) => Object.assign(tree, { version: 2 })],
    ['no totals', (tree) => Reflect.deleteProperty(tree, 'totals')],
    ['a field that is not known', (tree) => Object.assign(tree, { more: 1 })],
    ['another kind', (tree) => Object.assign(firstOf(tree), { kind: 'thread' })],
    ['null', (tree) => Object.assign(firstOf(tree), { pid: null })],
    ['half a pid', (tree) => Object.assign(firstOf(tree), { pid: 0.5 })],
    ['a process with another field', (tree) => Object.assign(firstOf(tree), { more: 1 })],
    ['time that runs backwards', (tree) => Object.assign(firstOf(tree), { wall: -1 })],
  ]
  for (const [what, change] of wrong) {
    const data = JSON.parse(JSON.stringify(smallTree())) as Record<string, unknown>
    change(data)
    t.notOk(validate(data), what)
  }
  t.end()
})

function firstOf(tree: Record<string, unknown>): object {
  return (tree.roots as object[])[0] as object
}

/** Starts all sorts of processes, of which some fail, are killed, escape, or never start. */
async function startAllSorts(): Promise<void> {
  const quietly = { stdio: 'ignore' as const }
  const program = [
    'const { spawn, spawnSync } = require("child_process")',
    'spawnSync("node", ["-e", "process.exit(3)"])',
    'spawnSync("node", ["-e", "process.kill(process.pid, \'SIGKILL\')"])',
    'spawnSync("sh", ["-c", "node -e 0; exit 2"])',
    'spawnSync("there-is-no-such-program")',
    `spawnSync(process.execPath, ["${permissionFlag}", "-e", "0"])`,
    'for (let index = 0; index < 5; index++) spawn("true", [String(index)])',
    'new (require("worker_threads").Worker)("process.exitCode = 1", { eval: true })',
  ]
  await observe(process.execPath, ['-e', program.join('\n')], quietly)
  const killed = spawn(process.execPath, [fixture('programs/echo-stdin.cjs')], { stdio: ['pipe', 'ignore', 'ignore'] })
  killed.kill('SIGTERM')
  await once(killed, 'exit')
}

t.test('real trees, whole and torn', async (t) => {
  for (const options of [{}, { envValues: true, raw: true }]) {
    const directory = join(scratch, `trace-${Object.keys(options).length}`)
    const context = createContext({ trace: { directory, ...options }, shimRoot: scratch })
    context.patch()
    await startAllSorts()
    context.dispose()
    const treeOf = () => {
      const { events, losses } = readTrace(directory)
      return buildTree(events, { losses })
    }
    const tree = treeOf()
    t.same(problemsOf(tree), [])
    const every = everyProcess(tree.roots)
    t.ok(
      every.some(({ kind }) => kind === 'worker') &&
        every.some(({ escaped }) => escaped) &&
        every.some(({ signal }) => signal === 'SIGKILL') &&
        every.some(({ error }) => error === 'ENOENT') &&
        every.some(({ end }) => end === undefined),
      'all sorts are in it',
    )
    for (const name of readdirSync(directory)) {
      const file = join(directory, name)
      const whole = readFileSync(file)
      for (const part of [0, 0.3, 0.6, 0.9]) {
        writeFileSync(file, whole.subarray(0, Math.floor(whole.length * part)))
        t.same(problemsOf(treeOf()), [], `${name} torn`)
      }
      writeFileSync(file, whole)
    }
  }
})

t.test('whatever stands in a record, its tree is one', (t) => {
  const { events } = readTrace(join(scratch, 'trace-0'))
  const values = [null, 'text', -1.5, true, [], [1], {}, { added: 'x' }, { a: 1 }]
  let tried = 0
  for (const [at, event] of events.entries()) {
    for (const field of [...Object.keys(event), 'pid', 'error', 'signal', 'between', 'thread']) {
      for (const value of values) {
        const read: TraceEvent[] = []
        const losses: string[] = []
        readRecord('changed', `${JSON.stringify({ ...event, [field]: value })}\n`, read, losses)
        const problems = problemsOf(buildTree([...events.slice(0, at), ...read, ...events.slice(at + 1)], { losses }))
        if (problems.length > 0) t.same(problems, [], `${field}: ${JSON.stringify(value)} in ${JSON.stringify(event)}`)
        tried++
      }
    }
  }
  t.ok(tried > 500, `${tried} records`)
  t.end()
})
