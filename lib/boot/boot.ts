import { debug, enableDebug } from '../diagnostics.js'
import { canBeWrapped } from '../platform.js'
import { isWorkerThread, patch } from '../wrap/patch.js'
import { findRegistry, getRegistry } from '../wrap/registry.js'
import type { Routes } from '../wrap/route.js'
import type { Snapshot } from '../wrap/snapshot.js'
import { loadDeferred, readDeferred } from './deferred.js'
import { hideModule } from './hide-module.js'
import { applyEnvironment, takeUnchanged } from './inheritance.js'

/** What installs the wrapper mains of a process. */
export type WrapperMains = Pick<typeof import('./wrapper-main.js'), 'installWrapperMains'>

/**
 * What the preload does in every process.
 *
 * @param preload the preload's own module
 * @param wrapperMains asked for where a context has one; `undefined` where that code is gone
 */
export function boot(preload: NodeJS.Module, wrapperMains: () => WrapperMains | undefined): void {
  // The foreground program of a `.cmd` shim, and its watchdog, are brood's own.
  if (!canBeWrapped || process.env.BROOD_SHIM_DIRECTORY !== undefined) return

  const { filename } = preload
  const running = findRegistry()
  if (running !== undefined) {
    hideModule(preload, filename)
    // Node runs this file as the main script, after the hooks of `--import`.
    const { enter } = running
    running.enter = undefined
    enter?.()
    return
  }

  const { env } = process
  const { NODE_OPTIONS: nodeOptions } = env
  const { execArgv } = process
  const thread = isWorkerThread ? loadDeferred('thread')?.enterThread(env, execArgv) : undefined
  const inheritance = thread ?? takeUnchanged(env) ?? loadDeferred('restore')?.takeInheritance(env, execArgv, filename)
  hideModule(preload, filename)
  if (inheritance === undefined || inheritance.contexts.length === 0) return
  const { contexts } = inheritance
  const excluder = anyAsks(contexts, 'exclude') ? loadDeferred('exclude') : undefined
  const present = thread?.present ?? excluder?.leaveOut(env, inheritance) ?? contexts
  if (thread === undefined) applyEnvironment(env, inheritance, present)
  if (anyAsks(contexts, 'debug')) enableDebug()

  const registry = getRegistry()
  const applied = thread === undefined ? contexts.length : thread.applied
  registry.inherited = contexts.slice(0, applied)
  registry.own = contexts.slice(applied)
  registry.applied = present
  registry.isPreloaded = true
  if (thread === undefined && anyAsks(contexts, 'visible')) loadDeferred('visible')?.showVariables(env, registry)
  registry.unpatch = patch({ readRoutes, patchWorkers: (isEarlier) => loadDeferred('thread')?.patchWorkers(isEarlier) })
  if (anyAsks(contexts, 'trace')) {
    const origin = { parent: inheritance.trace, thread: thread?.thread, script: thread?.script }
    loadDeferred('record')?.recordThread(registry, origin, loadDeferred)
  }
  if (!isWorkerThread && anyAsks(present, 'main')) {
    wrapperMains()?.installWrapperMains(present, registry, nodeOptions, filename)
  }
  debug('preload', () => ({ contexts: contexts.map((context) => context.directory), argv: process.argv, execArgv: process.execArgv }))
  excluder?.requireModules(present)
}

/** Is something set in any of the contexts? It is one function since each costs as much to compile as all of its calls take. */
function anyAsks(contexts: readonly Snapshot[], name: 'exclude' | 'debug' | 'visible' | 'trace' | 'main'): boolean {
  for (const { [name]: value } of contexts)
    if (value !== undefined && value !== false && (value as { length?: number }).length !== 0) return true
  return false
}

let routeText: string | undefined
let routes: Routes | undefined

/** The code that munges: read when the program loads child_process, since it may have the store removed afterwards, and compiled when it first starts a process. */
function readRoutes(): () => Routes {
  try {
    routeText ??= readDeferred('route')
  } catch (error) {
    debug('route not read yet', () => String(error))
  }
  return () => {
    routes ??= loadDeferred('route', routeText)?.routes ?? passThrough
    return routes
  }
}

const passThrough: Routes = { spawn: Reflect.apply, execve: Reflect.apply }
