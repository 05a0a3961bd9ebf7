import type { Leftover } from '../leftover.js'
import type { AnyFunction, DefinedModule } from './definition.js'

/** What a call has come to: what it returned, or what it threw. */
export type Outcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown }

/** The exports that a type says: it is an interface of functions, or the type of a definition, `typeof import('./plugin.js').default`. */
export type ExportsOf<Shape> = Shape extends DefinedModule<infer Exports> ? Exports : Shape

/** The main function that the type of a definition says; any, where it is none. */
export type MainOf<Shape> = Shape extends DefinedModule<object, infer Main> ? Main : AnyFunction

/** The functions of a module as its host calls them. */
export type CallsOf<Exports> = {
  readonly [Name in keyof Exports as Exports[Name] extends AnyFunction ? Name : never]: Exports[Name] extends (
    ...args: infer Args
  ) => infer Result
    ? (...args: Args) => Promise<Outcome<Awaited<Result>>>
    : never
}

/** The same, for a host that waits. */
export type SyncCallsOf<Exports> = {
  readonly [Name in keyof Exports as Exports[Name] extends AnyFunction ? Name : never]: Exports[Name] extends (
    ...args: infer Args
  ) => infer Result
    ? (...args: Args) => Outcome<Awaited<Result>>
    : never
}

/** How a module is unloaded. */
export interface UnloadOptions {
  /** Milliseconds for the calls that run, and for `beforeUnload`, or `Infinity`. @default 5000 */
  readonly timeout?: number
  /**
   * Is it ended whatever it does, and whatever it has left open? Calls that run are not waited for; `beforeUnload` is called if the module listens, which
   * it does not in an endless loop. @default false
   */
  readonly force?: boolean
  /**
   * Are the processes ended that it has started, with theirs? Of a process whose parent has ended nobody knows whose it was; where there is no Linux's
   * /proc, only those that it has started itself are known. Where something else is left open, none is. @default false
   */
  readonly killChildren?: boolean
}

/** What was seen of the end of a module. */
export interface UnloadProof {
  /** What has run it is gone: Node says so, and where there is Linux's /proc the system does. */
  readonly gone: 'thread' | 'process' | 'inline'
  /** Of a module in this thread: nothing of it is left in memory. There is no report where it is. */
  readonly collected?: true
  /** Did the system say so, beside Node? */
  readonly bySystem: boolean
  /** What the system called its process, or its thread on Linux. */
  readonly osId: number | undefined
  /** Processes below it, by what the system calls them, that were there and are gone. */
  readonly processes: readonly number[]
  /** How many descriptors it still had open beyond those that it was loaded with; `undefined` where that could not be seen. */
  readonly descriptors: number | undefined
  /** Bytes. */
  readonly memory: {
    /** What the module held when it was asked last: heap of a thread, resident set of a process; `undefined` where it did not answer. */
    readonly module: number | undefined
    /** The resident set of the host before the module was loaded, before it was unloaded, and after that. */
    readonly before: number
    readonly loaded: number
    readonly after: number
  }
}

/** A module is unloaded. */
export interface UnloadReport {
  /** Milliseconds from the call of `unload()` to the proof. */
  readonly ms: number
  /** What it had left open, with `force`. Of a module that did not answer, only processes are known. */
  readonly leftovers: readonly Leftover[]
  /** What was seen. */
  readonly proof: UnloadProof
}

/** A module that is loaded. It keeps the host running only while a call waits for its answer. */
export interface LoadedModule<Exports = Record<string, AnyFunction>, Main extends AnyFunction = AnyFunction> extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string
  /** Its file URL. */
  readonly url: string
  /** Where it runs. */
  readonly isolation: 'worker' | 'process' | 'inline'
  /** `ended`: by itself, or since an import has thrown. */
  readonly state: 'loaded' | 'unloading' | 'unloaded' | 'ended'
  /** Why it has ended before it was unloaded: ExitedError, OutOfMemoryError, TimeoutError or CancelledError. */
  readonly reason: Error | undefined
  /** What the system calls its process, or this one. */
  readonly osPid: number | undefined
  /** Resolved when it is gone, however it has ended. It never rejects. */
  readonly gone: Promise<void>
  /**
   * Calls its main function.
   *
   * @throws as {@link exports}; LoadError `ERR_BROOD_EXPORT_MISSING` where it has none
   */
  main(...args: Parameters<Main>): Promise<Outcome<Awaited<ReturnType<Main>>>>
  /**
   * Calls its functions: what they return or throw is a value.
   *
   * @throws NotCloneableError; ModuleGoneError where it has ended before; ExitedError, OutOfMemoryError, TimeoutError, CancelledError where it ends
   *   meanwhile
   */
  readonly exports: CallsOf<Exports>
  /**
   * The same, while this thread waits: imports of the module are served in that time, and nothing else of this thread runs.
   *
   * @throws as {@link exports}; ModuleGoneError where it ends meanwhile, which tells how only later, by {@link reason}; NoSyncError where no answer could
   *   come: in a process, or in an import that a synchronous call of the same module waits for
   */
  readonly sync: SyncCallsOf<Exports>
  /**
   * Unloads it: no call is taken any more, those that run are waited for, `beforeUnload` is called, what is open is looked at; then it is ended, and seen to
   * be gone.
   *
   * Who calls it meanwhile, or again, is given the same report. Of a module that has ended by itself it says what is known.
   *
   * @throws UnloadError and the module can be used on: `ERR_BROOD_RESOURCES_ACTIVE`, with `leftovers`; `ERR_BROOD_BEFORE_UNLOAD`;
   *   `ERR_BROOD_UNLOAD_TIMEOUT`. Or it cannot: `ERR_BROOD_STILL_LOADED`
   */
  unload(options?: UnloadOptions): Promise<UnloadReport>
  /** `unload()`, by force where it was loaded with `unloading: false`. */
  [Symbol.asyncDispose](): Promise<void>
}
