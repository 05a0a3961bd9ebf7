// The modules of this thread that are hot: which version of each is live, and how new ones become it.
import { type Follow, type Origin, resolveExports } from './exports.js'
import { evaluationOrder, type Node, planReload } from './graph.js'
import type { HotData } from './hot-context.js'
import { HotState } from './hot-state.js'
import { type Getter, Instance, type Neighbours } from './instance.js'
import { JsonInstance } from './json-instance.js'
import { ModuleInstance } from './module-instance.js'
import { loadNative, type Namespace } from './native-modules.js'
import { resolveImport } from './resolution.js'
import { ScriptInstance } from './script-instance.js'
import type { Source } from './source.js'
import { type LocalTarget, SourceFiles } from './source-files.js'
import { findTarget, type Locality, type Target, targetOf } from './target.js'

/** What a graph of modules is for. */
interface GraphOptions {
  /** Is called when something is to be looked at, though no file has changed, or when there are more files. */
  readonly onChange: () => void
  /** Do modules have `import.meta.hot`? @default true */
  readonly isHot?: boolean
  /** What stands for modules of these names. @default nothing */
  readonly substitutes?: ReadonlyMap<string, Namespace>
  /** A directory whose files are the modules' own, though it may be that of a package. @default none */
  readonly own?: string | undefined
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
  readonly files = new SourceFiles((specifier, parent) => this.resolve(specifier, parent))
  /** Paths that Node loads, by the option of that name. */
  readonly native = new Set<string>()
  /** The modules that somebody has made hot. */
  readonly roots = new Set<LocalTarget>()
  /** Those of them whose files are watched. */
  readonly watched = new Set<LocalTarget>()
  readonly #current = new Map<string, Instance>()
  readonly #data = new Map<string, HotData>()
  #transaction: Transaction | undefined
  readonly #onChange: () => void
  readonly #isHot: boolean
  readonly #substitutes: ReadonlyMap<string, Namespace>
  readonly #locality: Locality

  constructor({ onChange, isHot = true, substitutes = new Map(), own }: GraphOptions) {
    this.#onChange = onChange
    this.#isHot = isHot
    this.#substitutes = substitutes
    this.#locality = { native: this.native, own }
  }

