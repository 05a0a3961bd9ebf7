import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nycMain } from './tools.mjs'

const program = fileURLToPath(new URL('./program/', import.meta.url))
const witness = fileURLToPath(new URL('./witness.cjs', import.meta.url))

/**
 * Runs the program under nyc, which prints its table.
 *
 * @param directory where everything goes that is written on the way
 * @returns nyc's exit code, or the signal that ended it: 0 unless the program failed or less than 100 % of the functions ran
 */
export function runNyc(directory) {
  const shimRoot = join(directory, 'shims')
  mkdirSync(shimRoot)
  const renamedNode = join(directory, 'renamed-node')
  symlinkSync(process.execPath, renamedNode)
  const flags = [
    // Without it nyc 18 uses node-preload.
    '--use-spawn-wrap=true',
    `--require=${witness}`,
    `--temp-dir=${join(directory, 'coverage')}`,
    `--cache-dir=${join(directory, 'cache')}`,
    '--check-coverage',
    '--functions=100',
    '--lines=0',
  ]
  const { status, signal } = spawnSync(process.execPath, [nycMain, ...flags, 'node', 'start-all.cjs', renamedNode], {
    cwd: program,
    env: environment(shimRoot),
    stdio: 'inherit',
  })
  return status ?? signal
}

function environment(shimRoot) {
  return {
    ...process.env,
    SPAWN_WRAP_SHIM_ROOT: shimRoot,
    // Nothing but the program: npm must not look for a newer npm.
    npm_config_update_notifier: 'false',
    // nyc knows this one only.
    ...(process.env.NO_COLOR && { FORCE_COLOR: '0' }),
  }
}
