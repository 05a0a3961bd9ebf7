// Named pipes, by which workers answer small calls.
//
// A socket keeps each message that is written to it apart, with some hundred bytes of its own, while a pipe puts one behind the other: to write and to
// read a small answer takes the system half as long. Node opens no pipes, and neither do its children; a program of every POSIX system does.
import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { isWindows } from '../platform.js'
import { getState } from './state.js'
import { openDirectory, pipePath } from './tree-directory.js'

/** A pipe that a process may write to from some time on. */
export class OfferedPipe {
  readonly path: string
  /** The reading end, until it is taken. */
  #descriptor: number | undefined

  /** @throws Error where it cannot be opened */
  constructor(path: string) {
    this.path = path
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  }

  /** The other process has it. @returns the reading end, once */
  take(): number | undefined {
    const descriptor = this.#descriptor
    if (descriptor === undefined) return undefined
    this.#descriptor = undefined
    removePipe(this.path)
    return descriptor
  }

  /** Closes it where it was not taken. */
  withdraw(): void {
    const descriptor = this.take()
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/**
 * Makes a pipe, and opens it for reading.
 *
 * @param id of the process that is to write to it
 * @returns `undefined` where it cannot be made: it is never needed
 */
export async function makePipe(directory: string, id: string): Promise<OfferedPipe | undefined> {
  if (isWindows) return undefined
  const path = pipePath(directory, id)
  try {
    // A child leaves none behind where its root is gone, who removes it.
    if (!getState().isChild) openDirectory(directory)
    if (!(await run('mkfifo', '-m', '600', path))) return undefined
    return new OfferedPipe(path)
  } catch {
    removePipe(path)
    return undefined
  }
}

/** Who has opened it keeps it. */
function removePipe(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Who may not remove it could not make it; or it goes with its directory.
  }
}

function run(program: string, ...args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (exitCode) => resolve(exitCode === 0))
    child.unref()
  })
}
