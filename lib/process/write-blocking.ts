import { writeSync } from 'node:fs'
import { now } from './clock.js'
import { seeToAll } from './meanwhile.js'
import { pause } from './pause.js'

/** Pauses of a millisecond, within which the system is to find memory again. libuv waits for ever. */
const longestLack = 1000

/** Would it be written a little later? ENOBUFS: the system has no memory for it now, which libuv takes for a socket that is full, too. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EAGAIN' || code === 'ENOBUFS'
}

/**
 * Writes to a socket, and waits until it has taken everything, without the event loop.
 *
 * @param deadline in milliseconds by clock.ts
 * @param see is called meanwhile. @returns was there anything to see to?
 * @returns why not all of it could be written; `undefined` where it could
 */
export function writeBlocking(fd: number, bytes: Uint8Array, deadline: number, see: () => boolean = seeToAll): Error | undefined {
  let rest = bytes
  let lacks = 0
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
      lacks = 0
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOBUFS') lacks++
      if (!isFull(error) || lacks > longestLack || now() > deadline) return error as Error
      if (!see()) pause()
    }
  }
  return undefined
}
