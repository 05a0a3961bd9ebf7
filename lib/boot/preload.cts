// What NODE_OPTIONS requires in every child: bundled without dependencies into one small file that any Node can parse.
// What most processes do not need lies in files beside it, and is compiled where it is needed (deferred.ts).
import { debug, enableDebug } from '../diagnostics.js'
import { canBeWrapped } from '../platform.js'
import { isWorkerThread, patch } from '../wrap/patch.js'
import { findRegistry, getRegistry } from '../wrap/registry.js'
import type { Routes } from '../wrap/route.js'
import { loadDeferred, readDeferred } from './deferred.js'
import { hideModule } from './hide-module.js'
import { applyEnvironment, takeUnchanged } from './inheritance.js'
import { installWrapperMains } from './wrapper-main.js'

function boot(): void {
  // The foreground program of a `.cmd` shim, and its watchdog, are brood's own.
  if (!canBeWrapped || process.env.BROOD_SHIM_DIRECTORY !== undefined) return

  const running = findRegistry()
  if (running !== undefined) {
    hideModule(module, __filename)
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
  const inheritance = thread ?? takeUnchanged(env) ?? loadDeferred('restore')?.takeInheritance(env, execArgv, __filename)
  hideModule(module, __filename)
  if (inheritance === undefined || inheritance.contexts.length === 0) return
  const { contexts } = inheritance
  const excluder = contexts.some(({ exclude }) => exclude.length > 0) ? loadDeferred('exclude') : undefined
  const present = thread?.present ?? excluder?.leaveOut(env, inheritance) ?? contexts
  if (thread === undefined) applyEnvironment(env, inheritance, present)
  if (contexts.some((context) => context.debug)) enableDebug()

  const registry = getRegistry()
  const applied = thread === undefined ? contexts.length : thread.applied
  registry.inherited = contexts.slice(0, applied)
  registry.own = contexts.slice(applied)
  registry.applied = present
  registry.isPreloaded = true
  if (thread === undefined && contexts.some((context) => context.visible)) loadDeferred('visible')?.showVariables(env, registry)
  registry.unpatch = patch({ routes: deferRoutes(), patchWorkers: (isEarlier) => loadDeferred('thread')?.patchWorkers(isEarlier) })
  if (contexts.some((context) => context.trace !== undefined)) {
    loadDeferred('record')?.recordThread(registry, { parent: inheritance.trace, thread: thread?.thread, script: thread?.script })
  }
  if (!isWorkerThread) installWrapperMains(present, registry, nodeOptions, __filename)
  debug('preload', () => ({ contexts: contexts.map((context) => context.directory), argv: process.argv, execArgv: process.execArgv }))
  excluder?.requireModules(present)
}

/** The code that munges: read now, since the program may mock `fs` or hook the loader, and compiled when it first starts a process. */
function deferRoutes(): () => Routes {
  const text = readDeferred('route')
  let routes: Routes | undefined
  return () => {
    routes ??= loadDeferred('route', text)?.routes ?? passThrough
    return routes
  }
}

const passThrough: Routes = { spawn: Reflect.apply, execve: Reflect.apply }

boot()
