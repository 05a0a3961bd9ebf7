import { formatNodeOptions } from '../syntax/node-options.js'
import type { Carrier } from './carrier.js'
import { collectReplaced, type Replaced } from './replaced.js'
import type { Snapshot } from './snapshot.js'

/** What the active contexts want of every process that is started: all that a munger needs to know of them. */
export interface Plan {
  readonly windows: boolean
  /** Shim directories, newest last. The newest goes on PATH; all are passed over when a program is looked up. */
  readonly shims: readonly string[]
  /** Base names of programs that are node, beside `node` itself. */
  readonly nodeName: string
  /** The text in front of the child's NODE_OPTIONS. */
  readonly nodeOptions: string
  /** Flags for command lines of node. */
  readonly nodeFlags: readonly string[]
  readonly carrier: Carrier
  /** What is started in place of programs; `undefined` where nothing is. */
  readonly replaced?: Replaced | undefined
}

/** Puts the contexts, oldest first, together into one plan. */
export function planFor(contexts: readonly Snapshot[], inherited: number, windows: boolean): Plan | undefined {
  const newest = contexts.at(-1)
  if (newest === undefined) return undefined
  const directories = contexts.map((context) => context.directory)
  return {
    windows,
    shims: directories,
    nodeName: programName(newest.node, windows),
    nodeOptions: formatNodeOptions(nodeOptionsFor(contexts, newest.preload)),
    nodeFlags: contexts.flatMap((context) => context.nodeFlags),
    carrier: { contexts: directories, inherited },
    replaced: collectReplaced(contexts),
  }
}

/** The options that brood puts in front of NODE_OPTIONS. The preload takes out the same ones. */
export function nodeOptionsFor(contexts: readonly Pick<Snapshot, 'nodeOptions'>[], preload: string): string[] {
  return ['--require', preload, ...contexts.flatMap((context) => context.nodeOptions)]
}

/** The name of a program as a person says it: the last part of its path, on Windows without `.exe`, in lower case. */
export function programName(file: string, windows: boolean): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), windows ? file.lastIndexOf('\\') : -1) + 1)
  return windows ? name.toLowerCase().replace(/\.exe$/, '') : name
}
