// What the first loadModule() of a program loads.

import { realpathSync } from 'node:fs'
import { basename, extname, isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BroodError } from '../../errors.js'
import { getState } from '../state.js'
import { LoadError } from './errors.js'
import { Handle } from './handle.js'
import type { LoadPlan } from './load-options.js'
import type { LoadedModule } from './loaded-module.js'
import { ModuleHost } from './module-host.js'

/** @throws what loadModule() does */
export async function load(asked: string | URL, plan: LoadPlan): Promise<LoadedModule> {
  const url = readUrl(asked)
  const path = findFile(url)
  // At once: of several loads of one file one wins.
  const release = claim(path, url)
  const name = plan.name ?? basename(path, extname(path))
  const host = new ModuleHost(name, url, plan, release)
  await host.loaded
  return new Handle(host)
}

function readUrl(asked: unknown): string {
  if (asked instanceof URL ? asked.protocol === 'file:' : typeof asked === 'string' && /^file:/i.test(asked))
    return new URL(asked as string).href
  if (typeof asked === 'string' && isAbsolute(asked)) return pathToFileURL(asked).href
  const text = "`url` must be a file URL or an absolute path: new URL('./plugin.js', import.meta.url)."
  throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: 'url' })
}

function findFile(url: string): string {
  try {
    return realpathSync(fileURLToPath(url))
  } catch (cause) {
    throw new LoadError('ERR_BROOD_LOAD_FAILED', `Module ${url} could not be loaded: ${(cause as Error).message}.`, { cause, url })
  }
}

function claim(path: string, url: string): () => void {
  const { loaded } = getState()
  if (loaded.has(path)) {
    const text = `Module ${url} is loaded already, and is loaded once: use what the other loadModule() has returned, or unload it first.`
    throw new LoadError('ERR_BROOD_ALREADY_LOADED', text, { url })
  }
  loaded.add(path)
  return () => void loaded.delete(path)
}
