import { dirname } from 'node:path'
import { compile } from './compile.js'
import { type Getter, Instance, type Neighbours } from './instance.js'
import type { Namespace } from './native-modules.js'
import type { ModuleSource, ResolvedImport } from './source.js'

type Getters = Readonly<Record<string, Getter>>

/** One version of an ES module. */
export class ModuleInstance extends Instance<ModuleSource> {
  #body: Iterator<void> | undefined
  #exposed: Getters = {}

  link(neighbours: Neighbours): void {
    const { body, prefixLength, names, imports, url } = this.source
    const parameters = [names.meta, names.load, names.expose, names.timers, ...imports.map((_, index) => names.imported(index))]
    const make = compile(body, parameters, { filename: url, prefixLength })
    const expose = (getters: Getters) => {
      this.#exposed = getters
    }
    const generator = make(
      this.#makeMeta(neighbours),
      this.#makeImport(neighbours),
      expose,
      this.timers,
      ...imports.map((each) => this.#imported(each, neighbours)),
    ) as () => Iterator<void>
    this.#body = generator()
    // Up to where everything is declared.
    this.#body.next()
  }

  override getter(name: string): Getter {
    return this.#exposed[name] as Getter
  }

  protected run(): void {
    this.#body?.next()
    this.#body = undefined
  }

  #imported({ target }: ResolvedImport, neighbours: Neighbours): Namespace {
    const found = neighbours.find(target)
    if (!(found instanceof Instance)) return found
    this.dependencies.add(found)
    return found.namespace
  }

  #makeMeta(neighbours: Neighbours): object {
    const { url, path } = this.source
    const meta = Object.create(null) as Record<string, unknown>
    meta.dirname = dirname(path)
    meta.filename = path
    // Where Node has it.
    if ('main' in import.meta) meta.main = false
    meta.resolve = (specifier: string) => neighbours.resolve(specifier, url).url
    meta.url = url
    if (this.hot.context !== undefined) meta.hot = this.hot.context
    return meta
  }

  #makeImport(neighbours: Neighbours): (specifier: unknown, options?: unknown) => Promise<unknown> {
    // Asynchronous, so that whatever goes wrong is a rejection.
    return async (specifier) => {
      const target = neighbours.resolve(String(specifier), this.source.url)
      if (target.kind === 'native') return neighbours.substitute(target.url) ?? (await import(target.url))
      return neighbours.load(target, this).namespace
    }
  }
}
