import { debug } from '../diagnostics.js'
import { BroodError } from '../errors.js'
import type { TraceOptions } from '../trace/trace-options.js'
import { loadChildProcess, loadSignalExit } from './dependencies.js'
import { environmentUnder } from './environment.js'
import { inForce, putInForce } from './force.js'
import type { JsonValue } from './json.js'
import { SpawnListeners } from './listeners.js'
import { type ActiveContext, activeContexts, getRegistry } from './registry.js'
import { type EndReason, retireDirectory } from './retire.js'
import { scopeApi } from './scoped-api.js'
import type { Snapshot } from './snapshot.js'
import type { SpawnListener, Variables } from './spawn-details.js'
import { recordTo } from './tracing.js'
import { type Undo, undoOnce } from './undo.js'

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
  /**
   * Any JSON value, for `currentContext()?.data` in every process. It is read whenever a process starts: name a file, rather than hold it.
   * @default undefined
   */
  readonly data?: JsonValue | undefined
  /**
   * Leave `NODE_OPTIONS`, `PATH` and `BROOD_CONTEXT` in `process.env` as every process got them, for code that starts processes natively and
   * passes `process.env` on, such as node-pty. Programs can see them then.
   * @default false
   */
  readonly visible?: boolean | undefined
  /**
   * Main scripts that run as if there were no context, by the name of the file (`npm-cli.js`), the end of its path
   * (`npm/bin/npm-cli.js`), a path from the working directory (`./tool.js`) or a RegExp for the whole path, written with `/`. A script
   * is known by the name it was started by, a symbolic link's too, and by its own. What such a process starts is wrapped again,
   * as far as it is not left out itself. Flags in `execArgv` reach it all the same. @default []
   */
  readonly exclude?: string | RegExp | readonly (string | RegExp)[] | undefined
  /** Are preloads loaded and variables set in Workers too? Where not, what a Worker starts is wrapped all the same. @default true */
  readonly workers?: boolean | undefined
  /**
   * Scripts for node that run in place of programs: mocks for tests. Every program called by that name, on PATH or by path, becomes
   * `node FILE` with its arguments, as far as brood sees it start. A mock runs free of every context, with all that it starts, and finds the path
   * of the program that it replaces in `BROOD_REPLACED`. Files are relative to the working directory. node, npm, sh and env are refused.
   * @default {}
   */
  readonly replace?: Readonly<Record<string, string>> | undefined
  /**
   * A directory in which every process writes down what it starts and how it ends, for {@link readTrace}. It is made where it is not there.
   * `raw` keeps arguments that look like secrets, which are masked otherwise; `envValues` keeps the values of variables beside their names.
   * @default undefined: nothing is recorded
   */
  readonly trace?: string | Partial<TraceOptions> | undefined
  /** Where the shim directory goes. @default SPAWN_WRAP_SHIM_ROOT, else the first of home, cache and temporary directory that can be used */
  readonly shimRoot?: string | undefined
}

/**
 * Everything a process tree is given, as a directory that child processes read.
 *
 * It does nothing until processes are started under it: those that this process starts after {@link Context.patch}, through
 * {@link Context.childProcess}, or with the variables of {@link Context.environment}. It is removed with the process that made it,
 * at the latest.
 */
export class Context implements Disposable {
  readonly #active: ActiveContext
  readonly #listeners = new SpawnListeners()
  readonly #undos = new Set<() => void>()
  readonly #forgetExit: () => void
  readonly #startedBefore = getRegistry().started
  readonly #stopRecording: () => void
  #disposed = false

  /** @internal */
  constructor(snapshot: Snapshot) {
    this.#active = { ...snapshot, ask: (request) => this.#listeners.ask(request) }
    this.#stopRecording = recordTo(snapshot.trace)
    this.#forgetExit = loadSignalExit().onExit(() => this.#end('exit'))
  }

  /** The private directory that holds the shims. */
  get directory(): string {
    return this.#active.directory
  }

