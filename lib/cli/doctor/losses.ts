import type { SpawnEvent, StartEvent, TraceEvent } from '../../trace/event.js'
import type { ProcessTree, TracedProcess } from '../../trace/process-tree.js'
import { recordable } from '../../trace/secrets.js'
import { carriesPreload, diagnose, type Nets } from './diagnose.js'
import type { Program } from './processes.js'
import type { Ancestor, CommandReport, Loss } from './report.js'
import type { SeenProgram, Sighting } from './watch.js'

/** What is found out of files, when a process was seen to run them. */
export interface FilesOfNode {
  isNode(executable: string): boolean
  versionOf(executable: string): string | undefined
  isSetuid(executable: string): boolean
}

export interface Evidence {
  /** What was seen of the processes while they ran. */
  readonly sightings: readonly Sighting[]
  /** What the wrapped ones wrote down … */
  readonly events: readonly TraceEvent[]
  /** … and the tree of it. */
  readonly tree: ProcessTree
  readonly nets: Nets
  readonly files: FilesOfNode
  /** Are brood's files still there? */
  readonly areFilesThere: boolean
  /** Processes of brood's own. */
  readonly without: readonly number[]
}

/** Compares what was seen with what was written down: which Node processes were wrapped, and which were not, and why. */
export function findLosses(evidence: Evidence): Pick<CommandReport, 'wrapped' | 'losses'> {
  const { sightings, events, tree, without } = evidence
  const starts = events
    .filter((event) => event.type === 'start')
    .filter((event) => event.thread === undefined && !without.includes(event.pid))
  const scene = makeScene(evidence, starts)
  const seen = sightings.filter(({ pid }) => !without.includes(pid)).flatMap((sighting) => scene.lossOf(sighting) ?? [])
  const judged = new Set(sightings.filter((sighting) => scene.nodeOf(sighting) !== undefined).map(({ pid }) => pid))
  return { wrapped: starts.length, losses: [...seen, ...findEscaped(tree.roots, [], judged, evidence)] }
}

/** So long before it was first seen, or after it was last seen, a process may say that it started, in milliseconds. */
const tolerance = 1000

/** A program on the way to a process, innermost last. */
interface Step {
  readonly pid: number
  readonly program: SeenProgram
  readonly wrapped: boolean
}

function makeScene({ sightings, events, nets, files, areFilesThere }: Evidence, starts: readonly StartEvent[]) {
  const recording = new Set(starts.map(({ execPath }) => execPath))
  const nodeSpawns = findNodeSpawns(events)

  const isNode = ({ executable, argv }: Program) =>
    executable === undefined ? /(?:^|\/)node(?:js)?$/.test(argv[0] ?? '') : files.isNode(executable)
  const nodeOf = ({ programs }: Sighting) => programs.find(isNode)
  const hasRecord = ({ pid, firstSeen, lastSeen }: Sighting) =>
    starts.some((start) => start.pid === pid && start.wall >= firstSeen - tolerance && start.wall <= lastSeen + tolerance)

  const parentOf = ({ ppid, firstSeen }: Sighting) =>
    sightings.findLast((other) => other.pid === ppid && other.firstSeen <= firstSeen && other.lastSeen >= firstSeen - tolerance)

  /** What a process ran up to a moment, and before that what it came of. */
  const wayTo = (sighting: Sighting, until: number): Step[] => {
    const parent = parentOf(sighting)
    const isRecorded = hasRecord(sighting)
    const own = sighting.programs
      // The shims are brood's own.
      .filter(({ firstSeen, argv }) => firstSeen <= until && argv[1]?.startsWith(`${nets.shims}/`) !== true)
      .map((program) => ({ pid: sighting.pid, program, wrapped: isRecorded && isNode(program) }))
    return [...(parent === undefined || parent === sighting ? [] : wayTo(parent, sighting.firstSeen)), ...own]
  }

  const lossOf = (sighting: Sighting): Loss | undefined => {
    const program = nodeOf(sighting)
    if (program === undefined || hasRecord(sighting)) return undefined
    const { executable, argv } = program
    const version = executable === undefined ? undefined : files.versionOf(executable)
    const facts = {
      ...program,
      version,
      isSetuid: executable !== undefined && files.isSetuid(executable),
      areFilesThere,
      isSeenSpawn: nodeSpawns.has(sighting.pid),
      doesRecord: executable !== undefined && recording.has(executable),
    }
    const diagnosis = diagnose(facts, nets)
    if (diagnosis === undefined) return undefined
    const way = wayTo(sighting, program.firstSeen).filter((step) => step.program !== program)
    const lostAt = diagnosis.route === undefined ? undefined : way.findLast((step) => step.wrapped || hasNets(step.program))
    return {
      pid: sighting.pid,
      command: recordable(argv, false),
      executable,
      nodeVersion: version,
      ...diagnosis,
      lostAt: lostAt && ancestorOf(lostAt),
      ancestors: way.map(ancestorOf),
    }
  }

  const hasNets = ({ variables }: Program) => variables !== undefined && carriesPreload(variables, nets)

  return { nodeOf, lossOf }
}

function ancestorOf({ pid, program, wrapped }: Step): Ancestor {
  return { pid, command: recordable(program.argv, false), wrapped }
}

/** The pids of what wrapped processes started as Node. */
function findNodeSpawns(events: readonly TraceEvent[]): ReadonlySet<number> {
  const spawns = new Map(events.filter((event): event is SpawnEvent => event.type === 'spawn').map((event) => [event.id, event]))
  const pids = events.flatMap((event) => (event.type === 'spawned' && spawns.get(event.id)?.node === true ? [event.pid] : []))
  return new Set(pids.filter((pid) => pid !== undefined))
}

/** Those of which only the process that started them tells: they were too short to be seen, or nothing could be watched. */
function findEscaped(
  processes: readonly TracedProcess[],
  ancestors: readonly Ancestor[],
  judged: ReadonlySet<number>,
  evidence: Pick<Evidence, 'nets' | 'areFilesThere'>,
): Loss[] {
  return processes.flatMap((process) => {
    const { pid, command, kind, escaped, children } = process
    const isOpen = escaped && !(pid !== undefined && judged.has(pid))
    const diagnosis = isOpen
      ? diagnose({ ...nothingKnown, argv: command, areFilesThere: evidence.areFilesThere }, evidence.nets)
      : undefined
    const loss = diagnosis && { pid, command, executable: undefined, nodeVersion: undefined, ...diagnosis, lostAt: undefined, ancestors }
    const below = findEscaped(children, [...ancestors, { pid, command, wrapped: kind === 'node' && !escaped }], judged, evidence)
    return loss === undefined ? below : [loss, ...below]
  })
}

const nothingKnown = {
  executable: undefined,
  version: undefined,
  variables: undefined,
  isOtherUser: false,
  isOtherRoot: false,
  isSetuid: false,
  isSeenSpawn: true,
  doesRecord: false,
}
