import type { Frame } from './frame.js'

/** What is told of a line. */
export interface LineEvents {
  readonly onFrame: (frame: Frame) => void
  /** No more comes and no more goes. It is called once. */
  readonly onClose: () => void
  /** All that was written has been taken. */
  readonly onDrain?: () => void
}

/** Frames both ways between the two ends of a channel: a socket, or the way through the parent. It keeps no process running: who waits for it does. */
export interface Line {
  /** Whose events they are changes as it is found out what the line is for. */
  listen(events: LineEvents): void
  readonly isClosed: boolean
  /** How many bytes were not taken yet. */
  readonly waiting: number
  send(frame: Frame): void
  /** Pieces of frames. */
  write(pieces: readonly Uint8Array[]): void
  pause(): void
  resume(): void
  /** Nothing more is sent. @returns when everything was taken, or nobody takes it any more */
  end(): Promise<void>
  destroy(): void
  /**
   * Writes what was not taken, without the event loop: the process is about to end.
   *
   * @param deadline in milliseconds by clock.ts: what is not taken by then is lost
   */
  flush(deadline: number): void
  /**
   * Waits, without the event loop, until something has come: its events are told before this returns.
   *
   * @throws BroodError `ERR_BROOD_CHANNEL_REFUSED`
   */
  readBlocking(): void
  /**
   * Writes, and waits until it is taken, without the event loop.
   *
   * @returns `false` where earlier writes are on their way: then it did nothing
   * @throws BroodError `ERR_BROOD_CHANNEL_REFUSED`
   */
  writeBlocking(pieces: readonly Uint8Array[]): boolean
}
