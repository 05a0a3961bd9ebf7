import { readFileSync } from 'node:fs'
import type { TraceOptions } from '../trace/trace-options.js'
import type { Exclusion } from './exclusion.js'
import type { JsonValue } from './json.js'

/** All that a child process needs to know of a context. It is data: written as JSON, read by the preload of any brood of this format. */
export interface Snapshot {
  readonly format: 1
  /** The context's private directory, which holds its shims and this snapshot. */
  readonly directory: string
  /** The contexts that were active where this one was made, oldest first, itself last. */
  readonly chain: readonly string[]
  /** The wrapper main: absolute path. */
  readonly main: string | undefined
  /** The wrapper main's own arguments. */
  readonly args: readonly string[]
  /** Node options that NODE_OPTIONS carries, behind the preload. */
  readonly nodeOptions: readonly string[]
  /** Node options that NODE_OPTIONS refuses: they reach command lines that brood sees. */
  readonly nodeFlags: readonly string[]
  /** Variables set in every Node process of the tree. */
  readonly env: Readonly<Record<string, string>>
  /** For {@link currentContext}. */
  readonly data: JsonValue | undefined
  /** Do the variables stay in sight of the programs? */
  readonly visible: boolean
  /** Do its preloads and its environment reach Workers too? */
  readonly workers: boolean
  /** Main scripts that the context leaves out. */
  readonly exclude: readonly Exclusion[]
  /** Modules that the preload loads in place of NODE_OPTIONS, since the context leaves some processes out. */
  readonly modules: { readonly require: readonly string[]; readonly import: readonly string[] }
  /** Scripts that run in place of programs, by name: absolute paths. */
  readonly replace?: Readonly<Record<string, string>> | undefined
  /** Where processes record themselves. */
  readonly trace: TraceOptions | undefined
  /** The preload in the store: absolute path. */
  readonly preload: string
  /** The node that made the context. */
  readonly node: string
  /** The npm found where the context was made. */
  readonly npm: string | undefined
  /** brood's CommonJS entry, for a wrapper main that requires it. */
  readonly library: string
  /** Module names by which the wrapper main reaches brood. */
  readonly libraryNames: readonly string[]
  /** Where nested contexts put their directories. */
  readonly shimRoot: string
  /** Was SPAWN_WRAP_DEBUG on where the context was made? */
  readonly debug: boolean
}

/** The first part of the names of all that brood puts into a shim root. */
export const directoryPrefix = '.node-spawn-wrap-'

/** The name of the snapshot's file in the context's directory. */
export const snapshotFile = 'context.json'

/** Reads the snapshot of a context; `undefined` where the context is gone, out of reach, or of another format. */
export function readSnapshot(directory: string): Snapshot | undefined {
  try {
    const snapshot = JSON.parse(readFileSync(`${directory}/${snapshotFile}`, 'utf8')) as Snapshot
    return snapshot.format === 1 ? snapshot : undefined
  } catch {
    return undefined
  }
}
