import { parseNodeArgv } from '../syntax/node-argv.js'
import { withoutAdditions } from './between.js'
import { makeClock } from './clock.js'
import type { ExitEvent, StartEvent, TraceEvent } from './event.js'
import { type Index, indexEvents, ownerOf, type Spawn } from './event-index.js'
import type { EnvironmentChange, ProcessTree } from './process-tree.js'
import { fileName } from './text.js'
import { type Draft, finish } from './totals.js'

export interface TreeOptions {
  /** What could not be read, to be said in the totals. @default [] */
  readonly losses?: readonly string[]
  /** The pid of a process that made the trace: it is left out, and what it started are the roots. @default none */
  readonly without?: number
}

/**
 * Makes the tree of processes of what they recorded.
 *
 * It takes whatever there is: where a record is missing, what its process started becomes a root, or hangs where it is known to belong.
 *
 * @param events in the order of {@link readTrace}: those of one process as it wrote them
 */
export function buildTree(events: readonly TraceEvent[], { losses = [], without }: TreeOptions = {}): ProcessTree {
  const index = indexEvents(events)
  const clock = makeClock(index.starts.values(), (spawnId) => {
    const spawn = index.spawns.get(spawnId)
    return spawn === undefined ? undefined : { owner: ownerOf(spawnId), from: spawn.event.at, to: spawn.exit?.at }
  })
  const build = makeBuilder(index, clock)
  const roots: Draft[] = []
  // Those whose parent is unknown; then, since records may say anything, those that only each other lead to.
  for (const start of index.starts.values()) if (!index.known.has(start.id)) roots.push(build(start))
  for (const start of index.starts.values()) if (!build.isDone(start)) roots.push(build(start))
  const isLeftOut = ({ pid, kind }: Draft) => kind === 'node' && pid === without
  const shown = roots.flatMap((root) => (isLeftOut(root) ? root.children : [root]))
  return finish(shown, { startedAt: clock.startedAt, losses })
}

type Clock = ReturnType<typeof makeClock>
type Builder = ((start: StartEvent) => Draft) & { isDone(start: StartEvent): boolean }

function makeBuilder(index: Index, clock: Clock): Builder {
  const done = new Set<string>()

  const build = (start: StartEvent, spawn?: Spawn): Draft => {
    done.add(start.id)
    const end = index.ends.get(start.id)
    const replaced = index.spawnsOf
      .get(start.id)
      ?.map((id) => index.spawns.get(id)?.event)
      .find((event) => event?.type === 'replace')
    const endedAt = spawn?.exit?.at !== undefined ? clock.time(ownerOf(spawn.exit.id), spawn.exit.at) : undefined
    const own = end === undefined ? undefined : clock.time(start.id, end.at)
    const became = replaced === undefined ? undefined : clock.time(start.id, replaced.at)
    const children = (index.spawnsOf.get(start.id) ?? []).flatMap((id) => buildSpawn(index.spawns.get(id) as Spawn, start))
    const ended = became ?? endedAt ?? own
    for (const child of index.startsOf.get(start.id) ?? []) if (!done.has(child.id)) children.push(endingBy(ended, build(child)))
    const { user, system } = end ?? {}
    const nodeStart = clock.time(start.id, start.at)
    const asked = spawn === undefined ? undefined : clock.time(ownerOf(spawn.event.id), spawn.event.at)
    return {
      ...absent,
      id: start.id,
      kind: start.thread === undefined ? 'node' : 'worker',
      pid: start.pid,
      command: commandOf(start),
      startedAs: spawn === undefined || isStartedAsNode(spawn, start) ? undefined : spawn.event.args,
      execPath: start.execPath,
      nodeVersion: start.node,
      execArgv: start.execArgv,
      cwd: start.cwd,
      // A process is there before it becomes Node, by so much as its program takes to be loaded; and where it was a shell before, by more.
      start: Math.min(nodeStart, asked ?? nodeStart),
      nodeStart: start.thread === undefined ? nodeStart : undefined,
      end: ended,
      boot: start.thread === undefined ? start.boot / 1000 : undefined,
      cpu: user === undefined || system === undefined ? undefined : { user: user / 1000, system: system / 1000 },
      memory: end?.memory,
      exitCode: spawn?.exit === undefined ? end?.code : (spawn.exit.code ?? undefined),
      signal: spawn?.exit?.signal ?? undefined,
      environment: environmentOf(start, spawn, index),
      children,
    }
  }

  /** What came of a spawn: a Node process; or another program, with those that came of it; or both, where a shell became its last command. */
  const buildSpawn = (spawn: Spawn, owner: StartEvent): Draft[] => {
    const { event, spawned, exit } = spawn
    const pid = event.type === 'replace' ? owner.pid : spawned?.pid
    const starts = (index.startsOf.get(event.id) ?? []).filter((start) => !done.has(start.id))
    // The pid is not known yet while spawnSync runs, and never where that process was killed.
    const direct = starts.find((start) => start.pid === pid) ?? (pid === undefined && isNodeSpawn(spawn) ? starts[0] : undefined)
    const top = direct === undefined ? buildProgram(spawn, pid, owner) : build(direct, spawn)
    const others = starts
      .filter((start) => start !== direct && !done.has(start.id))
      .toSorted((a, b) => clock.time(a.id, a.at) - clock.time(b.id, b.at))
    placeBetween(top, others, (start) => build(start))
    if (starts.length === 0 && isNodeSpawn(spawn) && exit !== undefined && ranProgram(exit) && recordsItself(event.args)) top.escaped = true
    return [top]
  }

  const buildProgram = ({ event, spawned, exit }: Spawn, pid: number | undefined, owner: StartEvent): Draft => ({
    ...absent,
    id: event.id,
    kind: event.node ? 'node' : 'program',
    pid,
    command: event.args.length === 0 ? [event.file] : event.args,
    cwd: (event.type === 'spawn' ? event.cwd : undefined) ?? owner.cwd,
    start: clock.time(owner.id, event.at),
    end: exit === undefined ? (spawned?.error === undefined ? undefined : clock.time(owner.id, spawned.at)) : clock.time(owner.id, exit.at),
    exitCode: exit?.code ?? undefined,
    signal: exit?.signal ?? undefined,
    error: spawned?.error,
    replaced: event.replaced === true,
    environment: event.type === 'spawn' && event.env !== undefined ? { ...event.env, values: undefined } : undefined,
    children: [],
  })

  return Object.assign((start: StartEvent) => build(start), { isDone: (start: StartEvent) => done.has(start.id) })
}

