/** One process about to be started, in the one shape that mungers work on. */
export interface SpawnRequest {
  /** What is executed: a path, or a name to be found on the child's PATH. */
  readonly file: string
  /** The child's arguments, its argv[0] included. */
  readonly args: readonly string[]
  /** The child's environment as `NAME=value` pairs. */
  readonly env: readonly string[]
  readonly cwd: string | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** Its environment stays as it was asked for: it would find no node, and is to fail alike, or brood would not work in it. */
  readonly untouched: boolean
  /** Is it to find no shim on PATH: because it needs none, or because a shim's shell would complain of a working directory that was removed? */
  readonly shimless?: boolean
  /** Do the contexts' node flags stand in `args`? */
  readonly flagged: boolean
}
