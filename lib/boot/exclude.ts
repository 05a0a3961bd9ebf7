// For contexts that leave processes out: which they are, and the modules of those that are not.
import { realpathSync, statSync } from 'node:fs'
import { Module } from 'node:module'
import { isAbsolute } from 'node:path'
import { enableDebug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { isExcluded } from '../wrap/exclusion.js'
import type { Snapshot } from '../wrap/snapshot.js'
import { findScript } from './find-script.js'
import type { Environment, Inheritance } from './inheritance.js'

/**
 * The contexts that do not leave this process out.
 *
 * Variables that those which do had set in the process above, and that it passed on, are taken out. Whatever they had been there
 * before is not known.
 */
export function leaveOut(env: Environment, { contexts, applied }: Inheritance): readonly Snapshot[] {
  const paths = findMain()
  return contexts.filter(({ exclude, env: variables }, index) => {
    if (!isExcluded(exclude, paths, isWindows)) return true
    if (index < applied) for (const name of Object.keys(variables)) if (env[name] === variables[name]) delete env[name]
    return false
  })
}

/** What this process's main script is known by; nothing in eval, stdin, the REPL and the test runner. */
function findMain(): string[] {
  const [, main] = process.argv
  const hasMain = main !== undefined && isAbsolute(main) && (process as { _eval?: string })._eval === undefined
  if (!hasMain) return []
  try {
    const found = statSync(main, { throwIfNoEntry: false })?.isFile() === true ? main : findScript(main)
    return found === false ? [main] : [main, found, realpathSync(found)]
  } catch {
    // It cannot be read, as Node is about to say.
    return [main]
  }
}

/** Loads the modules that NODE_OPTIONS would have named, as Node loads those. */
export function requireModules(contexts: readonly Snapshot[]): void {
  const parent = new Module('internal/preload')
  for (const { modules } of contexts) for (const path of modules.require) parent.require(path)
}

export { enableDebug }
