import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { Resources } from './resources.js'

/** What a new process is given. */
export interface LaunchRequest {
  /** The module that runs in it. */
  readonly entry: string
  readonly execArgv: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
  readonly stdio: Stdio
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly detached: boolean
  readonly resources: Resources
}

/** A stream of a child: this process's own, one end of a pipe whose other end the handle has, or none. */
export type StdioKind = 'inherit' | 'pipe' | 'ignore'

/** stdin, stdout and stderr. */
export type Stdio = readonly [StdioKind, StdioKind, StdioKind]

/** How a process ended. */
export interface Ending {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that an engine was asked for. */
export interface Launched {
  /** What the system calls it; `undefined` where it could not be started. */
  readonly osPid: number | undefined
  /** Bytes to it and from it; `undefined` where it could not be started. */
  readonly link: Socket | undefined
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Why it could not be started, or how it has ended. */
  readonly ended: Promise<Ending | { readonly error: Error }>
  kill(signal: NodeJS.Signals): void
  /** Does it keep this process running? */
  setHolding(isHolding: boolean): void
}

/** Where a process listens for the ends of channels of others. */
interface ListenAddress {
  /** Of a local socket. What leads to another machine has a host and a port. */
  readonly path: string
}

/**
 * Starts processes somewhere, and tells how they end: all that is above it is the same for every engine.
 *
 * There is one for this machine. One for more machines places by {@link Resources}, and its links lead over a network.
 */
export interface Engine {
  /** What there is of resources; `undefined` where nobody keeps account. */
  readonly capacity: Resources | undefined
  /** It never throws: what goes wrong is said by `ended`. */
  launch(request: LaunchRequest): Launched
  /**
   * Where the process with a Pid listens once somebody looks for it: each process of the tree can tell that of each other one.
   *
   * @param directory of the tree
   */
  findListenAddress(directory: string, id: string): ListenAddress
}
