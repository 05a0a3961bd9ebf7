import { accessSync, constants, existsSync, statSync } from 'node:fs'
import type { Ending } from './engine.js'
import { reviveThrown, type ThrownRecord } from './error-record.js'
import { ExitedError, NotStartedError, notBeside, OutOfMemoryError, type ProcessFacts } from './errors.js'
import { FrameError } from './frame.js'
import type { Pid } from './pid.js'

/** What is known of a process that has ended, or that could not be started. */
export interface DeathFacts {
  readonly pid: Pid
  readonly osPid: number | undefined
  /** The directory that it was to be in, where it was to be in another one. */
  readonly cwd: string | undefined
  /** Its main module. */
  readonly entry: string
  readonly ending: Ending | { readonly error: Error }
  /** The end of what it has written there. */
  readonly stderr: string
  /** Why it was killed: nothing more could be told to it, or understood of it. */
  readonly broken: Error | undefined
  /** What it said of an exception that nobody caught. */
  readonly uncaught: ThrownRecord | undefined
}

/** How it was. */
export const describeEnding = ({ exitCode, signal }: Ending): string => (signal === null ? `with exit code ${exitCode}` : `by ${signal}`)

/**
 * The error for a call that its process had not answered when it ended.
 *
 * @param loss what else was lost with it, as a sentence
 * @param runs how often the task was run until then
 */
export function explainDeath(
  task: string,
  { pid, osPid, cwd, entry, ending, stderr, broken, uncaught }: DeathFacts,
  loss = '',
  runs = 1,
): Error {
  if ('error' in ending) {
    const wrong = cwd === undefined ? undefined : whatIsWrongWith(cwd)
    const why = wrong === undefined ? ending.error.message : `its cwd, ${cwd}, ${wrong}`
    const text = `The process for task "${task}" could not be started: ${why}.`
    return new NotStartedError(text, { cause: ending.error, task, pid })
  }
  if (!existsSync(entry)) return notBeside(entry, { task, pid })
  const facts: ProcessFacts = { task, pid, osPid, ...ending, stderr, runs }
  const how = describeEnding(ending)
  const told = `${runs > 1 ? ` It was run ${runs} times.` : ''}${loss && ` ${loss}`}${stderr && `\nIts stderr ends with:\n${stderr.trimEnd()}`}`
  if (isOutOfMemory(stderr)) return new OutOfMemoryError(`Task "${task}" ran out of memory: its process ended ${how}.${told}`, facts)
  if (broken !== undefined) {
    const why =
      broken instanceof FrameError
        ? "its process has written to file descriptor 3, which is brood's, and was killed"
        : `nothing more could be told to its process, which was killed: ${broken.message}`
    return new ExitedError(`Task "${task}" was not answered: ${why}.${told}`, { ...facts, cause: broken })
  }
  if (uncaught !== undefined) {
    const text = `Task "${task}" was not answered: an exception that nobody caught has ended its process.${told}`
    return new ExitedError(text, { ...facts, cause: reviveThrown(uncaught) })
  }
  const hint = ending.exitCode === 0 ? ' It called process.exit(), or had nothing more to wait for.' : ''
  return new ExitedError(`Task "${task}" was not answered: its process ended ${how}.${hint}${told}`, facts)
}

/** The system says only that the process could not be started, or blames the program. */
function whatIsWrongWith(cwd: string): string | undefined {
  try {
    if (!statSync(cwd).isDirectory()) return 'is not a directory'
    accessSync(cwd, constants.X_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
      ? 'may not be entered by this user: look at its permissions, and at those of the directories above it'
      : 'does not exist'
  }
}

/** V8's own words: there is no other sign of it. */
const isOutOfMemory = (stderr: string) =>
  /JavaScript heap out of memory|Array buffer allocation failed|FATAL ERROR: .*out of memory/i.test(stderr)
