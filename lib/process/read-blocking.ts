import { readSync } from 'node:fs'
import { pause } from './pause.js'

/** Of a socket that Node has opened. */
interface Switch {
  /** Is not there on every system. */
  setBlocking?(isBlocking: boolean): unknown
}

/**
 * Reads from a socket, and waits until there is something, without the event loop.
 *
 * @returns how many bytes; 0 where no more come
 */
export function readBlocking(handle: Switch | null | undefined, fd: number, chunk: Uint8Array): number {
  handle?.setBlocking?.(true)
  try {
    while (true) {
      try {
        return readSync(fd, chunk)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return 0
        pause()
      }
    }
  } finally {
    handle?.setBlocking?.(false)
  }
}
