import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isRegExp } from 'node:util/types'
import { BroodError } from '../errors.js'
import { nearest } from '../nearest.js'
import { parseNodeArgv, takesValue } from '../syntax/node-argv.js'
import type { Exclusion } from './exclusion.js'

/**
 * Refuses options that are not known: one that is misspelt would be as good as left out.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function checkNames(where: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const likely = nearest(name, known)
    const hint = likely === undefined ? `It knows ${known.join(', ')}.` : `Did you mean ${likely}?`
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${where} knows no option ${JSON.stringify(name)}. ${hint}`, { argument: name })
  }
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function checkStrings(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw invalid(name, 'an array of strings', value)
  for (const [index, element] of value.entries()) checkString(`${name}[${index}]`, element)
  return [...value]
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function checkString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(name, 'a string', value)
  if (value.includes('\0'))
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${name} holds a NUL byte, which no argument, path or variable can.`, {
      argument: name,
    })
  return value
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid(name, 'true or false', value)
  return value
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function checkEnvironment(name: string, value: unknown): Readonly<Record<string, string>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid(name, 'an object of strings', value)
  const environment: Record<string, string> = Object.create(null)
  for (const [variable, text] of Object.entries(value)) {
    if (variable === '' || /[=\0]/.test(variable)) {
      throw new BroodError(
        'ERR_BROOD_INVALID_ARGUMENT',
        `${JSON.stringify(variable)} in ${name} is no name of a variable: it is empty or holds "=" or a NUL byte.`,
        { argument: name },
      )
    }
    environment[variable] = checkString(`${name}.${variable}`, text)
  }
  return environment
}

export function invalid(name: string, expected: string, value: unknown): BroodError {
  const hint =
    expected.includes('string') && (typeof value === 'number' || typeof value === 'boolean') ? ` Write String(...) around it.` : ''
  const received = value === null ? 'null' : value === '' ? 'empty' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
  return new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${name} must be ${expected}, and is ${received}.${hint}`, { argument: name })
}

/** Node options sorted by the way in which they reach a child. */
export interface NodeOptions {
  /** For NODE_OPTIONS. */
  readonly nodeOptions: readonly string[]
  /** For command lines only. */
  readonly nodeFlags: readonly string[]
  /** Modules to `--require`: absolute paths. */
  readonly requires: readonly string[]
  /** Modules to `--import`: URLs, or packages. */
  readonly imports: readonly string[]
}

/**
 * Sorts flags of node by what NODE_OPTIONS takes, and makes the modules they name independent of the child's directory.
 *
 * @throws BroodError `ERR_BROOD_PRELOAD_NOT_FOUND` for a module to `--require` or `--import` that is not there
 */
export function sortNodeOptions(flags: readonly string[], directory: string): NodeOptions {
  const nodeOptions: string[] = []
  const nodeFlags: string[] = []
  const requires: string[] = []
  const imports: string[] = []
  const { options, rest } = parseNodeArgv(flags)
  if (rest.length > 0) {
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${JSON.stringify(rest[0])} is no option of node.`, { argument: 'execArgv' })
  }
  for (const { name, value, source } of options) {
    checkNodeOption(name, value)
    if (name === '-r' || name === '--require') requires.push(resolveRequire(needValue(name, value), directory))
    else if (name === '--import') imports.push(resolveImport(needValue(name, value), directory))
    else if (process.allowedNodeEnvironmentFlags.has(name)) nodeOptions.push(...source)
    else nodeFlags.push(...source)
  }
  return { nodeOptions, nodeFlags, requires, imports }
}

/**
 * @param directory what a name that begins with `./` or `../` is relative to
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function checkExclude(value: unknown, directory: string): Exclusion[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return Array.from(list, (element, index) => {
    const name = Array.isArray(value) ? `exclude[${index}]` : 'exclude'
    if (isRegExp(element)) return { source: element.source, flags: element.flags }
    if (typeof element !== 'string' || element === '') throw invalid(name, 'the name of a file or a RegExp', element)
    checkString(name, element)
    return { name: /^\.\.?[\\/]/.test(element) ? resolve(directory, element) : element }
  })
}

/**
 * A package that only Node itself can resolve would be resolved from the store, where it is not.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function refusePackages(imports: readonly string[]): void {
  const specifier = imports.find((candidate) => !isUrl.test(candidate))
  if (specifier === undefined) return
  throw new BroodError(
    'ERR_BROOD_INVALID_ARGUMENT',
    `${specifier} offers itself to import alone, and so cannot be left out of the processes that \`exclude\` names. Pass the path of its file.`,
    { argument: 'import', specifier },
  )
}

