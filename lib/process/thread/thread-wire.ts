// What a thread and the one that relays for it say to each other.
import type { MessagePort } from 'node:worker_threads'
import type { Bequest, Fate, Relayed, RelayRequest } from '../state.js'

/** What the relaying thread is given when it is started. */
export interface RelayThreadData {
  readonly port: MessagePort
  /** Counts what it has said: the other one may be asleep. */
  readonly count: Int32Array<SharedArrayBuffer>
  readonly pid: string
  readonly directory: string
  readonly token: string
}

/** To the relaying thread. What has a number is answered. */
export type ToRelay =
  | { readonly kind: 'relay'; readonly number: number; readonly request: RelayRequest }
  | { readonly kind: 'bequest'; readonly bequest: Bequest }
  | { readonly kind: 'settle'; readonly number: number; readonly of: string }
  | { readonly kind: 'fate'; readonly number: number; readonly id: string; readonly fate: Fate }
  /** The process ends: what was sent is to be on its way within so many milliseconds. */
  | { readonly kind: 'end'; readonly number: number; readonly exitCode: number; readonly milliseconds: number }

export type FromRelay =
  | { readonly kind: 'ready' }
  /** The answer to what has that number. */
  | { readonly kind: 'answer'; readonly number: number; readonly answer: RelayAnswer }
  /** How does a process end? */
  | { readonly kind: 'watch'; readonly number: number; readonly id: string }
  | { readonly kind: 'unwatch'; readonly number: number }
  | { readonly kind: 'failed'; readonly error: Error }

export interface RelayAnswer extends Relayed {
  /** Of a `settle`. */
  readonly isAllSent?: boolean
}