const absent = {
  startedAs: undefined,
  execPath: undefined,
  nodeVersion: undefined,
  execArgv: [],
  nodeStart: undefined,
  boot: undefined,
  cpu: undefined,
  memory: undefined,
  error: undefined,
  escaped: false,
  replaced: false,
} as const

/** A Worker ends with its process at the latest, which does not let it say so. */
function endingBy(end: number | undefined, draft: Draft): Draft {
  if (draft.kind !== 'worker' || draft.end !== undefined || end === undefined) return draft
  return { ...draft, end, children: draft.children.map((child) => endingBy(end, child)) }
}

/** Hangs processes below a program, with the programs in between that are known by name. */
function placeBetween(top: Draft, starts: readonly StartEvent[], build: (start: StartEvent) => Draft): void {
  const programs = new Map<number, Draft>()
  for (const start of starts) {
    const process = build(start)
    let above = top
    for (const { pid, command: given } of start.between ?? []) {
      if (pid === top.pid) continue
      const command = withoutAdditions(given)
      let program = programs.get(pid)
      if (program === undefined) {
        program = {
          ...absent,
          id: `${top.id}:${pid}`,
          kind: 'program',
          pid,
          command,
          cwd: undefined,
          start: process.start,
          end: process.end,
          exitCode: undefined,
          signal: undefined,
          environment: undefined,
          children: [],
        }
        programs.set(pid, program)
        above.children.push(program)
      }
      becomeLater(program, command, above)
      // Nobody saw it start or end: it was there from its first child on.
      program.start = Math.min(program.start, process.start)
      program.end = program.end === undefined || process.end === undefined ? undefined : Math.max(program.end, process.end)
      above = program
    }
    above.children.push(process)
  }
}

function commandOf({ argv, thread, script, execPath, execArgv }: StartEvent): string[] {
  const [program = execPath, ...args] = argv
  if (thread !== undefined) return script === undefined ? [] : [script, ...args]
  return [program, ...execArgv, ...args]
}

/** A program that has become another one since it was last looked at. What is a copy of the program above was not started as that. */
function becomeLater(program: Draft, command: readonly string[], above: Draft): void {
  if (areSame(program.command, command)) return
  if (!areSame(program.command, above.command)) program.startedAs ??= program.command
  program.command = command
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index])
}

function isNodeSpawn({ event }: Spawn): boolean {
  return event.node
}

/** Was it asked for as `node …`, and not as a script by the script's own name? */
function isStartedAsNode(spawn: Spawn, { argv: [, script] }: StartEvent): boolean {
  return isNodeSpawn(spawn) && (script === undefined || fileName(spawn.event.file) !== fileName(script))
}

/** Killed on its way, or refused by Node for its flags, a process has not come to where it would have written its record. */
function ranProgram({ code, signal }: ExitEvent): boolean {
  return signal === null && code !== invalidFlags
}

/** @see "Exit codes" in Node's documentation of `process` */
const invalidFlags = 9

/** With these, Node answers and ends before any code of a program or a preload. */
const answersOnly = new Set(['-v', '--version', '-h', '--help', '--v8-options', '--completion-bash', '--build-snapshot-config'])

/** @param args its argv[0] included */
export function recordsItself(args: readonly string[]): boolean {
  return !parseNodeArgv(args.slice(1)).options.some(({ name }) => answersOnly.has(name))
}

/** What differs from the process above, as exactly as it was seen. */
function environmentOf(start: StartEvent, spawn: Spawn | undefined, { starts }: Index): EnvironmentChange | undefined {
  const values = Array.isArray(start.env) ? undefined : (start.env as Readonly<Record<string, string>>)
  const seen = spawn?.event.type === 'spawn' && spawn.event.node ? spawn.event.env : undefined
  if (seen !== undefined) return { ...seen, values }
  const above = start.parent === undefined ? undefined : (starts.get(start.parent) ?? starts.get(ownerOf(start.parent)))
  if (above === undefined) return values === undefined ? undefined : { added: [], removed: [], changed: [], values }
  const names = namesOf(start)
  const namesAbove = namesOf(above)
  const valuesAbove = Array.isArray(above.env) ? undefined : (above.env as Readonly<Record<string, string>>)
  return {
    added: [...names].filter((name) => !namesAbove.has(name)),
    removed: [...namesAbove].filter((name) => !names.has(name)),
    changed: Object.keys(valuesAbove ?? {}).filter(
      (name) => values !== undefined && name in values && values[name] !== valuesAbove?.[name],
    ),
    values,
  }
}

function namesOf({ env }: StartEvent): Set<string> {
  return new Set(Array.isArray(env) ? env : Object.keys(env))
}
