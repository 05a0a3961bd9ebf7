import { debug } from '../../diagnostics.js'
import { currentPlace } from '../../wrap/owner.js'
import { carriesText, type Glance, glanceAt, listProcesses, type Program, readProgram } from './processes.js'

/** A process below the command, as it was seen. */
export interface Sighting {
  readonly pid: number
  /** Its parent where it was first seen. */
  readonly ppid: number
  /** What it ran, one after the other; a fork's copy of its parent's program is none. */
  readonly programs: readonly SeenProgram[]
  /** In milliseconds since the epoch. */
  readonly firstSeen: number
  readonly lastSeen: number
}

export interface SeenProgram extends Program {
  readonly firstSeen: number
}

interface Watched {
  readonly glance: Glance
  readonly programs: SeenProgram[]
  readonly firstSeen: number
  lastSeen: number
  /** Where the environment of the program lies that was read last. */
  environmentAt: number
}

/** How often it looks, in milliseconds: at least as often as this … */
const longestPause = 20
/** … at most as often as this … */
const shortestPause = 5
/** … and in between so that looking takes this part of a processor's time at most. */
const greatestShare = 0.1

/** Can processes be watched here? Not without a /proc as Linux has it. */
export function canWatch(): boolean {
  return currentPlace() !== undefined
}

/**
 * Looks, again and again, which processes there are below this one, and what they run.
 *
 * A process belongs to them whose parent, session or group does, or which carries `mark` in its environment: also one whose parent has
 * ended. One that lives shorter than the time between two looks may be missed.
 */
export class ProcessWatch {
  readonly #mark: string
  readonly #own: Glance | undefined
  /** Sessions and process groups of what was seen. Their numbers are not given to others while they have members. */
  readonly #groups = new Set<number>()
  /** Every process there is: those of other people's as `undefined`, not to be looked at again. */
  #present = new Map<number, Watched | undefined>()
  readonly #watched: Watched[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(mark: string) {
    this.#mark = mark
    this.#own = glanceAt(process.pid)
    this.#look()
  }

  /** Ends it with a last look. */
  stop(): Sighting[] {
    clearTimeout(this.#timer)
    this.#lookOnce()
    return this.#watched.map(({ glance: { pid, ppid }, programs, firstSeen, lastSeen }) => ({ pid, ppid, programs, firstSeen, lastSeen }))
  }

  #look(): void {
    const begun = performance.now()
    this.#lookOnce()
    const taken = performance.now() - begun
    this.#timer = setTimeout(() => this.#look(), Math.min(longestPause, Math.max(shortestPause, taken / greatestShare)))
    this.#timer.unref()
  }

  #lookOnce(): void {
    const now = Date.now()
    const present = new Map<number, Watched | undefined>()
    const unknown: Glance[] = []
    for (const pid of listProcesses()) {
      const isKnown = this.#present.has(pid)
      const watched = this.#present.get(pid)
      if (isKnown && watched === undefined) {
        present.set(pid, undefined)
        continue
      }
      const glance = glanceAt(pid)
      if (glance === undefined) continue
      if (watched?.glance.startTime === glance.startTime) {
        present.set(pid, watched)
        this.#readAnew(watched, glance, now)
      } else {
        unknown.push(glance)
      }
    }
    this.#present = present
    // Parents first.
    for (const glance of unknown.toSorted((a, b) => a.startTime - b.startTime || a.pid - b.pid)) {
      const watched = this.#belongs(glance) ? { glance, programs: [], firstSeen: now, lastSeen: now, environmentAt: 0 } : undefined
      present.set(glance.pid, watched)
      if (watched === undefined) continue
      this.#watched.push(watched)
      this.#readAnew(watched, glance, now)
    }
  }

  #belongs({ pid, ppid, group, session, startTime }: Glance): boolean {
    if (pid === process.pid || this.#own === undefined || startTime < this.#own.startTime) return false
    const isBelow = ppid === process.pid || this.#present.get(ppid) !== undefined
    return isBelow || this.#groups.has(group) || this.#groups.has(session) || carriesText(pid, this.#mark)
  }

  /** What this process itself is in with others, says nothing. */
  #noteGroups({ pid, group, session }: Glance): void {
    this.#groups.add(pid)
    if (group !== this.#own?.group) this.#groups.add(group)
    if (session !== this.#own?.session) this.#groups.add(session)
  }

  /** Reads what a process runs, where that is another program than before. */
  #readAnew(watched: Watched, glance: Glance, now: number): void {
    const { pid, ppid, startTime, environmentAt } = glance
    watched.lastSeen = now
    this.#noteGroups(glance)
    const isKnown = environmentAt !== 0 && environmentAt === watched.environmentAt
    if (isKnown) return
    if (environmentAt !== 0 && this.#present.get(ppid)?.environmentAt === environmentAt) {
      // A fork: it runs its parent's program, so far.
      watched.environmentAt = environmentAt
      return
    }
    const program = readProgram(pid)
    const after = glanceAt(pid)
    // It is just becoming another program: the next look will tell.
    if (program === undefined || after?.startTime !== startTime || after.environmentAt !== environmentAt) return
    const isClosed = program.variables === undefined
    if (environmentAt === 0 && (!isClosed || isSame(program, watched.programs.at(-1)))) return
    watched.environmentAt = environmentAt
    watched.programs.push({ ...program, firstSeen: now })
    debug('seen', () => ({ pid, ppid, argv: program.argv }))
  }
}

function isSame(program: Program, other: Program | undefined): boolean {
  return other !== undefined && program.argv.length === other.argv.length && program.argv.every((text, at) => text === other.argv[at])
}
