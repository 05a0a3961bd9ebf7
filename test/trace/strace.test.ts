// `brood tree` held against what strace saw of the same processes.
import '../posix-only.js'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { ProcessTree, TracedProcess } from '../../lib/trace/process-tree.js'
import { fixture, observe, root, temporaryDirectory } from '../support.js'
import { readStraceLog, reasonAgainstStrace, type SeenProcess, straceCommand } from '../support-strace.js'
import t from '../tap.js'

const project = fixture('trees/project')
const command = ['npm', 'test']

t.test('the tree of a test suite is what the kernel saw', { skip: reasonAgainstStrace() }, async (t) => {
  const scratch = temporaryDirectory(t)
  const file = join(scratch, 'tree.json')
  const brood = [process.execPath, join(root, 'dist/cli.cjs'), 'tree', '--quiet', '--json', file, '--']
  const bare = await runSeen(command, scratch, 'bare')
  const wrapped = await runSeen([...brood, ...command], scratch, 'wrapped')
  const { roots, totals } = JSON.parse(readFileSync(file, 'utf8')) as ProcessTree

  const [own] = wrapped
  const top = wrapped.find(({ parent, pid }) => parent === own && pid === roots[0]?.pid) as SeenProcess
  const seen = wrapped.filter((process) => process === top || isBelow(process, top))
  // brood changes the arguments of shells and other programs. What they would have been is seen of the same process without brood.
  const twins = pairUp(top, bare[0] as SeenProcess, wrapped, bare)
  const truth = truthOf(top, seen, (process) => twins.get(process) as SeenProcess)

  t.same(roots.flatMap(linesOf), truth)
  const nodes = seen.filter(isNode).length
  t.match(totals, { nodeProcesses: nodes, workers: 1, escaped: 0, unfinished: 0, losses: [] })
  t.same(workersOf(roots), [[join(project, 'worker.cjs')]], 'a Worker is none of them')
  t.ok(nodes > 40, `${nodes} Node processes of ${seen.length}`)
})

/** Runs a command in the project under strace. @returns the processes, the command's own first */
async function runSeen(words: readonly string[], scratch: string, name: string): Promise<SeenProcess[]> {
  const log = join(scratch, `${name}.log`)
  const [file, ...args] = [...straceCommand(log), ...words] as [string, ...string[]]
  const env = { PATH: process.env.PATH, HOME: scratch, TMPDIR: scratch, npm_config_update_notifier: 'false' }
  const { code, stderr } = await observe(file, args, { cwd: project, env })
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`)
  return readStraceLog(readFileSync(log, 'utf8'))
}

function isBelow({ parent }: SeenProcess, top: SeenProcess): boolean {
  return parent !== undefined && (parent === top || isBelow(parent, top))
}

/** Of each process of one tree the one that has its place in the other. */
function pairUp(
  a: SeenProcess,
  b: SeenProcess,
  allOfA: readonly SeenProcess[],
  allOfB: readonly SeenProcess[],
): Map<SeenProcess, SeenProcess> {
  const [ofA, ofB] = [allOfA.filter(({ parent }) => parent === a), allOfB.filter(({ parent }) => parent === b)]
  if (ofA.length !== ofB.length) throw new Error(`${wordsOf(b).join(' ')} started ${ofB.length} processes, and under brood ${ofA.length}`)
  return new Map([[a, b], ...ofA.flatMap((child, index) => [...pairUp(child, ofB[index] as SeenProcess, allOfA, allOfB)])])
}

/** What a tree is to list, a line each, in its order: the Node processes, what they start, and what stands between them. */
function truthOf(top: SeenProcess, seen: readonly SeenProcess[], twinOf: (process: SeenProcess) => SeenProcess): string[] {
  const isListed = (process: SeenProcess): boolean =>
    isNode(process) || process === top || startedByNode(process) || seen.some((other) => other.parent === process && isListed(other))
  const list = (process: SeenProcess, level: number): string[] => {
    const { refused, pid, exitCode, signal } = process
    const twin = twinOf(process)
    if (refused !== undefined) return [line(level, 'program', undefined, twin.refused?.args ?? [], refused.error)]
    // How a program has ended that no Node process started, nobody can say.
    const ended = isNode(process) || startedByNode(process) ? (signal ?? String(exitCode)) : '?'
    const below = seen.filter((other) => other.parent === process && isListed(other))
    return [
      line(level, isNode(process) ? 'node' : 'program', pid, wordsOf(twin), ended),
      ...inOrder(isNode(process), below).flatMap((child) => list(child, level + 1)),
    ]
  }
  return list(top, 0)
}

function workersOf(processes: readonly TracedProcess[]): (readonly string[])[] {
  return processes.flatMap(({ kind, command, children }) => [...(kind === 'worker' ? [command] : []), ...workersOf(children)])
}

/** The same of the tree that brood made. */
function linesOf(traced: TracedProcess): string[] {
  const list = (process: TracedProcess, level: number): string[] => {
    const { kind, pid, command, children, error, signal, exitCode } = process
    // A Worker is no process: what it starts is its process's.
    if (kind === 'worker') return children.flatMap((child) => list(child, level))
    const ended = error ?? signal ?? String(exitCode ?? '?')
    return [
      line(level, kind, error === undefined ? pid : undefined, command, ended),
      ...inOrder(kind === 'node', children).flatMap((child) => list(child, level + 1)),
    ]
  }
  return list(traced, 0)
}

/** Node's children in the order in which they were started; a shell's, which may run at the same time, by their numbers. */
function inOrder<Process extends { readonly pid: number | undefined }>(
  areNodes: boolean,
  processes: readonly Process[],
): readonly Process[] {
  return areNodes ? processes : processes.toSorted((a, b) => (a.pid ?? 0) - (b.pid ?? 0))
}

function line(level: number, kind: string, pid: number | undefined, words: readonly string[], ended: string): string {
  return `${'  '.repeat(level)}${pid ?? '-'} ${kind}: ${words.map(pathOf).join(' ')} (${ended})`
}

/** Node says the whole path of a script, and the kernel what was written. */
function pathOf(word: string): string {
  const path = resolve(project, word)
  return word !== '' && existsSync(path) ? path : word
}

/** What a process last became; one that stays a copy of its parent is what that is. */
function wordsOf({ programs, parent }: SeenProcess): readonly string[] {
  return programs.at(-1)?.args ?? (parent === undefined ? [] : wordsOf(parent))
}

function isNode({ programs }: SeenProcess): boolean {
  const file = programs.at(-1)?.file
  return file !== undefined && basename(realpathSync(resolve(project, file))) === 'node'
}

function startedByNode({ parent }: SeenProcess): boolean {
  return parent !== undefined && isNode(parent)
}
