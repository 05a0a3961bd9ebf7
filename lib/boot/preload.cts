// What NODE_OPTIONS requires in every child. It is bundled into one file without dependencies, which any Node can parse.
import { delimiter } from 'node:path'
import { debug, enableDebug } from '../diagnostics.js'
import { canBeWrapped } from '../platform.js'
import { patch } from '../wrap/patch.js'
import { findRegistry, getRegistry } from '../wrap/registry.js'
import { applyEnvironment, hideModule, takeInheritance } from './hide.js'
import { installWrapperMains } from './wrapper-main.js'

function boot(): void {
  // The foreground program of a `.cmd` shim, and its watchdog, are brood's own.
  if (!canBeWrapped || process.env.BROOD_SHIM_DIRECTORY !== undefined) return

  const running = findRegistry()
  hideModule(module)
  if (running !== undefined) {
    // Node runs this file as the main script, after the hooks of `--import`.
    const { enter } = running
    running.enter = undefined
    enter?.()
    return
  }

  const inheritance = takeInheritance(process.env, process.execArgv, __filename, delimiter)
  const { contexts } = inheritance
  if (contexts.length === 0) return
  applyEnvironment(process.env, inheritance)
  if (contexts.some((context) => context.debug)) enableDebug()

  const registry = getRegistry()
  registry.inherited = contexts
  registry.unpatch = patch(registry)
  installWrapperMains(contexts, registry, __filename)
  debug('preload', () => ({ contexts: contexts.map((context) => context.directory), argv: process.argv, execArgv: process.execArgv }))
}

boot()
