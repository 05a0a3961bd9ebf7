// What leads where among the modules of a thread: by what their files say, and by what their live versions have asked for.
import { type Follow, type Origin, resolveExports } from './exports.js'
import { evaluationOrder } from './graph.js'
import type { Instance } from './instance.js'
import { loadNative, type Namespace } from './native-modules.js'
import { resolveImport } from './resolution.js'
import type { Source } from './source.js'
import { SourceFiles } from './source-files.js'
import { findTarget, type Locality, type LocalTarget, type Target, targetOf } from './target.js'

export interface DependenciesOptions {
  /** The live version of a module. */
  readonly liveVersion: (url: string) => Instance | undefined
  /** Is called when there may be more to look at, though no file has changed. */
  readonly onChange: () => void
  /** What stands for modules of these names. @default nothing */
  readonly substitutes?: ReadonlyMap<string, Namespace> | undefined
  /** A directory whose files are the modules' own, though it may be that of a package. @default none */
  readonly own?: string | undefined
}

export class Dependencies {
  readonly files: SourceFiles
  /** Paths that Node loads, by the option of that name. */
  readonly native = new Set<string>()
  readonly #liveVersion: (url: string) => Instance | undefined
  readonly #onChange: () => void
  readonly #substitutes: ReadonlyMap<string, Namespace>
  readonly #locality: Locality
  #pinned: ReadonlyMap<string, Source> = new Map()

  constructor({ liveVersion, onChange, substitutes = new Map(), own }: DependenciesOptions) {
    this.files = new SourceFiles((specifier, parent) => this.resolve(specifier, parent))
    this.#liveVersion = liveVersion
    this.#onChange = onChange
    this.#substitutes = substitutes
    this.#locality = { native: this.native, own }
  }

  /** Where an import leads. */
  resolve(specifier: string, parent: string): Target {
    if (this.#substitutes.has(specifier)) return { kind: 'native', url: specifier }
    return findTarget(specifier, parent, resolveImport, this.#locality)
  }

  targetOf(file: string): Target {
    return targetOf(file, this.#locality)
  }

  /** What stands for a module of this name, if anything does. */
  substitute(specifier: string): Namespace | undefined {
    return this.#substitutes.get(specifier)
  }

  /** What Node has loaded. */
  nativeModule(url: string): Namespace {
    return this.#substitutes.get(url) ?? loadNative(url, this.#onChange)
  }

  /** The URLs of all that modules depend on, each behind what it depends on. A file that cannot be understood depends on nothing. */
  reach(roots: Iterable<LocalTarget>): readonly string[] {
    const from = [...roots]
    this.#readImports(from)
    return evaluationOrder(
      from.map(({ url }) => url),
      (url) => this.neighboursOf(url),
    )
  }

  pathsOf(roots: Iterable<LocalTarget>): readonly string[] {
    return this.reach(roots).flatMap((url) => this.files.pathOf(url) ?? [])
  }

  /** The URLs of what a module imports by its text, each behind what it imports. */
  evaluationOrder(root: LocalTarget): readonly string[] {
    this.#readImports([root])
    return evaluationOrder([root.url], (url) => this.#importsOf(url).map((target) => target.url))
  }

  /** What it imports by its text, and what it has asked for while it ran. */
  neighboursOf(url: string): readonly string[] {
    const urls = new Set<string>()
    for (const target of this.#importsOf(url)) urls.add(target.url)
    const live = this.#liveVersion(url)
    const asked = [...(live?.dependencies ?? [])].filter(({ source }) => !urls.has(source.url))
    if (asked.length > 0) {
      // An import that is not in its text any more is in its live version still.
      const dropped = new Set(live?.source.format === 'module' ? live.source.local.map((target) => target.url) : [])
      for (const { source } of asked) if (!dropped.has(source.url)) urls.add(source.url)
    }
    return [...urls]
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
      const urls = this.reach([root]).filter((url) => !looked.has(url) && only(url))
      if (urls.length === 0) return isUnsettled
      if (this.files.look(urls, isPatient)) isUnsettled = true
      for (const url of urls) looked.add(url)
    }
  }

  /** Why one of the files that a module depends on cannot be understood as it is now. */
  errorBelow(root: LocalTarget, isAsked: (url: string) => boolean = () => true): ReturnType<SourceFiles['errorOf']> {
    for (const url of this.reach([root])) {
      const error = isAsked(url) ? this.files.errorOf(url) : undefined
      if (error !== undefined) return error
    }
    return undefined
  }

  /** The URLs of what Node is to load for a module. */
  nativesOf(root: LocalTarget): readonly string[] {
    return this.reach([root]).flatMap((url) => {
      const source = this.files.find(url)
      return source?.format === 'module'
        ? source.imports.flatMap(({ target }) => (target.kind === 'native' && !this.#substitutes.has(target.url) ? target.url : []))
        : []
    })
  }

  /** What a module exports, by the texts of the files. */
  exportsOf(target: LocalTarget): ReadonlyMap<string, Origin> {
    return this.exportsOfSource(this.#sourceOf(target))
  }

  exportsOfSource(source: Source): ReadonlyMap<string, Origin> {
    return resolveExports(source, this.#follow)
  }

  /** @throws HotReloadError where the file cannot be understood */
  understood(url: string): Source {
    const source = this.#findSource(url)
    if (source === undefined) throw this.files.errorOf(url)
    return source
  }

  /** While something works, files are taken to say this, whatever they say by now. */
  pin<Result>(sources: ReadonlyMap<string, Source>, work: () => Result): Result {
    const before = this.#pinned
    this.#pinned = sources
    try {
      return work()
    } finally {
      this.#pinned = before
    }
  }

  /** Reads all files that modules import by their texts. */
  #readImports(roots: readonly LocalTarget[]): void {
    const seen = new Set<string>()
    const waiting = [...roots]
    for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
      if (seen.has(target.url)) continue
      seen.add(target.url)
      this.files.read(target)
      waiting.push(...this.#importsOf(target.url))
    }
  }

  #importsOf(url: string): readonly LocalTarget[] {
    const source = this.#findSource(url)
    return source?.format === 'module' ? source.local : []
  }

  #sourceOf(target: LocalTarget): Source {
    return this.#pinned.get(target.url) ?? this.files.get(target)
  }

  #findSource(url: string): Source | undefined {
    return this.#pinned.get(url) ?? this.files.find(url)
  }

  readonly #follow: Follow = ({ target }) =>
    target.kind === 'native' ? { namespace: this.nativeModule(target.url) } : { source: this.#sourceOf(target) }
}