  resolve(specifier: string, parent: string): Target {
    if (this.#substitutes.has(specifier)) return { kind: 'native', url: specifier }
    return findTarget(specifier, parent, resolveImport, this.#locality)
  }

  targetOf(file: string): Target {
    return targetOf(file, this.#locality)
  }

  substitute(specifier: string): Namespace | undefined {
    return this.#substitutes.get(specifier)
  }

  /** All that are live. */
  liveVersions(): readonly Instance[] {
    return [...this.#current.values()]
  }

  /** The live version of a module. */
  liveVersion(url: string): Instance | undefined {
    return this.#current.get(url)
  }

  /** The URLs of all that a module depends on, itself last. A file that cannot be understood depends on nothing. */
  reach(root: LocalTarget): readonly string[] {
    this.#readImports(root)
    return evaluationOrder(root.url, (url) => this.#neighboursOf(url))
  }

  /** The files that are to be watched. */
  watchedPaths(): readonly string[] {
    const urls = new Set([...this.watched].flatMap((root) => this.reach(root)))
    return [...urls].flatMap((url) => this.files.pathOf(url) ?? [])
  }

  /**
   * Looks whether files have changed that a module depends on, and those that it depends on by what they say now: they may have been read long ago, for
   * a version before.
   *
   * @param isPatient is one that is wrong and very young left for later?
   * @param only which of them, by their URLs. @default all
   * @returns was one left for later?
   */
  look(
    root: LocalTarget,
    { isPatient, only = () => true }: { readonly isPatient: boolean; readonly only?: (url: string) => boolean },
  ): boolean {
    const looked = new Set<string>()
    let isUnsettled = false
    for (;;) {
      const urls = this.reach(root).filter((url) => !looked.has(url) && only(url))
      if (urls.length === 0) return isUnsettled
      if (this.files.look(urls, isPatient)) isUnsettled = true
      for (const url of urls) looked.add(url)
    }
  }

  /** What a module exports, by the texts of the files. */
  exportsOf(target: LocalTarget): ReadonlyMap<string, Origin> {
    return resolveExports(this.#sourceOf(target), this.#follow)
  }

  /** The URLs of what Node is to load for a module. */
  nativesOf(root: LocalTarget): readonly string[] {
    return this.reach(root).flatMap((url) => {
      const source = this.files.find(url)
      return source?.format === 'module'
        ? source.imports.flatMap(({ target }) => (target.kind === 'native' && !this.#substitutes.has(target.url) ? target.url : []))
        : []
    })
  }

  /** Which modules must be evaluated anew for a module to be as its files say. Those that were never evaluated are not among them. */
  plan(root: LocalTarget): ReadonlySet<string> {
    const nodes = new Map<string, Node>()
    const changed: string[] = []
    for (const url of this.reach(root)) {
      const live = this.#current.get(url)
      nodes.set(url, { imports: this.#neighboursOf(url), isAccepting: live?.source.format === 'module' && live.hot.isAccepting })
      if (live !== undefined && (live.source !== this.files.find(url) || this.#isBehind(live))) changed.push(url)
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
      check(this.exportsOf(root))
      if (isDisposedFirst) this.#dispose([...planned].flatMap((url) => this.#current.get(url) ?? []))
      try {
        this.#evaluate(order, transaction)
        this.#evaluateAccepting(transaction)
        check(this.exportsOf(root))
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
    if (target.kind === 'native') return this.#native(target.url)
    return (this.#transaction?.fresh.get(target.url) ?? this.#current.get(target.url)) as Instance
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
    this.look(target, { isPatient: false, only: isNew })
    const error = this.reach(target).flatMap((url) => (isNew(url) ? (this.files.errorOf(url) ?? []) : []))[0]
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
      work(transaction)
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
    this.#readImports(root)
    const order = evaluationOrder(root.url, (url) => this.#staticImports(url).map((target) => target.url))
    const made: Instance[] = []
    for (const url of order) {
      if (transaction.fresh.has(url) || (this.#current.has(url) && !transaction.planned.has(url))) continue
      const instance = this.#make(this.#understood(url))
      transaction.fresh.set(url, instance)
      made.push(instance)
    }
    for (const instance of made) instance.link(this)
    // Namespaces are complete when all have declared what they export.
    for (const instance of made) instance.setExports(this.#gettersOf(instance.source))
    for (const { source } of made) this.#checkImports(source)
    return order
  }

  #make(source: Source): Instance {
    const data = this.#data.get(source.url) ?? {}
    this.#data.set(source.url, data)
    const hot = new HotState(data, this.#isHot, () => {
      this.files.touch(source.url)
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

  /** Reads all files that a module imports by its text. */
  #readImports(root: LocalTarget): void {
    const seen = new Set<string>()
    const waiting = [root]
    for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
      if (seen.has(target.url)) continue
      seen.add(target.url)
      this.files.read(target)
      waiting.push(...this.#staticImports(target.url))
    }
  }

  /** What it imports by its text, and what it has asked for while it ran. */
  #neighboursOf(url: string): readonly string[] {
    const asked = [...(this.#current.get(url)?.dependencies ?? [])].map(({ source }) => source.url)
    // An import that is not in its text any more is in its live version still.
    const live = this.#current.get(url)?.source
    const dropped = live?.format === 'module' ? new Set(localTargets(live).map((target) => target.url)) : new Set()
    return [...new Set([...this.#staticImports(url).map((target) => target.url), ...asked.filter((each) => !dropped.has(each))])]
  }

  #staticImports(url: string): readonly LocalTarget[] {
    const source = this.#sourceByUrl(url)
    return source?.format === 'module' ? localTargets(source) : []
  }

  #sourceOf(target: LocalTarget): Source {
    return this.#transaction?.sources.get(target.url) ?? this.files.get(target)
  }

  /** @throws HotReloadError where the file cannot be understood */
  #understood(url: string): Source {
    const source = this.#sourceByUrl(url)
    if (source === undefined) throw this.files.errorOf(url)
    return source
  }

  #sourceByUrl(url: string): Source | undefined {
    return this.#transaction?.sources.get(url) ?? this.files.find(url)
  }

  #native(url: string): Namespace {
    return this.#substitutes.get(url) ?? loadNative(url, this.#onChange)
  }

  readonly #follow: Follow = ({ target }) =>
    target.kind === 'native' ? { namespace: this.#native(target.url) } : { source: this.#sourceOf(target) }

  #gettersOf(source: Source): ReadonlyMap<string, Getter> {
    const getters = new Map<string, Getter>()
    for (const [name, origin] of resolveExports(source, this.#follow)) getters.set(name, this.#getterOf(source, name, origin))
    return getters
  }

  #getterOf(source: Source, name: string, { owner, name: theirs }: Origin): Getter {
    if (!isSource(owner)) return theirs === undefined ? () => owner : () => owner[theirs]
    const instance = this.find({ kind: 'local', url: owner.url, path: owner.path }) as Instance
    if (owner === source) return instance.getter(name)
    // By the namespace, which shows another version once the other module has accepted its changes.
    const { namespace } = instance
    return theirs === undefined ? () => namespace : () => namespace[theirs]
  }

  /** @throws SyntaxError as Node does where an import is of something that is not there */
  #checkImports(source: Source): void {
    if (source.format !== 'module') return
    const wanted = [...source.bindings, ...source.exports.flatMap((each) => ('from' in each ? each : []))]
    for (const { from, imported } of wanted) {
      const { specifier, target } = source.imports[from] as (typeof source.imports)[number]
      const found = this.find(target)
      if (imported === undefined || imported in (found instanceof Instance ? found.namespace : found)) continue
      const error = new SyntaxError(`The requested module '${specifier}' does not provide an export named '${imported}'`)
      error.stack = `${source.url}:${lineOf(source.text, specifier)}\n${String(error)}`
      throw error
    }
  }
}

function localTargets(source: Source & { readonly format: 'module' }): readonly LocalTarget[] {
  return source.imports.flatMap(({ target }) => (target.kind === 'local' ? target : []))
}

const isSource = (owner: Source | Namespace): owner is Source => Object.getPrototypeOf(owner) === Object.prototype

const lineOf = (text: string, part: string) => text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length

function warn({ source }: Instance, thrown: readonly unknown[]): void {
  for (const error of thrown) {
    process.emitWarning(`A callback that ${source.path} gave to its hot context has thrown: ${String((error as Error)?.stack ?? error)}`, {
      code: 'BROOD_HOT_CALLBACK',
    })
  }
}
