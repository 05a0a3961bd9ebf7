/**
 * What a command started, as `brood tree --json` writes it. Times are milliseconds, sizes bytes. A field that is `undefined` is not in the JSON.
 *
 * `schemas/tree.schema.json` is made of these types and comments (`npm run build:schemas`).
 */
export interface ProcessTree {
  /** Tells these data from others. */
  readonly format: 'brood-tree'
  /** Of the format. It changes when data that were right are no longer. */
  readonly version: 1
  /**
   * When the first process started, as an ISO 8601 date in UTC.
   *
   * @format date-time
   */
  readonly startedAt: string
  /** The processes that came of the command, in the order in which they started: one, where nothing is missing. */
  readonly roots: readonly TracedProcess[]
  /** Sums over the whole tree. */
  readonly totals: Totals
}

/** A process, or a Worker, with what it started. */
export interface TracedProcess {
  /** Unique in the tree. */
  readonly id: string
  /** A Node process; another program, of which only its parent tells; a Worker of the process above it. */
  readonly kind: 'node' | 'program' | 'worker'
  /**
   * Of a Worker, that of its process. Missing where it was not started, or nobody knows.
   *
   * @asType integer
   */
  readonly pid: number | undefined
  /**
   * Of a Node process: its node as it was named, the flags of node, the script, the script's arguments. Of a Worker: its script, and what it was
   * given; nothing where Node made it for itself, to run hooks of its module loader. What looks like a secret is masked.
   */
  readonly command: readonly string[]
  /** What it was started as, where it became another program in the same process: a shell its last command, a script by its own name Node. */
  readonly startedAs: readonly string[] | undefined
  /** The absolute path of its node. */
  readonly execPath: string | undefined
  /** The version of its node, as `20.19.0`. */
  readonly nodeVersion: string | undefined
  /** The flags of node on its command line. They stand in `command`, too. */
  readonly execArgv: readonly string[]
  /** The directory in which it was started: absolute, and empty where that was removed. */
  readonly cwd: string | undefined
  /** When it started, in milliseconds from the start of the tree. */
  readonly start: number
  /** When it ended, in milliseconds from the start of the tree. Missing where nobody saw it end. */
  readonly end: number | undefined
  /**
   * Milliseconds from start to end.
   *
   * @minimum 0
   */
  readonly wall: number | undefined
  /**
   * When Node began in this process, in milliseconds from the start of the tree: after `start`, since its program had to be loaded, and it may have
   * been a shell before. Not of a Worker.
   */
  readonly nodeStart: number | undefined
  /** Milliseconds from `nodeStart` to the first code that is not Node's. Not of a Worker. */
  readonly boot: number | undefined
  /** Processor time of this process alone. Of a Node process that ended by itself. */
  readonly cpu: ProcessorTime | undefined
  /** The largest resident set, in bytes. Of a Node process that ended by itself. */
  readonly memory: number | undefined
  /**
   * Missing where it died of a signal, or nobody saw it end.
   *
   * @asType integer
   */
  readonly exitCode: number | undefined
  /** The signal it died of: SIGKILL. */
  readonly signal: string | undefined
  /** Why it could not be started: ENOENT. */
  readonly error: string | undefined
  /** Did it end with another code than 0, die of a signal, or not start? */
  readonly failed: boolean
  /** Is this a Node process that left no record? */
  readonly escaped: boolean
  /** Did a mock run in its place (`replace`)? It records nothing, nor does what it started. */
  readonly replaced: boolean
  /** On the way from a root down that takes, at each step, the child that took longest. */
  readonly slowest: boolean
  /** How its variables differ from those of the process above. */
  readonly environment: EnvironmentChange | undefined
  /** What it started, in the order in which that started. */
  readonly children: readonly TracedProcess[]
}

/** Milliseconds of processor time. */
export interface ProcessorTime {
  /** In code of its own. */
  readonly user: number
  /** In the system, on its behalf. */
  readonly system: number
}

/** Names of variables, against the process above. */
export interface EnvironmentChange {
  /** Those that the process above does not have. */
  readonly added: readonly string[]
  /** Those that only the process above has. */
  readonly removed: readonly string[]
  /** Those that have another value, as far as that was seen. */
  readonly changed: readonly string[]
  /** All variables of the process with their values; only with `--env-values`. */
  readonly values: Readonly<Record<string, string>> | undefined
}

/** Sums over a tree. */
export interface Totals {
  /**
   * Processes of all kinds, Workers not counted.
   *
   * @asType integer
   */
  readonly processes: number
  /**
   * Node processes among them.
   *
   * @asType integer
   */
  readonly nodeProcesses: number
  /**
   * Workers of all Node processes.
   *
   * @asType integer
   */
  readonly workers: number
  /**
   * Processes on the longest way down.
   *
   * @asType integer
   */
  readonly depth: number
  /** Milliseconds from the start of the tree to its last end. */
  readonly wall: number
  /** Milliseconds of processor time, of all processes that said it. */
  readonly cpu: number
  /** Milliseconds spent in Node's start-up, summed over all Node processes. */
  readonly boot: number
  /**
   * Processes that failed.
   *
   * @asType integer
   */
  readonly failed: number
  /**
   * Node processes that left no record.
   *
   * @asType integer
   */
  readonly escaped: number
  /**
   * Processes that nobody saw end.
   *
   * @asType integer
   */
  readonly unfinished: number
  /** What could not be read, in words: a line torn off, a file that is no record. */
  readonly losses: readonly string[]
}
