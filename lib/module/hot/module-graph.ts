// The modules of this thread that are hot: which version of each is live, and how new ones become it.
import { Dependencies, type DependenciesOptions } from './dependencies.js'
import type { Origin } from './exports.js'
import { type Node, planReload } from './graph.js'
import type { HotData } from './hot-context.js'
import { HotState } from './hot-state.js'
import type { Instance, Neighbours } from './instance.js'
import { JsonInstance } from './json-instance.js'
import { checkImports, gettersOf } from './linking.js'
import { ModuleInstance } from './module-instance.js'
import type { Namespace } from './native-modules.js'
import { ScriptInstance } from './script-instance.js'
import type { Source } from './source.js'
import type { LocalTarget, Target } from './target.js'

/** What a graph of modules is for. */
interface GraphOptions extends Omit<DependenciesOptions, 'liveVersion'> {
  /** Do modules have `import.meta.hot`? @default true */
  readonly isHot?: boolean
}

/** How modules are to be replaced. */
interface Replacing {
  readonly isDisposedFirst: boolean
  /** Looks at what the root exports, before it is evaluated and after. @throws to have everything left as it is */
  readonly check: (exports: ReadonlyMap<string, Origin>) => void
}

/** What has replaced what. */
export interface Replaced {
  /** In the order in which they were evaluated. */
  readonly fresh: readonly Instance[]
  /** The old versions. */
  readonly old: readonly Instance[]
}

/** Versions that become the live ones together, or not at all. */
class Transaction {
  readonly planned: ReadonlySet<string>
  /** What the files of modules are taken to say, where that is not what they say now. */
  readonly sources: ReadonlyMap<string, Source>
  readonly fresh = new Map<string, Instance>()
  readonly evaluated: Instance[] = []

  constructor(planned: ReadonlySet<string> = new Set(), sources: ReadonlyMap<string, Source> = new Map()) {
    this.planned = planned
    this.sources = sources
  }
}

export class ModuleGraph implements Neighbours {
  readonly dependencies: Dependencies
  /** The modules that somebody has made hot. */
  readonly roots = new Set<LocalTarget>()
  /** Those of them whose files are watched. */
  readonly watched = new Set<LocalTarget>()
  readonly #current = new Map<string, Instance>()
  readonly #data = new Map<string, HotData>()
  #transaction: Transaction | undefined
  readonly #onChange: () => void
  readonly #isHot: boolean

