// What NODE_OPTIONS requires in every child. It is bundled without dependencies into one file that any Node can parse,
// beside the one that munges (wrap/route.ts), which is compiled only where a process is started.
import { debug, enableDebug } from '../diagnostics.js'
import { canBeWrapped } from '../platform.js'
import { patch } from '../wrap/patch.js'
import { findRegistry, getRegistry } from '../wrap/registry.js'
import { deferRoute } from './deferred-route.js'
import { applyEnvironment, hideModule, takeInheritance } from './hide.js'
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

  const inheritance = takeInheritance(process.env, process.execArgv, __filename)
  hideModule(module, __filename)
  const { contexts } = inheritance
  if (contexts.length === 0) return
  applyEnvironment(process.env, inheritance)
  if (contexts.some((context) => context.debug)) enableDebug()

  const registry = getRegistry()
  registry.inherited = contexts
  registry.unpatch = patch(deferRoute(`${__dirname}/route.cjs`))
  installWrapperMains(contexts, registry, __filename)
  debug('preload', () => ({ contexts: contexts.map((context) => context.directory), argv: process.argv, execArgv: process.execArgv }))
}

boot()
