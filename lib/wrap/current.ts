import type { JsonValue } from './json.js'
import { findRegistry } from './registry.js'

/** A context, as the processes under it know it. */
export interface InheritedContext {
  /** The `data` that the context was made with; `undefined` where there was none. */
  readonly data: JsonValue | undefined
  /** The context's private directory, which is gone once it is disposed. */
  readonly directory: string
  /** The wrapper main: absolute path. */
  readonly main: string | undefined
  /** The wrapper main's own arguments. */
  readonly args: readonly string[]
  /** The next older context that this process is under. */
  readonly outer: InheritedContext | undefined
}

/**
 * The context that this process runs under: in a wrapper main, until it hands over, the one it belongs to; everywhere else the newest.
 *
 * Each call returns a copy, in any process of the tree: under a wrapper main, in a module that is preloaded, eval, stdin.
 *
 * @returns `undefined` in a process that no context is applied to, such as the one that made it
 * @example
 * const data = currentContext()?.data as { port: number } | undefined
 */
export function currentContext(): InheritedContext | undefined {
  const { applied = [], wrapper } = findRegistry() ?? {}
  let current: InheritedContext | undefined
  for (const context of applied) {
    const { data, directory, main, args } = context
    current = { data, directory, main, args, outer: current }
    if (context === wrapper) break
  }
  return current && (JSON.parse(JSON.stringify(current)) as InheritedContext)
}
