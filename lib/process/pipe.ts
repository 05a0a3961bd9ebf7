// Named pipes, by which workers answer small calls.
//
// A socket keeps each message that is written to it apart, with some hundred bytes of its own, while a pipe puts one behind the other: to write and to
// read a small answer takes the system half as long. Node opens no pipes, and neither do its children; a program of every POSIX system does.
import { spawn } from 'node:child_process'
import { constants, openSync, rmSync } from 'node:fs'
import { isWindows } from '../platform.js'
import { getState } from './state.js'
import { openDirectory, pipePath } from './tree-directory.js'

export interface Pipe {
  readonly path: string
  /** The reading end. */
  readonly descriptor: number
}

/**
 * Makes a pipe, and opens it for reading.
 *
 * @param id of the process that is to write to it
 * @returns `undefined` where it cannot be made: it is never needed
 */
export async function makePipe(directory: string, id: string): Promise<Pipe | undefined> {
  if (isWindows) return undefined
  const path = pipePath(directory, id)
  try {
    // A child leaves none behind where its root is gone, who removes it.
    if (!getState().isChild) openDirectory(directory)
    if (!(await run('mkfifo', '-m', '600', path))) return undefined
    return { path, descriptor: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) }
  } catch {
    removePipe(path)
    return undefined
  }
}

/** Who has opened it keeps it. */
export function removePipe(path: string): void {
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
