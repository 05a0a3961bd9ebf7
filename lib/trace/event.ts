/**
 * The lines that processes write of themselves, one JSON object each.
 *
 * `id` names a process: its pid and when it started, as `<pid>-<microseconds in base 36>`; a Worker has its process's id and its thread,
 * `<id>-w<thread>`. A process that it starts is `<id>/<count>`.
 * `at` is in microseconds of the clock that all processes of a machine share (`process.hrtime()`).
 */
export type TraceEvent = StartEvent | SpawnEvent | SpawnedEvent | ExitEvent | ReplaceEvent | EndEvent

/** A Node process, or a Worker, begins. It is the first line of its file. */
export interface StartEvent {
  readonly type: 'start'
  readonly version: 1
  readonly id: string
  /** The spawn this process comes of, directly or through other programs; none in the process that made the trace. */
  readonly parent?: string
  /** The thread, in a Worker. */
  readonly thread?: number
  /** What a Worker was made for: a file, a URL, or `[worker eval]`. None in a Worker that Node has made for itself. */
  readonly script?: string
  readonly pid: number
  readonly ppid: number
  /** When it was started, not when this was written. */
  readonly at: number
  /** Milliseconds since the epoch at `at`. */
  readonly wall: number
  /** Microseconds from `at` to the first code that is not Node's. */
  readonly boot: number
  readonly argv: readonly string[]
  readonly execArgv: readonly string[]
  readonly execPath: string
  readonly node: string
  readonly cwd: string
  /** Names of its environment's variables; with their values only where that was asked for. */
  readonly env: readonly string[] | Readonly<Record<string, string>>
  /** Programs between the parent and this process, outermost first, where the system tells. */
  readonly between?: readonly Between[]
}

/** A program of which nothing else is known. */
export interface Between {
  readonly pid: number
  readonly command: readonly string[]
}

/** A process is about to be started. */
export interface SpawnEvent {
  readonly type: 'spawn'
  readonly id: string
  readonly at: number
  readonly file: string
  /** Its argv[0] included. */
  readonly args: readonly string[]
  readonly cwd?: string
  /** Will it be a Node process that records itself? */
  readonly node: boolean
  /** Does a script run in its place, which records nothing? */
  readonly replaced?: true
  /** How its environment differs from that of the process that starts it: names. */
  readonly env?: EnvironmentDifference
}

export interface EnvironmentDifference {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/** It was started, or not. */
export interface SpawnedEvent {
  readonly type: 'spawned'
  readonly id: string
  readonly at: number
  readonly pid?: number
  /** The code of the error: ENOENT. */
  readonly error?: string
}

/** A process that was started has ended, as the one that started it was told. */
export interface ExitEvent {
  readonly type: 'exit'
  readonly id: string
  readonly at: number
  readonly code: number | null
  readonly signal: string | null
}

/** This process becomes another program, by `process.execve`. */
export interface ReplaceEvent {
  readonly type: 'replace'
  readonly id: string
  readonly at: number
  readonly file: string
  readonly args: readonly string[]
  readonly node: boolean
  readonly replaced?: true
}

/** A Node process, or a Worker, ends by itself. One that is killed does not write this. */
export interface EndEvent {
  readonly type: 'end'
  readonly id: string
  readonly at: number
  readonly code: number
  /** Microseconds of processor time. Not in a Worker. */
  readonly user?: number
  readonly system?: number
  /** The largest resident set, in bytes. Not in a Worker. */
  readonly memory?: number
}
