import { chmodSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { debug, isDebug } from '../diagnostics.js'
import { BroodError } from '../errors.js'
import { isWindows } from '../platform.js'
import {
  checkBoolean,
  checkEnvironment,
  checkExclude,
  checkNames,
  checkString,
  checkStrings,
  refusePackages,
  resolveImport,
  resolveMain,
  resolveRequire,
  sortNodeOptions,
} from './arguments.js'
import { Context, type ContextOptions } from './context.js'
import { loadSignalExit, loadWhich } from './dependencies.js'
import { realFileSystem } from './file-system.js'
import { findProgram } from './find-program.js'
import { copyJson } from './json.js'
import { findLibraryNames, foregroundEntry, libraryEntry } from './library.js'
import { activeContexts, getRegistry } from './registry.js'
import { makeShimDirectory } from './shim-root.js'
import { fillShims, readTemplate } from './shims.js'
import { directoryPrefix, type Snapshot, snapshotFile } from './snapshot.js'
import { importerOf, storePreload } from './store.js'
import { prepareTrace } from './tracing.js'

const optionNames: Readonly<Record<keyof ContextOptions, true>> = {
  main: true,
  args: true,
  execArgv: true,
  env: true,
  require: true,
  import: true,
  data: true,
  visible: true,
  exclude: true,
  workers: true,
  trace: true,
  shimRoot: true,
}

/**
 * Makes a context: checks the options, and writes snapshot, shims and preload.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_WRAPPER_NOT_FOUND`, `ERR_BROOD_PRELOAD_NOT_FOUND`, `ERR_BROOD_SHIM_ROOT`;
 * nothing is patched and nothing is left on disk then
 */
export function createContext(options: ContextOptions = {}): Context {
  if (options === null || typeof options !== 'object') {
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'The options of createContext must be an object.', { argument: 'options' })
  }
  checkNames('createContext', options, Object.keys(optionNames))
  const cwd = currentDirectory()
  const workers = checkBoolean('workers', options.workers ?? true)
  const { main, shimRoot: preferredRoot } = options
  const args = checkStrings('args', options.args ?? [])
  const env = checkEnvironment('env', options.env ?? {})
  const sorted = sortNodeOptions(checkStrings('execArgv', options.execArgv ?? []), cwd)
  const requires = [...sorted.requires, ...checkStrings('require', options.require ?? []).map((name) => resolveRequire(name, cwd))]
  const imports = [...sorted.imports, ...checkStrings('import', options.import ?? []).map((name) => resolveImport(name, cwd))]
  const exclude = checkExclude(options.exclude ?? [], cwd)
  if (exclude.length > 0) refusePackages(imports)
  const mainPath = main === undefined ? undefined : resolveMain(checkString('main', main), cwd)
  const visible = checkBoolean('visible', options.visible ?? false)
  const data = options.data === undefined ? undefined : copyJson('data', options.data)
  if (preferredRoot !== undefined) checkString('shimRoot', preferredRoot)
  const trace = prepareTrace(options.trace, cwd)

  // What is missing of brood itself is no fault of the directories that are tried now.
  loadSignalExit()
  const ancestors = activeContexts(getRegistry())
  return makeShimDirectory(preferredRoot, ancestors.at(-1)?.shimRoot, (shimRoot, directory) => {
    const preload = storePreload(shimRoot, mainPath !== undefined)
    const snapshot: Snapshot = {
      format: 1,
      directory,
      chain: [...ancestors.map((context) => context.directory), directory],
      main: mainPath,
      args,
      nodeOptions: [...sorted.nodeOptions, ...moduleOptions(exclude.length > 0, requires, imports, preload)],
      nodeFlags: sorted.nodeFlags,
      env,
      data,
      visible,
      workers,
      exclude,
      modules: exclude.length === 0 ? { require: [], import: [] } : { require: requires, import: imports },
      trace,
      preload,
      node: process.execPath,
      npm: findNpm(),
      library: libraryEntry,
      libraryNames: mainPath === undefined ? [] : findLibraryNames(mainPath),
      shimRoot,
      debug: isDebug(),
    }
    for (const { name, text } of fillShims(snapshot, ancestors, foregroundEntry, readTemplate, isWindows)) {
      writeFileSync(join(directory, name), text, { mode: 0o700 })
      // A umask must not lock us out.
      chmodSync(join(directory, name), 0o700)
    }
    // Last: a directory without a snapshot wraps nothing.
    writeFileSync(join(directory, snapshotFile), JSON.stringify(snapshot), { mode: 0o600 })
    chmodSync(join(directory, snapshotFile), 0o600)
    debug('context', () => ({ ...snapshot, env: Object.keys(env), data: undefined }))
    return new Context(snapshot)
  })
}

/** Where the working directory was removed, what is named by a full path can still be wrapped. */
function currentDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

/** NODE_OPTIONS has each process load the modules, unless some are to be left out: then the preload does it, and what lies beside it. */
function moduleOptions(leavesOut: boolean, requires: readonly string[], imports: readonly string[], preload: string): string[] {
  const named = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value])
  if (!leavesOut) return [...named('--require', requires), ...named('--import', imports)]
  return imports.length === 0 ? [] : ['--import', importerOf(preload)]
}

function findNpm(): string | undefined {
  // `which` knows PATHEXT. Without one it does what is here already, and takes 4 ms to load.
  if (isWindows) return loadWhich().sync('npm', { nothrow: true }) ?? undefined
  const path = process.env.PATH?.split(':').filter((entry) => !entry.includes(`/${directoryPrefix}`))
  const npm = findProgram('npm', { path: path?.join(':'), cwd: '' }, realFileSystem)
  return npm === undefined ? undefined : resolve(npm)
}