/** Options that make node do something else than run a script: every child would do that instead. */
const modes = new Set(
  (
    '-e --eval -p --print -pe -c --check -i --interactive -h --help -v --version --v8-options --completion-bash ' +
    '--test --watch --watch-path --run --build-snapshot --build-sea --experimental-sea-config --prof-process'
  ).split(' '),
)

function checkNodeOption(name: string, value: string | undefined): void {
  const refuse = (reason: string) => new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${name} ${reason}`, { argument: name })
  if (modes.has(name)) throw refuse('is no flag to run a script with: every child would do that in place of its program.')
  if (/^-[a-zA-Z]=/.test(name)) throw refuse('is refused by node: write the value apart, or the long name.')
  if (value === undefined && takesValue(name)) throw refuse('needs a value behind it.')
}

function needValue(name: string, value: string | undefined): string {
  if (!value) throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${name} needs the name of a module behind it.`, { argument: name })
  return value
}

const isUrl = /^[a-z][a-z0-9+.-]+:/i

/** Resolves a module as `--require` does in `directory`. */
export function resolveRequire(specifier: string, directory: string): string {
  try {
    return createRequire(join(directory, 'noop.js')).resolve(specifier)
  } catch (cause) {
    throw preloadNotFound('--require', specifier, directory, cause)
  }
}

/** Resolves a module as `--import` does in `directory`: a path becomes a URL, a package stays where only Node can resolve it. */
export function resolveImport(specifier: string, directory: string): string {
  if (isUrl.test(specifier)) return specifier
  const isPath = /^\.{0,2}\//.test(specifier)
  try {
    const path = createRequire(join(directory, 'noop.js')).resolve(specifier)
    return path.startsWith('/') || /^[a-z]:\\/i.test(path) ? pathToFileURL(path).href : specifier
  } catch (cause) {
    // A package may offer itself to `import` alone.
    if (!isPath && (cause as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return specifier
    throw preloadNotFound('--import', specifier, directory, cause)
  }
}

function preloadNotFound(option: string, specifier: string, directory: string, cause: unknown): BroodError {
  return new BroodError(
    'ERR_BROOD_PRELOAD_NOT_FOUND',
    `Cannot find the module ${JSON.stringify(specifier)} for ${option}, looked up from ${directory}. Every child would fail to start; pass a path that exists or install the package.`,
    { cause, specifier, directory },
  )
}

/**
 * Resolves the wrapper main as Node resolves a main script: from the working directory, with or without extension.
 *
 * @throws BroodError `ERR_BROOD_WRAPPER_NOT_FOUND`
 */
export function resolveMain(main: string, directory: string): string {
  const path = resolve(directory, main)
  const status = statSync(path, { throwIfNoEntry: false })
  // A path that exists stays as it was written: it may be a symbolic link.
  if (status?.isFile()) return path
  try {
    return createRequire(path).resolve(path)
  } catch (cause) {
    throw new BroodError(
      'ERR_BROOD_WRAPPER_NOT_FOUND',
      `The wrapper main ${path} ${status?.isDirectory() ? 'is a directory that node cannot run: it holds no index.js' : 'does not exist'}. Every child would fail to start; pass the path of a script, e.g. require.resolve('./wrapper.js').`,
      { cause, path },
    )
  }
}
