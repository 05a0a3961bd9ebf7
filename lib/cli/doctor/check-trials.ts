import { type SpawnSyncOptionsWithStringEncoding, type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { isWindows, pathDelimiter, spellingOf } from '../../platform.js'
import { readTrace } from '../../trace/read.js'
import type { Context } from '../../wrap/context.js'
import { activeContexts, getRegistry } from '../../wrap/registry.js'
import type { Variables } from '../../wrap/spawn-details.js'
import { failure, ok, warning } from './check.js'
import type { Check } from './report.js'

/** How long a trial may take, in milliseconds. */
const patience = 30_000

/** A way to start Node that brood must catch. */
interface Trial {
  readonly way: string
  /** Starts a node that does nothing, with `mark` among its arguments, in an environment that brood has not touched yet. */
  start(context: Context, mark: string, env: Variables): SpawnSyncReturns<string>
  /** What to do where it is not caught. */
  readonly advice: string
  /** Is it a warning only where this cannot be tried? */
  readonly mayBeMissing?: true
  /** Does it take a process whose own spawns brood does not touch? */
  readonly needsBareProcess?: true
}

const options: SpawnSyncOptionsWithStringEncoding = { encoding: 'utf8', timeout: patience, stdio: ['ignore', 'pipe', 'pipe'] }
const script = (mark: string) => ['-e', '0', mark]
const commandLine = (mark: string) => `node -e 0 ${mark}`

const trials: readonly Trial[] = [
  {
    way: 'NODE_OPTIONS alone',
    start: (context, mark, env) => spawnSync(process.execPath, script(mark), { ...options, env: context.environment(env) }),
    needsBareProcess: true,
    advice: 'This Node loads nothing by NODE_OPTIONS: it runs with the rights of its file, or was built without. Use another one.',
  },
  {
    way: 'a shim alone',
    start(context, mark, env) {
      const { NODE_OPTIONS: _, BROOD_CONTEXT: __, ...rest } = context.environment(env)
      const [file, args] = isWindows ? [`node.cmd -e 0 ${mark}`, []] : ['node', script(mark)]
      return spawnSync(file, args, { ...options, env: rest, shell: isWindows })
    },
    needsBareProcess: true,
    advice: 'Shims are scripts for /bin/sh (on Windows for cmd.exe) and need the store: can both be executed and read?',
  },
  {
    way: 'node by its name',
    start: (context, mark, env) => context.childProcess().spawnSync('node', script(mark), { ...options, env }),
    advice: 'SPAWN_WRAP_DEBUG=1 says every decision.',
    mayBeMissing: true,
  },
  {
    way: 'node by its path, without an environment',
    start: (context, mark) => context.childProcess().spawnSync(process.execPath, script(mark), { ...options, env: {} }),
    advice: 'SPAWN_WRAP_DEBUG=1 says every decision.',
  },
  {
    way: isWindows ? 'cmd.exe' : 'sh, with NODE_OPTIONS replaced',
    start: (context, mark, env) =>
      context.childProcess().spawnSync(`${isWindows ? '' : 'NODE_OPTIONS= '}${commandLine(mark)}`, [], { ...options, env, shell: true }),
    advice: 'SPAWN_WRAP_DEBUG=1 says every decision.',
    mayBeMissing: true,
  },
  {
    way: 'npm',
    start(context, mark, env) {
      const quietly = { ...env, npm_config_update_notifier: 'false', npm_config_offline: 'true' }
      return context.childProcess().spawnSync(`npm exec -c "${commandLine(mark)}"`, [], { ...options, env: quietly, shell: true })
    },
    advice: 'Does `npm config get script-shell` or `node-options` name something unusual?',
    mayBeMissing: true,
  },
]

/**
 * Starts Node by each way, and looks whether it has recorded itself.
 *
 * @param context records to `directory`
 */
export function checkTrials(context: Context, directory: string): Check[] {
  // Of this Node it is known that it can be wrapped; of those on PATH it is not yet.
  const path = spellingOf('PATH', process.env)
  const env = { ...process.env, [path]: `${dirname(process.execPath)}${pathDelimiter}${process.env[path] ?? ''}` }
  const isBare = activeContexts(getRegistry()).length === 0
  const results = trials
    .filter(({ needsBareProcess }) => isBare || !needsBareProcess)
    .map((trial, index) => {
      const mark = `brood-doctor-${process.pid}-${index}`
      return { trial, mark, result: trial.start(context, mark, env) }
    })
  const caught = marksIn(directory)
  return results.map(({ trial, mark, result }) => judge(trial, result, caught(mark)))
}

/** Is there a record of a process with such an argument? */
export function marksIn(directory: string): (mark: string) => boolean {
  const { events } = readTrace(directory)
  return (mark) => events.some((event) => event.type === 'start' && event.argv.includes(mark))
}

function judge({ way, advice, mayBeMissing }: Trial, { error, status, stderr }: SpawnSyncReturns<string>, isCaught: boolean): Check {
  const problem = error?.message ?? (status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? `exit ${status}`))
  if (isCaught && problem === undefined) return ok('wrapping', `through ${way}`)
  if (problem !== undefined) return (mayBeMissing ? warning : failure)('wrapping', `through ${way}: ${problem}`, 'This could not be tried.')
  return failure('wrapping', `through ${way}: node was not caught`, advice)
}
