import { accessSync, constants, statSync } from 'node:fs'
import { foregroundChild } from 'foreground-child'
import { isWindows } from '../platform.js'
import type { Context } from '../wrap/context.js'
import { realFileSystem } from '../wrap/file-system.js'
import { findProgram } from '../wrap/find-program.js'

/** Exit codes that shells use. */
const notFound = 127
const notExecutable = 126

/** How a command has ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The process that watched over it: foreground-child's. */
  readonly watchdogPid: number | undefined
}

/**
 * Runs a command in the foreground, under a context: with the same input and output, terminal, job control, exit code and signal.
 *
 * @param ended is called when it has ended, before this process ends likewise, or with the exit code that it returns
 * @returns an exit code where the command could not be started
 */
export function launch(command: readonly string[], context: Context, ended: (end: Ended) => number | undefined | void): number | undefined {
  const [program, ...args] = command as [string, ...string[]]
  const problem = refuse(program)
  if (problem !== undefined) {
    context.dispose()
    return problem
  }
  // The first process that is started is the command. What foreground-child starts to watch over it is ours, and no part of the tree.
  let isCommand = true
  context.onSpawn(() => {
    const isFirst = isCommand
    isCommand = false
    return isFirst ? undefined : false
  })
  context.patch()
  foregroundChild(program, args, (code, signal, { watchdogPid }) => {
    const exitCode = ended({ code, signal, watchdogPid })
    context.dispose()
    return exitCode
  })
  return undefined
}

/**
 * Says so where a program cannot be started.
 *
 * @returns the exit code then, as of a shell
 */
export function refuse(program: string): number | undefined {
  const problem = findProblem(program)
  if (problem !== undefined) process.stderr.write(`brood: ${program}: ${problem === notFound ? 'command not found' : 'not executable'}\n`)
  return problem
}

/** Why a shell would not start a program, as its exit code. */
function findProblem(program: string): number | undefined {
  // Windows has its own rules, and says so itself.
  if (isWindows) return undefined
  if (!program.includes('/')) {
    if (findProgram(program, { path: process.env.PATH, cwd: '' }, realFileSystem) !== undefined) return undefined
    const named = { ...realFileSystem, isProgram: isFile }
    return findProgram(program, { path: process.env.PATH, cwd: '' }, named) === undefined ? notFound : notExecutable
  }
  try {
    if (statSync(program).isDirectory()) return notExecutable
    accessSync(program, constants.X_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? notExecutable : notFound
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
