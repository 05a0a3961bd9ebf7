import { EventEmitter } from 'node:events'
import { basename } from 'node:path'
import type { BroodError } from '../../errors.js'
import { HotExportError, HotReloadError } from './errors.js'
import type { Origin } from './exports.js'
import { Facade, type Gate } from './facade.js'
import type { HotEvents, HotHandle } from './hot-handle.js'
import type { HotPlan } from './hot-options.js'
import type { Instance } from './instance.js'
import type { ModuleGraph } from './module-graph.js'
import type { Namespace } from './native-modules.js'
import { propertyNames } from './property-names.js'
import { reloadError } from './reload-error.js'
import type { ReloadOutcome } from './reload-outcome.js'
import { warnOfLeftovers, writeError } from './report.js'
import { ScriptInstance } from './script-instance.js'
import type { Source } from './source.js'
import type { LocalTarget } from './target.js'
import type { Watching } from './watching.js'

/** A little more than how long a file that is being written may be wrong. */
const patience = 60

/** What a module that was evaluated never is. */
const never = -1

/** A module that is hot, from `hot()` on. */
export class HotModule implements HotHandle {
  version = 0
  lastError: HotReloadError | undefined
  readonly #facade: Facade
  readonly #graph: ModuleGraph
  readonly #target: LocalTarget
  readonly #plan: HotPlan
  readonly #watching: Watching | undefined
  readonly #gate: Gate
  readonly #events = new EventEmitter()
  readonly #isRequired: boolean
  #isBusy = false
  /** The version whose exports callers have. */
  #shown: Instance | undefined
  /** What was known of the files at the last attempt, and at the last report. */
  #triedRevision = never
  #reportedRevision = never

