import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { BroodError } from '../errors.js'
import { checkString, invalid } from './arguments.js'
import { ownerFile } from './owner.js'
import { programName } from './plan.js'
import { replaceableName } from './replaced.js'
import { snapshotFile } from './snapshot.js'

/** Programs that brood itself starts, or stands in for; cmd.exe runs the shims of Windows. */
const needed: ReadonlySet<string> = new Set(['node', 'nodejs', 'npm', 'sh', 'env', 'cmd'])
/** Files of brood's own in the directory of the shims. */
const taken: ReadonlySet<string> = new Set([ownerFile, snapshotFile])

/**
 * Reads the option `replace`.
 *
 * @param directory what the scripts are relative to
 * @param node the node that runs them
 * @returns absolute paths by {@link replaceableName}; `undefined` where nothing is replaced
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_MOCK_NOT_FOUND`
 */
export function checkReplace(
  value: unknown,
  directory: string,
  node: string,
  windows: boolean,
): Readonly<Record<string, string>> | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid('replace', 'an object of strings', value)
  const entries = Object.entries(value)
  if (entries.length === 0) return undefined
  const replaced: Record<string, string> = Object.create(null)
  for (const [asked, file] of entries) {
    const name = checkName(asked, node, windows)
    if (name in replaced) throw refuse(asked, 'names a program that another name in `replace` means, too: keep one of them.')
    replaced[name] = checkScript(asked, checkString(`replace.${asked}`, file), directory)
  }
  return replaced
}

function checkName(asked: string, node: string, windows: boolean): string {
  // The same on every system, so that a test suite does not come to be refused on another one.
  const plain = replaceableName(asked, true)
  if (/[/\0]/.test(asked) || (windows && /[\\:*?"<>|]/.test(asked))) {
    throw refuse(asked, 'is no name of a program: write the name alone, as it is found on PATH. It is replaced by path, too.')
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name of that kind is a mistake
  if (plain === '' || /^\.\.?$|[\x01-\x1f]/.test(asked)) throw refuse(asked, 'is no name of a program.')
  if (needed.has(plain) || plain === programName(node, windows)) {
    throw refuse(
      asked,
      'cannot be replaced: brood needs it to start anything. Replace the programs that it starts, or use `main` for node.',
    )
  }
  if (taken.has(asked)) throw refuse(asked, 'cannot be replaced: brood has a file of that name beside the shims.')
  return replaceableName(asked, windows)
}

function checkScript(program: string, file: string, directory: string): string {
  const path = resolve(directory, file)
  const problem = file === '' ? 'is not named' : findProblem(path)
  if (problem === undefined) return path
  throw new BroodError(
    'ERR_BROOD_MOCK_NOT_FOUND',
    `The script ${JSON.stringify(file)}, to run in place of ${program}, ${problem} (looked up from ${directory}). Pass the path of a script for node, e.g. require.resolve('./mock.js').`,
    { program, path },
  )
}

function findProblem(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? undefined : 'is no file'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${code})`
  }
}

function refuse(name: string, reason: string): BroodError {
  return new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${JSON.stringify(name)} in replace ${reason}`, { argument: 'replace' })
}
