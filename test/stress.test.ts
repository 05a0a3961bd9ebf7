// Many, deep and wide: each process is caught exactly once, and nothing piles up.
import './posix-only.js'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import wrap from 'brood'
import type { Test } from 'tap'
import { fixture, isNight, root, temporaryDirectory } from './support.js'
import t from './tap.js'

// 30 s where the machine is idle. The runner reads the comment, and gives the file as long.
const longest = 400_000
t.setTimeout(longest)
t.comment(`timeout=${longest}`)

const node = process.execPath
const wrapper = fixture('wrappers/note.cjs')
const tree = fixture('trees/stress.cjs')

/** A line that a process has written. */
interface Note {
  readonly who: 'wrapper' | 'program'
  readonly pid: number
  readonly ppid: number
  readonly depth?: number
  readonly context?: string
}

const readNotes = (log: string) =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Note)

/** Each process was wrapped once, before its program ran, and had the context's variable. */
function checkCaughtOnce(t: Test, notes: readonly Note[], count: number): void {
  const byPid = new Map<number, string[]>()
  for (const { who, pid } of notes) byPid.set(pid, [...(byPid.get(pid) ?? []), who])
  t.equal(byPid.size, count, 'processes')
  const caughtOtherwise = [...byPid].filter(([, whos]) => whos.join() !== 'wrapper,program')
  t.same(caughtOtherwise, [])
  t.same(
    notes.filter(({ who, context }) => who === 'wrapper' && context !== 'yes'),
    [],
  )
}

// By day enough of them for each of the 50 to come round in every quarter.
const children = isNight ? 1000 : 400

t.test(`${children} children, 50 at once`, { timeout: longest }, (t) => {
  const shimRoot = temporaryDirectory(t)
  const log = join(shimRoot, 'log')
  const args = ['--expose-gc', fixture('trees/many.cjs'), String(children), '50', wrapper, tree]
  const env = { ...process.env, SPAWN_WRAP_SHIM_ROOT: shimRoot, LOG: log, WIDTH: '0' }
  const used = JSON.parse(execFileSync(node, args, { cwd: root, env, encoding: 'utf8' })) as { descriptors: number; heap: number }[]
  checkCaughtOnce(t, readNotes(log), children)
  const [first, second, , last] = used
  t.equal(last?.descriptors, first?.descriptors)
  t.ok((last?.heap ?? Number.NaN) - (second?.heap ?? Number.NaN) < 200_000, JSON.stringify(used))
  t.same(
    readdirSync(shimRoot).filter((name) => name.startsWith('.node-spawn-wrap-') && !name.endsWith('store')),
    [],
  )
  t.end()
})

const shapes: readonly (readonly [name: string, width: number, depth: number, count: number])[] = [
  ['a chain 12 deep', 1, 11, 12],
  ['a tree 3 wide and 5 deep', 3, 4, 121],
]
for (const [name, width, depth, count] of shapes) {
  t.test(name, { timeout: longest }, (t) => {
    const shimRoot = temporaryDirectory(t)
    process.env.SPAWN_WRAP_SHIM_ROOT = shimRoot
    const log = join(shimRoot, 'log')
    const unwrap = wrap([wrapper], { FROM_CONTEXT: 'yes' })
    const { status, stderr } = spawnSync(node, [tree, String(depth)], {
      env: { ...process.env, LOG: log, WIDTH: String(width) },
      encoding: 'utf8',
    })
    unwrap()
    t.same([status, stderr], [0, ''])
    const notes = readNotes(log)
    checkCaughtOnce(t, notes, count)
    for (let left = depth; left >= 0; left--) {
      t.equal(notes.filter((note) => note.depth === left).length, width ** (depth - left), `${left} above the leaves`)
    }
    t.same(
      readdirSync(shimRoot).filter((entry) => /^\.node-spawn-wrap-\d/.test(entry)),
      [],
    )
    t.end()
  })
}

t.test('a child holds no descriptor and hardly any memory of its own for it', { skip: !existsSync('/proc/self/fd') && 'no /proc' }, (t) => {
  process.env.SPAWN_WRAP_SHIM_ROOT = temporaryDirectory(t)
  const measure = () => {
    const script = `gc(); console.log(JSON.stringify([require('fs').readdirSync('/proc/self/fd').length, process.memoryUsage().heapUsed]))`
    return JSON.parse(execFileSync(node, ['--expose-gc', '-e', script], { encoding: 'utf8' })) as [descriptors: number, heap: number]
  }
  const [bareDescriptors, bareHeap] = measure()
  const unwrap = wrap([wrapper], { FROM_CONTEXT: 'yes' })
  const [descriptors, heap] = measure()
  unwrap()
  t.equal(descriptors, bareDescriptors)
  t.ok(heap - bareHeap < 500_000, `${heap - bareHeap} bytes`)
  t.end()
})
