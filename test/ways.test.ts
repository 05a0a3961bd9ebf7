// The record of ways to start Node that are caught: each row a real tree of processes, in which each process of Node is caught exactly once.
import './posix-only.js'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext } from 'brood'
import { fixture, observe } from './support.js'
import t from './tap.js'
import { apis } from './ways/apis.js'
import { binaries } from './ways/binaries.js'
import { nodeMains } from './ways/mains.js'
import { packageManagers } from './ways/packages.js'
import { prefixCommands } from './ways/prefixes.js'
import { programs } from './ways/programs.js'
import { scripts } from './ways/scripts.js'
import { shellTexts } from './ways/shells.js'
import { isThere, path, scratch, type Way } from './ways/way.js'

const ways: readonly Way[] = [
  ...apis,
  ...nodeMains,
  ...binaries,
  ...scripts,
  ...shellTexts,
  ...prefixCommands,
  ...packageManagers,
  ...programs,
]

/** What the fixtures record-process.cjs and record-main.cjs note of a process. */
interface Note {
  readonly by: 'preload' | 'main'
  readonly pid: number
  readonly argv: readonly string[]
  readonly traces?: readonly string[]
}

function readNotes(log: string): readonly Note[] {
  if (!existsSync(log)) return []
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Note)
}

function reasonToSkip({ skip, needs = [] }: Way): string | undefined {
  const absent = needs.find((program) => !isThere(program))
  return skip ?? (absent && `there is no ${absent} here`)
}

async function run(way: Way, log: string) {
  const { start } = way
  const surroundings = { env: { PATH: path, HOME: scratch, ...way.env }, cwd: way.cwd ?? scratch }
  const context = createContext({
    main: fixture('wrappers/record-main.cjs'),
    require: [fixture('wrappers/record-process.cjs')],
    env: { WAYS_LOG: log },
    shimRoot: scratch,
  })
  try {
    const undo = context.patch()
    // The patch is there just while the tree is started: the rows run side by side.
    const outcome =
      typeof start === 'function'
        ? start(surroundings)
        : observe(start[0], start.slice(1), { ...surroundings, ...(way.input !== undefined && { input: way.input }), until: way.until })
    undo()
    return await outcome
  } finally {
    context.dispose()
  }
}

/** What is expected of a text: where that is a pattern it meets, the text itself. */
function meet(text: string, expected: string | RegExp): string {
  if (typeof expected === 'string') return expected
  return expected.test(text) ? text : String(expected)
}

t.jobs = 4
let count = 0
for (const way of ways) {
  const log = join(scratch, `log-${++count}`)
  const skip = reasonToSkip(way)
  t.test(way.name, { buffered: true, ...(skip !== undefined && { skip }) }, async (t) => {
    const { processes = 1, mains = processes, stdout = 'child\n', stderr = '', code = 0 } = way
    const outcome = await run(way, log)
    const notes = readNotes(log)
    const pids = (by: Note['by']) => notes.filter((note) => note.by === by).map(({ pid }) => pid)
    const seen = {
      stdout: outcome.stdout,
      stderr: outcome.stderr,
      code: outcome.code,
      caught: pids('preload').length,
      distinct: new Set(notes.map(({ pid }) => pid)).size,
      wrapped: pids('main').length,
      traces: notes.flatMap(({ traces = [] }) => traces),
    }
    t.same(seen, {
      stdout: meet(outcome.stdout, stdout),
      stderr: meet(outcome.stderr, stderr),
      code,
      caught: processes,
      distinct: processes,
      wrapped: mains,
      traces: [],
    })
  })
}

t.test('the table is complete', (t) => {
  t.ok(ways.length >= 84, `${ways.length} ways`)
  const names = ways.map(({ name }) => name)
  t.same(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
    'each has a name of its own',
  )
  t.end()
})
