import { readSync } from 'node:fs'
import { now } from './clock.js'
import { isNeededMeanwhile, seeToAll } from './meanwhile.js'
import { pause } from './pause.js'

/** Of a socket that Node has opened. */
interface Switch {
  /** Is not there on every system. */
  setBlocking?(isBlocking: boolean): unknown
}

/** Milliseconds, so many times. */
const quickPause = 0.05
const quickTries = 40

/**
 * Reads from a socket, and waits until there is something, without the event loop. What a wait may not do without is seen to meanwhile: nothing says then when
 * there is something, and it is looked for: at first as often as an answer takes, then each millisecond.
 *
 * @returns how many bytes; 0 where no more come
 */
export function readBlocking(handle: Switch | null | undefined, fd: number, chunk: Uint8Array): number {
  const mayBlock = !isNeededMeanwhile()
  let tries = 0
  if (mayBlock) handle?.setBlocking?.(true)
  try {
    while (true) {
      try {
        return readSync(fd, chunk)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return 0
        if (!seeToAll()) pause(tries++ < quickTries ? quickPause : undefined)
      }
    }
  } finally {
    if (mayBlock) handle?.setBlocking?.(false)
  }
}

const chunkSize = 64 * 1024

/**
 * Reads what still lies in a socket that is about to be given up, and what comes until the other side has closed it.
 *
 * @param deadline in milliseconds by clock.ts, until when to wait for that
 */
export function readRest(fd: number, onChunk: (chunk: Buffer) => void, deadline: number): void {
  const chunk = Buffer.allocUnsafe(chunkSize)
  for (;;) {
    let length: number
    try {
      length = readSync(fd, chunk)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || now() >= deadline) return
      pause()
      continue
    }
    if (length === 0) return
    onChunk(chunk.subarray(0, length))
  }
}
