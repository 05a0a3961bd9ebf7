import { createRequire, isBuiltin, Module } from 'node:module'
import { dirname } from 'node:path'
import { compile } from './compile.js'
import { type Getter, Instance, type Neighbours } from './instance.js'
import { JsonInstance } from './json-instance.js'
import type { Namespace } from './native-modules.js'
import type { ScriptSource } from './source.js'

const parameters: readonly string[] = ['exports', 'require', 'module', '__filename', '__dirname']

/** What Node's own modules have, and types do not tell. */
const loader = Module as unknown as { _nodeModulePaths(directory: string): string[] }

type HotModule = NodeJS.Module & { hot?: unknown }

/** One version of a CommonJS module. */
export class ScriptInstance extends Instance<ScriptSource> {
  readonly #module: HotModule
  #run: (() => void) | undefined

  constructor(...state: ConstructorParameters<typeof Instance<ScriptSource>>) {
    super(...state)
    const { path } = this.source
    this.#module = new Module(path)
    Object.assign(this.#module, { filename: path, paths: loader._nodeModulePaths(dirname(path)) })
    if (this.hot.context !== undefined) this.#module.hot = this.hot.context
  }

  /** What `require` of it gives: whatever it is by now. */
  get exports(): unknown {
    return this.#module.exports
  }

  link(neighbours: Neighbours): void {
    const { rewritten, path } = this.source
    const own = (this.#module as { exports: unknown }).exports
    const { load, timers } = rewritten.names
    const run = compile(rewritten.text, [...parameters, load, timers], { filename: path })
    const require = this.#makeRequire(neighbours)
    this.#module.require = require
    this.#run = () => {
      run.call(own, own, require, this.#module, path, dirname(path), this.#makeImport(neighbours), this.timers)
      this.#module.loaded = true
    }
  }

  override getter(name: string): Getter {
    return name === 'default' ? () => this.exports : () => (this.exports as Namespace | null | undefined)?.[name]
  }

  protected run(): void {
    this.#run?.()
    this.#run = undefined
  }

  #makeRequire(neighbours: Neighbours): NodeJS.Require {
    const native = createRequire(this.source.path)
    const require = (specifier: string): unknown => {
      const substitute = neighbours.substitute(specifier)
      if (substitute !== undefined) return substitute
      const file = isBuiltin(specifier) ? undefined : native.resolve(specifier)
      if (file === undefined || isBuiltin(file)) return native(specifier)
      const target = neighbours.targetOf(file)
      return target.kind === 'native' ? native(specifier) : required(neighbours.load(target, this))
    }
    return Object.assign(require, { resolve: native.resolve, cache: native.cache, extensions: native.extensions, main: native.main })
  }

  #makeImport(neighbours: Neighbours): (specifier: unknown) => Promise<unknown> {
    return async (specifier) => {
      const target = neighbours.resolve(String(specifier), this.source.url)
      if (target.kind === 'native') return neighbours.substitute(target.url) ?? (await import(target.url))
      return neighbours.load(target, this).namespace
    }
  }
}

/** What `require` gives of a module: of an ES module its namespace, marked as compilers mark theirs, as Node does it. */
function required(instance: Instance): unknown {
  if (instance instanceof ScriptInstance) return instance.exports
  const { namespace } = instance
  if (instance instanceof JsonInstance) return namespace.default
  if ('module.exports' in namespace) return namespace['module.exports']
  if (!('default' in namespace) || '__esModule' in namespace) return namespace
  const marked = Object.create(null, Object.getOwnPropertyDescriptors(namespace)) as object
  return Object.defineProperty(marked, '__esModule', { value: true, enumerable: true })
}
