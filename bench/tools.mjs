import { mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { locateWrapper, mark } from './rows.mjs'

// All three by require, as their users of old load them.
const require = createRequire(import.meta.url)

/** Loads a tool that wraps: brood, or the one it follows. */
export function loadWrap(tool) {
  return tool === 'brood' ? require('brood') : require('spawn-wrap-3')
}

/** What wrap() is called with for a row. */
export function wrapArguments(tool, { flags, wrapper }) {
  if (flags.length === 0 && wrapper === undefined) return [{ BENCH_MARK: 'set' }]
  return [[...flags, ...(wrapper === undefined ? [] : [locateWrapper(tool, wrapper)])]]
}

/** Puts this process under a tool, for good. */
export function activate(tool, row) {
  if (tool === 'bare') return
  if (tool === 'node-preload') require('node-preload').push(mark)
  else if (row.recorded) record()
  else loadWrap(tool)(...wrapArguments(tool, row))
}

/** The sandbox goes with all that is in it. */
function record() {
  const trace = mkdtempSync(join(process.env.SPAWN_WRAP_SHIM_ROOT, 'trace-'))
  require('brood')
    .createContext({ env: { BENCH_MARK: 'set' }, trace })
    .patch()
}
