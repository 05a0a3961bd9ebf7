/** What a command started, as `brood tree --json` writes it. Times are milliseconds, sizes bytes. */
export interface ProcessTree {
  readonly format: 'brood-tree'
  readonly version: 1
  /** When the first process started, as an ISO 8601 date. */
  readonly startedAt: string
  readonly roots: readonly TracedProcess[]
  readonly totals: Totals
}

export interface TracedProcess {
  /** Unique in the tree. */
  readonly id: string
  /** A Node process; another program, of which only its parent tells; a Worker of the process above it. */
  readonly kind: 'node' | 'program' | 'worker'
  readonly pid: number | undefined
  /**
   * Of a Node process: its node as it was named, the flags of node, the script, the script's arguments. Of a Worker: its script, and what it was
   * given; nothing where Node made it for itself, to run hooks of its module loader.
   */
  readonly command: readonly string[]
  /** What it was started as, where it became another program in the same process: a shell its last command, a script by its own name Node. */
  readonly startedAs: readonly string[] | undefined
  readonly execPath: string | undefined
  readonly nodeVersion: string | undefined
  readonly execArgv: readonly string[]
  readonly cwd: string | undefined
  /** From the start of the tree. */
  readonly start: number
  /** `undefined` where nobody saw it end. */
  readonly end: number | undefined
  /** From start to end. */
  readonly wall: number | undefined
  /** When Node began in this process: after `start`, since its program had to be loaded, and it may have been a shell before. */
  readonly nodeStart: number | undefined
  /** From there to the first code that is not Node's. */
  readonly boot: number | undefined
  /** Processor time of this process alone. */
  readonly cpu: { readonly user: number; readonly system: number } | undefined
  /** The largest resident set. */
  readonly memory: number | undefined
  readonly exitCode: number | undefined
  /** The signal it died of. */
  readonly signal: string | undefined
  /** Why it could not be started: ENOENT. */
  readonly error: string | undefined
  /** Did it end with another code than 0, die of a signal, or not start? */
  readonly failed: boolean
  /** Is this a Node process that left no record? */
  readonly escaped: boolean
  /** On the way from a root down that takes, at each step, the child that took longest. */
  readonly slowest: boolean
  /** Names of variables, against the process above; with values in `values` where they were recorded. */
  readonly environment: EnvironmentChange | undefined
  readonly children: readonly TracedProcess[]
}

export interface EnvironmentChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
  /** All variables of the process; only with `--env-values`. */
  readonly values: Readonly<Record<string, string>> | undefined
}

export interface Totals {
  /** Processes of all kinds, Workers not counted. */
  readonly processes: number
  readonly nodeProcesses: number
  readonly workers: number
  /** Processes on the longest way down. */
  readonly depth: number
  readonly wall: number
  /** Of all processes that said it. */
  readonly cpu: number
  /** Spent in Node's start-up, summed over all Node processes. */
  readonly boot: number
  readonly failed: number
  /** Node processes that left no record. */
  readonly escaped: number
  /** Processes that nobody saw end. */
  readonly unfinished: number
  /** What could not be read: a line torn off, a file that is no record. */
  readonly losses: readonly string[]
}
