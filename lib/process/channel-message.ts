import type { ClosedReason } from './errors.js'

/** Types of frames of a channel. */
export const channelMessage = {
  /** Of a receiver: it is ready. */
  go: 1,
  /** Of a sender: this is to be the connection. */
  choose: 2,
  /** Of a receiver: it may be. */
  accept: 3,
  /** Of a sender: it is. */
  begin: 4,
  /** Values in one list. */
  list: 5,
  /** One value. */
  value: 6,
  /** Nothing more is meant to come: `id` says why, see `farewells`. */
  farewell: 7,
} as const

/** What `id` of a farewell says. */
export const farewells: readonly ClosedReason[] = ['closed', 'exited', 'died']
