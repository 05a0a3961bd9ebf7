import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onExit } from 'signal-exit'

/** Makes the surroundings of all drivers: one shim root, `node` on PATH, and nothing from outside that changes how Node starts. */
export function makeSandbox(node) {
  const directory = mkdtempSync(join(tmpdir(), 'brood-bench-'))
  // After Ctrl-C the drivers are still taking their own directories away.
  onExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  symlinkSync(node, join(bin, 'node'))

  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, SPAWN_WRAP_SHIM_ROOT: directory }
  // npm's own variables are many and grow every environment that is copied; extra certificates cost each child milliseconds.
  const isForeign = (name) => /^npm_|^NODE(?:$|_)|^BENCH_|^SPAWN_WRAP_DEBUG$/i.test(name)
  for (const name of Object.keys(env).filter(isForeign)) delete env[name]
  return { node, env }
}
