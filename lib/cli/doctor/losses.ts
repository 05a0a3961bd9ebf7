import type { SpawnEvent, TraceEvent } from '../../trace/event.js'
import type { ProcessTree, TracedProcess } from '../../trace/process-tree.js'
import { showable } from '../../trace/secrets.js'
import { carriesPreload, diagnose, isInShims } from './diagnose.js'
import { Lineage, type Step } from './lineage.js'
import type { Program } from './processes.js'
import type { Ancestor, CommandReport, Loss } from './report.js'
import type { SeenProgram, Sighting } from './watch.js'

/** What is found out of files, when a process was seen to run them. */
interface FilesOfNode {
  isNode(executable: string): boolean
  versionOf(executable: string): string | undefined
  isSetuid(executable: string): boolean
  hasProgram(this: void, directory: string, name: string): boolean
}

export interface Evidence {
  /** As it was given. */
  readonly command: readonly string[]
  /** What was seen of the processes while they ran. */
  readonly sightings: readonly Sighting[]
  /** What the wrapped ones wrote down … */
  readonly events: readonly TraceEvent[]
  /** … and the tree of it. */
  readonly tree: ProcessTree
  readonly files: FilesOfNode
  /** Are brood's files still there? */
  readonly areFilesThere: boolean
  /** The process that ran the command. */
  readonly self: number
  /** The one that watched over it, which is brood's own, too. */
  readonly watchdog: number | undefined
}

/** Compares what was seen with what was written down: which Node processes were wrapped, and which were not, and why. */
export function findLosses(evidence: Evidence): Pick<CommandReport, 'wrapped' | 'losses'> {
  const { sightings, events, tree, files, self, watchdog } = evidence
  const starts = events.filter((event) => event.type === 'start').filter(({ thread, pid }) => thread === undefined && pid !== self)
  const lineage = new Lineage(sightings, starts, (program) => files.isNode(fileOf(program)))
  const recording = new Set(starts.map(({ execPath }) => execPath))
  const nodeSpawns = findNodeSpawns(events)

  const judged = new Set<number>()
  const losses: Loss[] = []
  for (const sighting of sightings) {
    const program = lineage.nodeOf(sighting)
    if (program === undefined || sighting.pid === watchdog) continue
    judged.add(sighting.pid)
    if (lineage.hasRecord(sighting)) continue
    const known = { isSeenSpawn: nodeSpawns.has(sighting.pid), doesRecord: recording.has(program.executable ?? '') }
    const loss = judge(sighting, program, lineage.wayTo(sighting, program), { ...evidence, ...known })
    if (loss !== undefined) losses.push(loss)
  }
  return { wrapped: starts.length, losses: [...losses, ...findEscaped(tree.roots, [], judged, evidence.areFilesThere)] }
}

/** Where it is not ours to know, what the process says itself. */
function fileOf({ executable, argv }: Program): string {
  return executable ?? argv[0] ?? ''
}

/** @returns `undefined` where nothing was lost */
function judge(
  { pid, ppid }: Sighting,
  program: SeenProgram,
  way: readonly Step[],
  evidence: Evidence & { readonly isSeenSpawn: boolean; readonly doesRecord: boolean },
): Loss | undefined {
  const { command, files, self } = evidence
  const { executable, argv } = program
  const nodeVersion = executable === undefined ? undefined : files.versionOf(executable)
  const isSetuid = files.isSetuid(fileOf(program))
  const diagnosis = diagnose({ ...evidence, ...program, version: nodeVersion, isSetuid, hasProgram: files.hasProgram })
  if (diagnosis === undefined) return undefined
  const steps = way
    // The shims are brood's own.
    .filter(
      ({
        program: {
          argv: [, script = ''],
        },
      }) => !isInShims(script),
    )
    .map((step) => ({ hasNets: hasNets(step), ancestor: ancestorOf(step) }))
  // Where nothing was seen before it, the command had become this in no time.
  if (steps.length === 0 && ppid === self) {
    steps.push({ hasNets: true, ancestor: { pid, command: showable(command), wrapped: false } })
  }
  return {
    pid,
    command: showable(argv),
    executable,
    nodeVersion,
    ...diagnosis,
    lostAt: diagnosis.route === undefined ? undefined : steps.findLast((step) => step.hasNets)?.ancestor,
    ancestors: steps.map(({ ancestor }) => ancestor),
  }
}

function hasNets({ wrapped, program: { variables } }: Step): boolean {
  return wrapped || (variables !== undefined && carriesPreload(variables))
}

function ancestorOf({ pid, program, wrapped }: Step): Ancestor {
  return { pid, command: showable(program.argv), wrapped }
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
  areFilesThere: boolean,
): Loss[] {
  return processes.flatMap((process) => {
    const { pid, command, kind, escaped, children } = process
    const isOpen = escaped && !(pid !== undefined && judged.has(pid))
    const diagnosis = isOpen ? diagnose({ ...nothingKnown, argv: command, areFilesThere }) : undefined
    const loss = diagnosis && { pid, command, executable: undefined, nodeVersion: undefined, ...diagnosis, lostAt: undefined, ancestors }
    const below = findEscaped(children, [...ancestors, { pid, command, wrapped: kind === 'node' && !escaped }], judged, areFilesThere)
    return loss === undefined ? below : [loss, ...below]
  })
}

const nothingKnown = {
  version: undefined,
  variables: undefined,
  isOtherUser: false,
  isOtherRoot: false,
  isSetuid: false,
  isSeenSpawn: true,
  doesRecord: false,
  hasProgram: () => false,
}