  constructor({ isHot = true, ...options }: GraphOptions) {
    this.dependencies = new Dependencies({ ...options, liveVersion: (url) => this.#current.get(url) })
    this.#onChange = options.onChange
    this.#isHot = isHot
  }

  /** All that are live. */
  liveVersions(): readonly Instance[] {
    return [...this.#current.values()]
  }

  /** The live version of a module. */
  liveVersion(url: string): Instance | undefined {
    return this.#current.get(url)
  }

  /** The files that are to be watched. */
  watchedPaths(): readonly string[] {
    return this.dependencies.pathsOf(this.watched)
  }

  /** Which modules must be evaluated anew for a module to be as its files say. Those that were never evaluated are not among them. */
  plan(root: LocalTarget): ReadonlySet<string> {
    const nodes = new Map<string, Node>()
    const changed: string[] = []
    for (const url of this.dependencies.reach([root])) {
      const live = this.#current.get(url)
      nodes.set(url, {
        imports: this.dependencies.neighboursOf(url),
        isAccepting: live?.source.format === 'module' && live.hot.isAccepting,
      })
      if (live !== undefined && (live.source !== this.dependencies.files.find(url) || this.#isBehind(live))) changed.push(url)
    }
    // What was never evaluated changes nobody who has been.
    return new Set([...planReload(nodes, changed)].filter((url) => this.#current.has(url)))
  }

  /**
   * Evaluates what is planned, and what was never evaluated. It goes live when all of it is up; where something throws, everything stays as it is.
   *
   * @throws what a module throws; HotReloadError
   */
  replace(root: LocalTarget, planned: ReadonlySet<string>, { isDisposedFirst, check }: Replacing): Replaced {
    const work = (transaction: Transaction) => {
      const order = this.#link(root, transaction)
      check(this.dependencies.exportsOf(root))
      if (isDisposedFirst) this.#dispose([...planned].flatMap((url) => this.#current.get(url) ?? []))
      try {
        this.#evaluate(order, transaction)
        this.#evaluateAccepting(transaction)
        check(this.dependencies.exportsOf(root))
      } catch (error) {
        if (isDisposedFirst) this.#restore(root, transaction)
        throw error
      }
    }
    const replaced = this.#run(new Transaction(planned), work, isDisposedFirst)
    this.#prune()
    return replaced
  }

  /** The version of a module that belongs to what is being linked, or what Node has. */
  find(target: Target): Instance | Namespace {
    if (target.kind === 'native') return this.dependencies.nativeModule(target.url)
    return (this.#transaction?.fresh.get(target.url) ?? this.#current.get(target.url)) as Instance
  }

  resolve(specifier: string, parent: string): Target {
    return this.dependencies.resolve(specifier, parent)
  }

  targetOf(file: string): Target {
    return this.dependencies.targetOf(file)
  }

  substitute(specifier: string): Namespace | undefined {
    return this.dependencies.substitute(specifier)
  }

  /** A module that is asked for by a call, of `require` or `import()`. @throws what it throws */
  load(target: Target, importer: Instance): Instance {
    const transaction = this.#transaction
    const local = target as LocalTarget
    const isReplaced = transaction?.planned.has(local.url) === true
    const known = transaction?.fresh.get(local.url) ?? (isReplaced ? undefined : this.#current.get(local.url))
    if (known !== undefined && (known.isStarted || transaction === undefined)) {
      importer.dependencies.add(known)
      return known
    }
    this.#checkReadable(local, importer)
    if (transaction === undefined) this.#run(new Transaction(), (own) => this.#evaluate(this.#link(local, own), own), false)
    else this.#loadWithin(local, transaction)
    const instance = this.find(local) as Instance
    importer.dependencies.add(instance)
    this.#onChange()
    return instance
  }

  /**
   * Looks at the files of what is asked for now: they may have come, or become right, since they were asked for before.
   *
   * @throws Error `ERR_MODULE_NOT_FOUND` as Node does where one is not there: it may be one that need not be; HotReloadError where one is wrong
   */
  #checkReadable(target: LocalTarget, importer: Instance): void {
    const isNew = (url: string) => !this.#current.has(url) && this.#transaction?.fresh.has(url) !== true
    this.dependencies.look(target, { isPatient: false, only: isNew })
    const error = this.dependencies.errorBelow(target, isNew)
    if (error === undefined) return
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') throw error
    const text = `Cannot find module '${error.file}' imported from ${importer.source.path}`
    throw Object.assign(new Error(text, { cause: error }), { code: 'ERR_MODULE_NOT_FOUND', url: target.url })
  }

  /** Who imports it may catch what it throws, and ask for it once more. */
  #loadWithin(target: LocalTarget, transaction: Transaction): void {
    const before = new Set(transaction.fresh.keys())
    try {
      this.#evaluate(this.#link(target, transaction), transaction)
    } catch (error) {
      for (const [url, instance] of transaction.fresh) {
        if (before.has(url)) continue
        transaction.fresh.delete(url)
        instance.withdraw()
      }
      throw error
    }
  }

  #run(transaction: Transaction, work: (transaction: Transaction) => void, isDisposed: boolean): Replaced {
    const outer = this.#transaction
    this.#transaction = transaction
    try {
      // Of this transaction alone: what is replaced in the middle of it is as its files say.
      this.dependencies.pin(transaction.sources, () => work(transaction))
    } catch (error) {
      for (const instance of transaction.evaluated.toReversed()) instance.withdraw()
      throw error
    } finally {
      this.#transaction = outer
    }
    return this.#commit(transaction, isDisposed)
  }

  /** Makes the versions that a module needs and has not, and connects them. @returns the order of evaluation */
  #link(root: LocalTarget, transaction: Transaction): readonly string[] {
    const order = this.dependencies.evaluationOrder(root)
    const made: Instance[] = []
    for (const url of order) {
      if (transaction.fresh.has(url) || (this.#current.has(url) && !transaction.planned.has(url))) continue
      const instance = this.#make(this.dependencies.understood(url))
      transaction.fresh.set(url, instance)
      made.push(instance)
    }
    for (const instance of made) instance.link(this)
    // Namespaces are complete when all have declared what they export.
    const find = (target: Target) => this.find(target)
    for (const instance of made) instance.setExports(gettersOf(instance.source, this.dependencies.exportsOfSource(instance.source), find))
    for (const { source } of made) checkImports(source, find)
    return order
  }

  #make(source: Source): Instance {
    const data = this.#data.get(source.url) ?? {}
    this.#data.set(source.url, data)
    const hot = new HotState(data, this.#isHot, () => {
      this.dependencies.files.touch(source.url)
      this.#onChange()
    })
    if (source.format === 'module') return new ModuleInstance(source, hot)
    return source.format === 'commonjs' ? new ScriptInstance(source, hot) : new JsonInstance(source, hot)
  }

  #evaluate(order: readonly string[], transaction: Transaction): void {
    for (const url of order) {
      const instance = transaction.fresh.get(url)
      if (instance === undefined || instance.isStarted) continue
      transaction.evaluated.push(instance)
      instance.evaluate()
    }
  }

  /** What takes its own changes in, and was asked for by a call, is imported by none that is evaluated now. */
  #evaluateAccepting(transaction: Transaction): void {
    for (const url of transaction.planned) {
      const live = this.#current.get(url)
      if (transaction.fresh.has(url) || live?.hot.isAccepting !== true) continue
      this.#evaluate(this.#link({ kind: 'local', url, path: live.source.path }, transaction), transaction)
    }
  }

  #commit({ fresh, evaluated }: Transaction, isDisposed: boolean): Replaced {
    const old: Instance[] = []
    for (const [url, instance] of fresh) {
      const before = this.#current.get(url)
      this.#current.set(url, instance)
      if (before === undefined) continue
      old.push(before)
      if (before.hot.isAccepting) this.#accept(before, instance)
    }
    old.reverse()
    if (!isDisposed) this.#dispose(old)
    return { fresh: evaluated, old }
  }

  /** Those that still import the old version have the new one from now on. */
  #accept(before: Instance, instance: Instance): void {
    instance.replace(before)
    for (const importer of this.#current.values()) if (importer.dependencies.delete(before)) importer.dependencies.add(instance)
    warn(before, before.hot.tellAccepted(instance.namespace))
  }

  #dispose(instances: readonly Instance[]): readonly Instance[] {
    for (const instance of instances) warn(instance, instance.hot.dispose())
    return instances
  }

  /** The new version has failed when the old one was disposed already: that one is made once more, of its own text. */
  #restore(root: LocalTarget, failed: Transaction): void {
    for (const instance of failed.evaluated.toReversed()) instance.withdraw()
    const sources = new Map<string, Source>()
    for (const url of failed.planned) sources.set(url, (this.#current.get(url) as Instance).source)
    try {
      this.#run(new Transaction(failed.planned, sources), (own) => this.#evaluate(this.#link(root, own), own), true)
    } catch {
      // It has failed as well. What is left of it answers.
    }
  }

  /** What no hot module imports any more is disposed. */
  #prune(): void {
    const kept = new Set<Instance>()
    const waiting = [...this.roots].flatMap(({ url }) => this.#current.get(url) ?? [])
    for (let instance = waiting.pop(); instance !== undefined; instance = waiting.pop()) {
      if (kept.has(instance)) continue
      kept.add(instance)
      waiting.push(...instance.dependencies)
    }
    for (const [url, instance] of this.#current) {
      if (kept.has(instance)) continue
      this.#current.delete(url)
      this.#dispose([instance])
    }
  }

  /** Has a version imported one that is not the live one any more? */
  #isBehind(instance: Instance): boolean {
    for (const each of instance.dependencies) if (this.#current.get(each.source.url) !== each) return true
    return false
  }
}

function warn({ source }: Instance, thrown: readonly unknown[]): void {
  for (const error of thrown) {
    process.emitWarning(`A callback that ${source.path} gave to its hot context has thrown: ${String((error as Error)?.stack ?? error)}`, {
      code: 'BROOD_HOT_CALLBACK',
    })
  }
}
