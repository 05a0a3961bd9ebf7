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
  /** It would find no node: its environment stays as it was asked for, so that it fails as it would have failed. */
  readonly doomed: boolean
  /** Do the contexts' node flags stand in `args`? */
  readonly flagged: boolean
}
