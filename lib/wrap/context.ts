import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { debug, isDebug } from '../diagnostics.js'
import { BroodError } from '../errors.js'
import { isWindows } from '../platform.js'
import { checkEnvironment, checkString, checkStrings, resolveImport, resolveMain, resolveRequire, sortNodeOptions } from './arguments.js'
import { loadSignalExit, loadWhich } from './dependencies.js'
import { realFileSystem } from './file-system.js'
import { findProgram } from './find-program.js'
import { findLibraryNames, foregroundEntry, libraryEntry } from './library.js'
import { patch } from './patch.js'
import { activeContexts, getRegistry } from './registry.js'
import { removeDirectory } from './remove-directory.js'
import { route } from './route.js'
import { makeShimDirectory } from './shim-root.js'
import { fillShims, readTemplate } from './shims.js'
import { type Snapshot, snapshotFile } from './snapshot.js'
import { storePreload } from './store.js'
import { adopt, findCarriers } from './sweep.js'

/** What a context does to every Node process of a tree. */
export interface ContextOptions {
  /** A script that runs as the main of every process that has a main script. Relative to the working directory. */
  readonly main?: string | undefined
  /** Arguments of `main`, in its `process.argv` before the program's own script. @default [] */
  readonly args?: readonly string[] | undefined
  /** Flags of node for every process: through NODE_OPTIONS where it takes them, else on the command lines that brood sees. @default [] */
  readonly execArgv?: readonly string[] | undefined
  /** Variables for every Node process. One that a process of the tree sets otherwise for its children stays as it set it. @default {} */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Modules to `--require` in every process, those that run no script included. @default [] */
  readonly require?: readonly string[] | undefined
  /** Modules to `--import` in every process. A package is resolved by each child, from its own working directory. @default [] */
  readonly import?: readonly string[] | undefined
  /** Where the shim directory goes. @default SPAWN_WRAP_SHIM_ROOT, else the first of home, cache and temporary directory that can be used */
  readonly shimRoot?: string | undefined
}

/**
 * Everything a process tree is given, as a directory that child processes read.
 *
 * It does nothing until it is patched, and is removed with the process that made it, at the latest.
 */
export class Context implements Disposable {
  readonly #snapshot: Snapshot
  readonly #undos = new Set<() => void>()
  readonly #forgetExit: () => void
  readonly #startedBefore = getRegistry().started
  #disposed = false

  /** @internal */
  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#forgetExit = loadSignalExit().onExit(() => this.#end('exit'))
  }

  /** The private directory that holds the shims. */
  get directory(): string {
    return this.#snapshot.directory
  }

  /**
   * Wraps every process that this one starts from now on.
   *
   * @returns takes that back, in any order with other contexts; a second call does nothing
   * @throws BroodError `ERR_BROOD_DISPOSED`
   */
  patch(): () => void {
    if (this.#disposed) {
      throw new BroodError('ERR_BROOD_DISPOSED', 'This context is disposed: its directory is gone. Create another one.')
    }
    // A copy, so that each call of patch() has an entry of its own to take back.
    const entry = { ...this.#snapshot }
    const registry = getRegistry()
    registry.own = [...registry.own, entry]
    registry.unpatch ??= patch(route)
    debug('patched', () => ({ contexts: activeContexts(registry).map((context) => context.directory) }))
    const undo = () => {
      if (!this.#undos.delete(undo)) return
      registry.own = registry.own.filter((other) => other !== entry)
      if (activeContexts(registry).length === 0) {
        registry.unpatch?.()
        registry.unpatch = undefined
      }
      debug('unpatched', () => ({ contexts: activeContexts(registry).map((context) => context.directory) }))
    }
    this.#undos.add(undo)
    return undo
  }

  /** Takes back every patch and removes the directory. A second call does nothing. */
  dispose(): void {
    this.#end('dispose')
  }

  #end(reason: EndReason): void {
    if (this.#disposed) return
    this.#disposed = true
    for (const undo of this.#undos) undo()
    this.#forgetExit()
    retireDirectory(this.#snapshot, reason, getRegistry().started !== this.#startedBefore)
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

/** Was the context taken back, or does the process end that made it? */
type EndReason = 'dispose' | 'exit'

/**
 * Removes a context's directory.
 *
 * While a living process carries it, it stays, and a later sweep removes it. At the end of the process it stays whole: what was started
 * last may not have read the snapshot yet. Where the context was taken back only the shims stay, because a shell remembers
 * where it found node; without the snapshot they start node as it is. Under SPAWN_WRAP_DEBUG they stay for a look at them.
 *
 * @param mayBeCarried has any process been started since the context was made?
 */
function retireDirectory({ directory, debug: keep }: Snapshot, reason: EndReason, mayBeCarried: boolean): void {
  const name = basename(directory)
  const snapshot = join(directory, snapshotFile)
  try {
    const carrier = mayBeCarried ? findCarriers([name]).get(name) : undefined
    const staysWhole = carrier !== undefined && reason === 'exit'
    if (carrier !== undefined) adopt(directory, carrier)
    else if (!keep) removeDirectory(directory)
    if (!staysWhole && keep) renameSync(snapshot, join(directory, `disposed-${snapshotFile}`))
    else if (!staysWhole) rmSync(snapshot, { force: true })
    debug(carrier !== undefined ? 'directory left' : keep ? 'directory kept' : 'directory removed', () => ({ directory, carrier }))
  } catch (error) {
    debug('directory not removed', () => ({ directory, error: String(error) }))
  }
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
  const cwd = currentDirectory()
  const { main, shimRoot: preferredRoot } = options
  const args = checkStrings('args', options.args ?? [])
  const env = checkEnvironment('env', options.env ?? {})
  const { nodeOptions, nodeFlags } = sortNodeOptions(checkStrings('execArgv', options.execArgv ?? []), cwd)
  const requires = checkStrings('require', options.require ?? []).flatMap((name) => ['--require', resolveRequire(name, cwd)])
  const imports = checkStrings('import', options.import ?? []).flatMap((name) => ['--import', resolveImport(name, cwd)])
  const mainPath = main === undefined ? undefined : resolveMain(checkString('main', main), cwd)
  if (preferredRoot !== undefined) checkString('shimRoot', preferredRoot)

  const ancestors = activeContexts(getRegistry())
  return makeShimDirectory(preferredRoot, ancestors.at(-1)?.shimRoot, (shimRoot, directory) => {
    const snapshot: Snapshot = {
      format: 1,
      directory,
      chain: [...ancestors.map((context) => context.directory), directory],
      main: mainPath,
      args,
      nodeOptions: [...nodeOptions, ...requires, ...imports],
      nodeFlags,
      env,
      preload: storePreload(shimRoot),
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
    debug('context', () => ({ ...snapshot, env: Object.keys(env) }))
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

function findNpm(): string | undefined {
  // `which` knows PATHEXT. Without one it does what is here already, and takes 4 ms to load.
  if (isWindows) return loadWhich().sync('npm', { nothrow: true }) ?? undefined
  const npm = findProgram('npm', { path: process.env.PATH, cwd: '' }, realFileSystem)
  return npm === undefined ? undefined : resolve(npm)
}
