import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isWindows, oldestChildMajor, pathDelimiter } from '../../platform.js'
import type { Context } from '../../wrap/context.js'
import { isProgram } from '../../wrap/file-system.js'
import { readPackage } from '../package.js'
import { ok, warning } from './check.js'
import { marksIn } from './check-trials.js'
import type { Check } from './report.js'

/** How long a node may take to say its version, in milliseconds. */
const patience = 10_000

/**
 * Every node on PATH: which it is, and whether it can be wrapped.
 *
 * @param context records to `directory`
 */
export function checkNodes(context: Context, directory: string): Check[] {
  const nodes = findNodes(process.env.PATH ?? '')
  if (nodes.length === 0) {
    const detail = 'there is none on PATH'
    return [warning('node', detail, `What looks for one by its name finds ${process.execPath} behind brood's shim, and bare none.`)]
  }
  const options: SpawnSyncOptionsWithStringEncoding = { encoding: 'utf8', timeout: patience, stdio: ['ignore', 'pipe', 'ignore'] }
  const answers = nodes.map((path, index) => {
    const mark = `brood-doctor-${process.pid}-node-${index}`
    const { error, stdout } = spawnSync(path, ['-p', 'process.versions.node', mark], { ...options, env: context.environment() })
    return { path, mark, version: /^\d+\.\d+\.\S+$/.exec(error === undefined ? stdout.trim() : '')?.[0] }
  })
  const isCaught = marksIn(directory)
  return answers.map(({ path, mark, version }) => judgeNode(path, version, isCaught(mark), readPackage().engines.node))
}

/** The files on PATH, each once, in their order. */
function findNodes(path: string): string[] {
  const names = isWindows ? ['node.exe'] : ['node', 'nodejs']
  const files = path
    .split(pathDelimiter)
    .filter((entry) => entry !== '')
    .flatMap((entry) => names.map((name) => join(entry, name)))
    .filter(isProgram)
  return [...new Map(files.toReversed().map((file) => [realpathSync(file), file])).values()].toReversed()
}

/** @param own the versions that brood itself runs on, as `>=20.19` */
export function judgeNode(path: string, version: string | undefined, isCaught: boolean, own: string): Check {
  if (version === undefined) return warning('node', `${path} does not say its version`, 'Does it run? What starts it will find out.')
  const name = `v${version}  ${path}`
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < oldestChildMajor) return warning('node', name, `It is too old and runs bare: brood wraps Node ${oldestChildMajor} and newer.`)
  if (!isCaught) {
    const advice =
      'It loads nothing by NODE_OPTIONS: it runs with the rights of its file, or was built without. What it runs is not wrapped.'
    return warning('node', name, advice)
  }
  const [ownMajor = 0, ownMinor = 0] = own.replace('>=', '').split('.').map(Number)
  const canImport = major > ownMajor || (major === ownMajor && minor >= ownMinor)
  return ok('node', canImport ? name : `${name} (can be wrapped; to wrap takes ${own.replace('>=', '')})`)
}
