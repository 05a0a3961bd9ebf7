import type { Leftover } from '../leftover.js'
import type { HotReloadError } from './errors.js'

/** What has become of an attempt to load a module anew. */
export type ReloadOutcome =
  | {
      readonly status: 'reloaded'
      /** Counted from 1, which is the first evaluation. */
      readonly version: number
      /** The paths of the files that were evaluated anew, in that order. */
      readonly files: readonly string[]
      /** What the old version still holds: timers and listeners that its `dispose` did not end. */
      readonly leftovers: readonly Leftover[]
    }
  | { readonly status: 'unchanged'; readonly version: number }
  | { readonly status: 'kept-old'; readonly version: number; readonly error: HotReloadError }
