// What a host and a module say to each other. Both ends are of one copy of brood: the host names the files that run beside the module.

import type { ThrownRecord } from '../../process/error-record.js'
import type { Leftover } from '../leftover.js'

/** What a module is loaded with. */
export interface LoadRequest {
  readonly url: string
  /** The functions of the host that it may call. */
  readonly imports: readonly string[]
  /** The exports that the host cannot do without. */
  readonly required: readonly string[]
  /** The stamp of the interface as the host knows it; `undefined` where it does not ask. */
  readonly stamp: string | undefined
  /** Is account kept of what the module opens? */
  readonly isTracked: boolean
}

/** Why a module was not loaded, by the codes of its errors. */
export type LoadFault =
  | { readonly code: 'ERR_BROOD_LOAD_FAILED'; readonly record: ThrownRecord }
  | { readonly code: 'ERR_BROOD_EXPORT_MISSING'; readonly text: string; readonly exportName: string }
  | {
      readonly code: 'ERR_BROOD_STAMP_MISMATCH'
      readonly text: string
      readonly expected: string
      readonly found: string | null
      readonly record?: ThrownRecord
    }

/** From the host to its module. */
export type ToModule =
  /** `name` is that of an export; `null` is the main function. */
  | { readonly type: 'call'; readonly id: number; readonly name: string | null; readonly args: readonly unknown[] }
  /** What an import has returned, or thrown: `id` is that of the import. */
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly type: 'thrown'; readonly id: number; readonly record: ThrownRecord }
  /** No call comes before this is answered: `beforeUnload` is to run, and what is open to be told. */
  | { readonly type: 'unload'; readonly id: number }
  /** A process that is not killed ends by itself. */
  | { readonly type: 'end' }

/** From a module to its host. */
export type FromModule =
  | { readonly type: 'loaded'; readonly exports: readonly string[]; readonly hasMain: boolean }
  | { readonly type: 'not-loaded'; readonly fault: LoadFault }
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly type: 'thrown'; readonly id: number; readonly record: ThrownRecord }
  | { readonly type: 'import'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  /** It has heard that it is to be unloaded: it is not in an endless loop. */
  | { readonly type: 'unloading'; readonly id: number }
  | { readonly type: 'not-unloaded'; readonly id: number; readonly record: ThrownRecord }
  | { readonly type: 'open'; readonly id: number; readonly open: Open }
  /** An exception that nobody has caught: most likely it ends the module. */
  | { readonly type: 'uncaught'; readonly record: ThrownRecord }

/** What a module has open, as it is seen from inside. */
export interface Open {
  readonly leftovers: readonly Leftover[]
  /** Bytes: the heap of a thread, with what lies outside of it; the resident set of a process. */
  readonly memory: number
  /** How many descriptors are open that were not before it was loaded; `null` where that cannot be seen. */
  readonly descriptors: number | null
}
