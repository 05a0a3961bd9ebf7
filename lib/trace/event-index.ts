import type { EndEvent, ExitEvent, ReplaceEvent, SpawnEvent, SpawnedEvent, StartEvent, TraceEvent } from './event.js'

/** All that is said of one process being started, by the process that started it. */
export interface Spawn {
  readonly event: SpawnEvent | ReplaceEvent
  spawned?: SpawnedEvent
  exit?: ExitEvent
}

/** What was recorded, by what it is about. */
export interface Index {
  readonly starts: Map<string, StartEvent>
  readonly ends: Map<string, EndEvent>
  /** By the id of the spawn. */
  readonly spawns: Map<string, Spawn>
  /** The spawns that each process made. */
  readonly spawnsOf: Map<string, string[]>
  /** The processes that came of a spawn; the Workers of a process, and those of its processes whose spawn it did not write down. */
  readonly startsOf: Map<string, StartEvent[]>
  /** The processes of which it is known what they came of. */
  readonly known: Set<string>
}

/** Puts together what belongs together, whatever the order of the files. */
export function indexEvents(events: readonly TraceEvent[]): Index {
  const index: Index = { starts: new Map(), ends: new Map(), spawns: new Map(), spawnsOf: new Map(), startsOf: new Map(), known: new Set() }
  // What became of a spawn may be read before it: nothing is said of the order of files.
  const later: (SpawnedEvent | ExitEvent)[] = []
  for (const event of events) {
    const { id } = event
    if (event.type === 'start') {
      if (index.starts.has(id)) continue
      index.starts.set(id, event)
    } else if (event.type === 'end') {
      index.ends.set(id, event)
    } else if (event.type === 'spawn' || event.type === 'replace') {
      if (index.spawns.has(id)) continue
      index.spawns.set(id, { event })
      append(index.spawnsOf, ownerOf(id), id)
    } else {
      later.push(event)
    }
  }
  for (const event of later) {
    const spawn = index.spawns.get(event.id)
    if (spawn === undefined) continue
    if (event.type === 'spawned') spawn.spawned = event
    else spawn.exit = event
  }
  const findByPid = makeFinder(index)
  for (const start of index.starts.values()) {
    const parent = knownParent(start, index) ?? findByPid(start)
    if (parent === undefined) continue
    index.known.add(start.id)
    append(index.startsOf, parent, start)
  }
  return index
}

/** The spawn that a process names, or, where that was not written down, the process that made it. */
function knownParent({ parent }: StartEvent, { starts, spawns }: Index): string | undefined {
  if (parent === undefined) return undefined
  if (spawns.has(parent) || starts.has(parent)) return parent
  const owner = ownerOf(parent)
  return starts.has(owner) ? owner : undefined
}

/**
 * Finds the process that a process was started by, or the spawn of the program, by its number, which it need not have been told: what the
 * system says stays true where a variable is lost. A number may have been used more than once: it is the latest one that was there.
 */
function makeFinder({ starts, ends, spawns }: Index): (start: StartEvent) => string | undefined {
  const lives = new Map<number, { readonly id: string; readonly from: number; readonly to: number | undefined }[]>()
  for (const { id, thread, pid, at } of starts.values()) {
    if (thread === undefined) append(lives, pid, { id, from: at, to: ends.get(id)?.at })
  }
  for (const [id, { event, spawned, exit }] of spawns) {
    const pid = spawned?.pid
    // Where it was a Node process, that has been said above.
    if (pid !== undefined && !lives.get(pid)?.some(({ from }) => from >= event.at && (exit === undefined || from <= exit.at)))
      append(lives, pid, { id, from: event.at, to: exit?.at })
  }
  return ({ id, thread, ppid, at }) => {
    // A Worker is in the process that made it.
    if (thread !== undefined) return undefined
    const there = lives.get(ppid)?.filter((life) => life.id !== id && life.from <= at && (life.to === undefined || life.to >= at))
    return there?.toSorted((a, b) => b.from - a.from)[0]?.id
  }
}

function append<K, T>(lists: Map<K, T[]>, key: K, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** The process that made a spawn. */
export function ownerOf(spawnId: string): string {
  return spawnId.slice(0, spawnId.lastIndexOf('/'))
}