  /**
   * @param watching `undefined` where it is loaded anew only by {@link reload}
   * @param isRequired do callers want what `require` gives?
   */
  constructor(graph: ModuleGraph, target: LocalTarget, plan: HotPlan, watching: Watching | undefined, isRequired: boolean) {
    this.#graph = graph
    this.#target = target
    this.#plan = plan
    this.#watching = watching
    this.#isRequired = isRequired && graph.dependencies.files.get(target).format === 'commonjs'
    this.#gate = { flags: watching?.flags ?? new Int32Array(1), seen: never, refresh: () => this.#refresh() }
    const wrong = this.#wrong()
    if (wrong !== undefined) throw wrong
    this.#check(graph.dependencies.exportsOf(target))
    // What CommonJS exports as a whole shows only when it is there.
    if (this.#isRequired && this.#namesInText().size === 0) this.#refresh()
    this.#facade = this.#makeFacade()
    this.#facade.update(this.#shownExports())
  }

  /** What callers have: the exports of the module, or the function that it is. */
  get exports(): object {
    return this.#facade.object
  }

  get files(): readonly string[] {
    return this.#graph.dependencies.pathsOf([this.#target])
  }

  reload(): ReloadOutcome {
    return this.#attempt(true)
  }

  on<Event extends keyof HotEvents>(event: Event, listener: (...args: HotEvents[Event]) => void): this {
    this.#events.on(event, listener as (...args: unknown[]) => void)
    return this
  }

  off<Event extends keyof HotEvents>(event: Event, listener: (...args: HotEvents[Event]) => void): this {
    this.#events.off(event, listener as (...args: unknown[]) => void)
    return this
  }

  close(): void {
    this.#gate.flags = new Int32Array(1)
    // A module that was never evaluated is, at its first call.
    if (this.version > 0) this.#gate.seen = 0
    this.#graph.watched.delete(this.#target)
    this.#watching?.keepWatching(this.#graph.watchedPaths())
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #refresh(): void {
    // A module that calls itself while it is evaluated is answered as far as it is there.
    if (this.#isBusy) return
    const { flags } = this.#gate
    const seen = flags[0] as number
    const outcome = this.version === 0 || this.#plan.auto ? this.#attempt(false) : undefined
    if (this.version > 0) this.#gate.seen = seen
    else if (outcome?.status === 'kept-old') throw outcome.error
  }

  /** @param isAsked does somebody ask for it expressly? */
  #attempt(isAsked: boolean): ReloadOutcome {
    this.#isBusy = true
    try {
      return this.#replaceChanged(isAsked)
    } catch (error) {
      return this.#keepOld(reloadError(error, this.#target.path, this.#sources()))
    } finally {
      this.#isBusy = false
      this.#watching?.keepWatching(this.#graph.watchedPaths())
    }
  }

  #replaceChanged(isAsked: boolean): ReloadOutcome {
    const graph = this.#graph
    const { dependencies } = graph
    // A file that is wrong may be one that is still being written: a version that answers can wait.
    const isPatient = !isAsked && this.version > 0
    if (dependencies.look(this.#target, { isPatient })) this.#watching?.tellLater(patience)
    const wrong = this.#wrong()
    if (wrong !== undefined) return this.#keepOld(wrong)
    const planned = graph.plan(this.#target)
    if (this.version > 0 && planned.size === 0) {
      // Another one that is hot may depend on it as well, and have had it loaded anew.
      if (graph.liveVersion(this.#target.url) !== this.#shown) {
        this.#check(dependencies.exportsOf(this.#target))
        return this.#goLive([], [])
      }
      this.lastError = undefined
      return { status: 'unchanged', version: this.version }
    }
    // What has failed once fails again, unless something has changed. Who asks for it expressly may know better.
    if (this.#triedRevision === dependencies.files.revision && this.lastError !== undefined && !isAsked)
      return this.#keepOld(this.lastError)
    this.#triedRevision = dependencies.files.revision
    const { fresh, old } = graph.replace(this.#target, planned, {
      isDisposedFirst: this.#plan.handover === 'dispose-first',
      check: (exports) => this.#check(exports),
    })
    return this.#goLive(fresh, old)
  }

  #goLive(fresh: readonly Instance[], old: readonly Instance[]): ReloadOutcome {
    this.version++
    this.#shown = this.#graph.liveVersion(this.#target.url)
    this.lastError = undefined
    // It is made behind the first version of a module that shows only then what it is.
    ;(this.#facade as Facade | undefined)?.update(this.#shownExports())
    const leftovers = old.flatMap((instance) => instance.leftovers())
    const outcome = { status: 'reloaded', version: this.version, files: fresh.map(({ source }) => source.path), leftovers } as const
    warnOfLeftovers(this.#target.path, leftovers)
    if (this.version > 1) queueMicrotask(() => this.#events.emit('reload', outcome))
    return outcome
  }

  #keepOld(error: HotReloadError): ReloadOutcome {
    this.lastError = error
    const { revision } = this.#graph.dependencies.files
    if (this.version > 0 && revision !== this.#reportedRevision) {
      this.#reportedRevision = revision
      if (this.#events.listenerCount('error') > 0) queueMicrotask(() => this.#events.emit('error', error))
      else writeError(error, this.version)
    }
    return { status: 'kept-old', version: this.version, error }
  }

  /** @throws HotExportError at first, HotReloadError later */
  #check(exports: ReadonlyMap<string, Origin>): void {
    const missing = this.#plan.required.find((name) => !exports.has(name))
    if (missing === undefined) return
    const { path } = this.#target
    const cause: BroodError = new HotExportError(`${path} has no export "${missing}", which is required.`, { exportName: missing })
    if (this.version === 0) throw cause
    throw new HotReloadError(cause.message, { file: path }, { cause })
  }

  #makeFacade(): Facade {
    const whole = () => this.#exported()
    const exports = () => (this.#isRequired ? Object(whole()) : (this.#shown?.namespace ?? none)) as Namespace
    return new Facade(this.#gate, {
      label: basename(this.#target.path),
      isEvaluated: () => this.version > 0,
      whole,
      has: (name) => name in exports(),
      read: (name) => exports()[name],
    })
  }

  /** What the live version exports: a namespace, or what `require` gives. */
  #exported(): unknown {
    return this.#isRequired ? (this.#shown as ScriptInstance | undefined)?.exports : this.#shown?.namespace
  }

  #shownExports(): ReadonlyMap<string, Origin | undefined> {
    if (!this.#isRequired) return this.#graph.dependencies.exportsOf(this.#target)
    const names = this.version > 0 ? propertyNames(this.#exported()) : this.#namesInText()
    return new Map([...names].map((name) => [name, undefined]))
  }

  #namesInText(): ReadonlySet<string> {
    return new Set([...this.#graph.dependencies.exportsOf(this.#target).keys()].filter((name) => name !== 'default'))
  }

  /** Why the files cannot be understood as they are, new ones included. */
  #wrong(): HotReloadError | undefined {
    return this.#graph.dependencies.errorBelow(this.#target)
  }

  /** What is known of the module's files, its own first. */
  #sources(): readonly Source[] {
    const { dependencies } = this.#graph
    return dependencies
      .reach([this.#target])
      .toReversed()
      .flatMap((url) => dependencies.files.find(url) ?? [])
  }
}

/** What is there before the first version is. */
const none: Namespace = {}
