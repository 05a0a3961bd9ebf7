import { accessSync, closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { shebangLength } from '../syntax/shebang.js'
import type { FileSystem } from './find-program.js'
import { PlainPrograms } from './plain-programs.js'

/** Is there a regular file that this process may execute? It never throws. */
export function isProgram(path: string): boolean {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What mungers ask of the file system, answered by the real one. It never throws. */
export const realFileSystem: FileSystem = {
  plainPrograms: new PlainPrograms(),

  isProgram,

  readStart(path) {
    let descriptor: number | undefined
    try {
      // NONBLOCK: a path that became a FIFO must not hang the program.
      descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const start = Buffer.allocUnsafe(shebangLength)
      return start.toString('latin1', 0, readSync(descriptor, start, 0, shebangLength, 0))
    } catch {
      return ''
    } finally {
      if (descriptor !== undefined) closeSync(descriptor)
    }
  },
  resolve(path) {
    try {
      return resolve(path)
    } catch {
      // The working directory was removed.
      return path
    }
  },

  readText(path) {
    try {
      return statSync(path).isFile() ? readFileSync(path, 'utf8') : ''
    } catch {
      return ''
    }
  },
}
