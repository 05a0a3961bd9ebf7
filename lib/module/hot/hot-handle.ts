import type { HotReloadError } from './errors.js'
import type { ReloadOutcome } from './reload-outcome.js'

/** What the events of a {@link HotHandle} tell. */
export interface HotEvents {
  reload: [outcome: ReloadOutcome & { readonly status: 'reloaded' }]
  error: [error: HotReloadError]
}

/** What can be known of a module that is hot, and done to it. */
export interface HotHandle extends Disposable {
  /** How often it was evaluated; 0 before the first call. */
  readonly version: number
  /** The paths of its file and of all local files that it depends on. */
  readonly files: readonly string[]
  /** Why the last change is not live; `undefined` where it is. */
  readonly lastError: HotReloadError | undefined
  /** Loads what has changed anew, now. */
  reload(): ReloadOutcome
  /** `reload`: a new version is live. `error`: one is not; where nobody listens it is written to stderr. */
  on<Event extends keyof HotEvents>(event: Event, listener: (...args: HotEvents[Event]) => void): this
  /** Takes back what {@link on} was given. */
  off<Event extends keyof HotEvents>(event: Event, listener: (...args: HotEvents[Event]) => void): this
  /** Ends the watching. The version that is live goes on answering. */
  close(): void
}