  /**
   * Wraps every process that this one starts from now on.
   *
   * @returns takes that back, in any order with other contexts
   * @throws BroodError `ERR_BROOD_DISPOSED`
   */
  patch(): Undo {
    this.#refuseDisposed()
    const takeBack = putInForce(this.#active)
    debug('patched', listActive)
    const undo = undoOnce(() => {
      this.#undos.delete(undo)
      takeBack()
      debug('unpatched', listActive)
    })
    this.#undos.add(undo)
    return undo
  }

  /**
   * Makes a module like `child_process`, or like the one that is given, that wraps what is started through it.
   *
   * Nothing global changes: what others start stays as it is. A process that is started through it is under the contexts that
   * are patched, and under this one.
   *
   * @param api `cross-spawn`, `execa` or any other module or function whose functions start processes before they return; what one
   * starts behind an `await` is not wrapped. @default node:child_process
   * @returns a copy of it. Once the context is disposed, it wraps nothing
   * @throws BroodError `ERR_BROOD_DISPOSED`, `ERR_BROOD_INVALID_ARGUMENT`
   * @example
   * const { spawn } = context.childProcess()
   */
  childProcess(): typeof import('node:child_process')
  childProcess<Api extends object>(api: Api): Api
  childProcess(api: object = loadChildProcess()): object {
    this.#refuseDisposed()
    if ((typeof api !== 'object' && typeof api !== 'function') || api === null) {
      throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'childProcess() takes a module or a function that starts processes.', {
        argument: 'api',
      })
    }
    return scopeApi(api, (call) => (this.#disposed ? call() : inForce(this.#active, call)))
  }

  /**
   * The variables that put a process under this context, for whatever brood cannot patch: native code such as node-pty's, or a daemon
   * that starts processes for others.
   *
   * They hold the contexts that are patched, those that `base` holds already, and this one.
   *
   * @param base the variables that the process would have without it, which stay as they are. @default process.env
   * @throws BroodError `ERR_BROOD_DISPOSED`, `ERR_BROOD_INVALID_ARGUMENT`
   */
  environment(base: Variables = process.env): Record<string, string> {
    this.#refuseDisposed()
    if (typeof base !== 'object' || base === null) {
      throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'environment() takes an object of variables.', { argument: 'base' })
    }
    getRegistry().started++
    return inForce(this.#active, () => environmentUnder(base, getRegistry()))
  }

  /**
   * Lets a function see each process that this one is about to start under this context, and change what is asked for.
   *
   * Listeners are called in the order in which they were added, while the process is being started. One that throws changes nothing:
   * the process is started, and a `BroodWarning` (code `BROOD_ON_SPAWN`) is emitted, once for each listener. What a listener
   * itself starts is not shown to the listeners of this context.
   *
   * @param listener returns what is to be otherwise, or `false` to start the process without this context, as if it were not there
   * @returns removes the listener
   * @throws BroodError `ERR_BROOD_DISPOSED`, `ERR_BROOD_INVALID_ARGUMENT`
   * @example
   * context.onSpawn(({ file, env }) => (file === 'git' ? false : { env: { ...env, DEPTH: '1' } }))
   */
  onSpawn(listener: SpawnListener): Undo {
    this.#refuseDisposed()
    return this.#listeners.add(listener)
  }

  /** Takes back every patch and removes the directory. A second call does nothing. */
  dispose(): void {
    this.#end('dispose')
  }

  #end(reason: EndReason): void {
    if (this.#disposed) return
    this.#disposed = true
    for (const undo of this.#undos) undo()
    this.#stopRecording()
    this.#forgetExit()
    const { started, mayHaveWorkers } = getRegistry()
    retireDirectory(this.#active, reason, mayHaveWorkers || started !== this.#startedBefore)
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #refuseDisposed(): void {
    if (this.#disposed) {
      throw new BroodError('ERR_BROOD_DISPOSED', 'This context is disposed: its directory is gone. Create another one.')
    }
  }
}

function listActive(): object {
  return { contexts: activeContexts(getRegistry()).map((context) => context.directory) }
}
