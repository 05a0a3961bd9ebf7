import type { CommandLine, OptionSpecs } from './options.js'

/** A command of brood's. */
export interface Command {
  /** What it is for, in a line. */
  readonly summary: string
  /** What stands behind `brood` in the help. */
  readonly usage: string
  readonly options: OptionSpecs
  /** Command lines as a person would type them, and what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[]
  /** @returns the exit code; `undefined` where it ends the process itself, as the program in its foreground has ended */
  run(line: CommandLine): number | undefined | Promise<number | undefined>
}
