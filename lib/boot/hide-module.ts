import { Module } from 'node:module'
import { warnsOfPendingDeprecations } from '../wrap/quiet-binding.js'

/**
 * Takes a module out of everything that lists loaded modules.
 *
 * @param request the absolute path it was asked for by
 */
export function hideModule(module: NodeJS.Module | undefined, request: string): void {
  const internals = Module as unknown as { _cache: Record<string, unknown>; _pathCache: Record<string, string> }
  // Node's key for a request by absolute path: the request, and no folders to look in.
  delete internals._pathCache[`${request}\0`]
  if (module === undefined) return
  delete internals._cache[module.filename]
  // Only another preload can look there, and asking for the parent costs.
  if (process.execArgv.length === 0 && process.env.NODE_OPTIONS === undefined) return
  // Under --pending-deprecation asking warns, and nobody else asks either.
  if (warnsOfPendingDeprecations()) return
  const siblings = (module as { parent?: NodeJS.Module | null }).parent?.children
  const index = siblings?.indexOf(module) ?? -1
  if (index >= 0) siblings?.splice(index, 1)
}
