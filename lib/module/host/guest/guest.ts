// The side of the module: it loads it, calls its functions, and says what it has open.

import { recordThrown, reviveThrown } from '../../../process/error-record.js'
import type { AnyFunction, DefinedModule } from '../definition.js'
import { argumentsNotCloneable, clones, resultNotCloneable } from '../not-cloneable.js'
import type { FromModule, LoadRequest, ToModule } from '../wire.js'
import { type Account, readMemory } from './account.js'
import { exportNames, findDefinition, judgeDefinition, judgeFailure } from './find-definition.js'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Where a module runs, as far as it matters to what it does. */
export interface Surface {
  /** @throws Error where a part of the message cannot be cloned */
  send(message: FromModule): void
  /** Is the whole process the module's? */
  readonly hasProcess: boolean
  /** Begins to keep account of what the module opens. */
  account(): Account
  /** Evaluates the module. @param imports the functions of the host that it may call */
  load(url: string, imports: Offered): Promise<{ readonly default?: unknown }>
}

/** The functions of a host, by their names. */
export type Offered = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>

/** A module that is loaded here, for a host that is elsewhere. */
export class Guest {
  readonly #surface: Surface
  readonly #request: LoadRequest
  readonly #imports = new Map<number, Waiting>()
  #count = 0
  #definition: DefinedModule | undefined
  #account: Account | undefined

  constructor(surface: Surface, request: LoadRequest) {
    this.#surface = surface
    this.#request = request
  }

  /** Evaluates the module, and says what has become of that. It never rejects. */
  async load(): Promise<void> {
    const { url, imports, isTracked } = this.#request
    const offered = Object.fromEntries(imports.map((name) => [name, (...args: unknown[]) => this.#import(name, args)]))
    if (isTracked) this.#account = this.#surface.account()
    let namespace: { readonly default?: unknown }
    try {
      namespace = await this.#surface.load(url, offered)
    } catch (error) {
      this.#send({ type: 'not-loaded', fault: judgeFailure(error) })
      return
    }
    const definition = findDefinition(namespace)
    const fault = judgeDefinition(definition, this.#request)
    this.#definition = definition
    const { exports = {}, main } = definition ?? {}
    if (fault !== undefined) this.#send({ type: 'not-loaded', fault })
    else this.#send({ type: 'loaded', exports: exportNames(exports), hasMain: main !== undefined })
  }

  receive(message: ToModule): void {
    switch (message.type) {
      case 'call':
        this.#call(message.id, message.name, message.args)
        break
      case 'returned':
        this.#takeImport(message.id)?.resolve(message.value)
        break
      case 'thrown':
        this.#takeImport(message.id)?.reject(reviveThrown(message.record))
        break
      case 'unload':
        void this.#unload(message.id)
        break
      default:
    }
  }

  #send(message: FromModule): void {
    this.#surface.send(message)
  }

  #call(id: number, name: string | null, args: readonly unknown[]): void {
    const { exports = {}, main } = this.#definition as DefinedModule
    try {
      // As a method: exports may be an instance of a class.
      const result =
        name === null ? Reflect.apply(main as AnyFunction, undefined, args) : (exports as Record<string, AnyFunction>)[name]?.(...args)
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => this.#return(id, name, value),
          (error: unknown) => this.#throw(id, error),
        )
      } else this.#return(id, name, result)
    } catch (error) {
      this.#throw(id, error)
    }
  }

  #return(id: number, name: string | null, value: unknown): void {
    try {
      this.#send({ type: 'returned', id, value })
    } catch (cause) {
      this.#throw(id, resultNotCloneable(`${name ?? 'main'}()`, value, cause))
    }
  }

  #throw(id: number, error: unknown): void {
    this.#send({ type: 'thrown', id, record: recordThrown(error, clones) })
  }

  #import(name: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#count
    return new Promise((resolve, reject) => {
      // A host in this thread answers at once.
      this.#imports.set(id, { resolve, reject })
      try {
        this.#send({ type: 'import', id, name, args })
      } catch (cause) {
        this.#imports.delete(id)
        reject(argumentsNotCloneable(`imports.${name}()`, args, cause))
      }
    })
  }

  #takeImport(id: number): Waiting | undefined {
    const waiting = this.#imports.get(id)
    this.#imports.delete(id)
    return waiting
  }

  async #unload(id: number): Promise<void> {
    this.#send({ type: 'unloading', id })
    try {
      await this.#definition?.beforeUnload?.()
    } catch (error) {
      this.#send({ type: 'not-unloaded', id, record: recordThrown(error, clones) })
      return
    }
    const nothing = { leftovers: [], memory: readMemory(this.#surface.hasProcess), descriptors: null }
    this.#send({ type: 'open', id, open: (await this.#account?.read()) ?? nothing })
  }

  /** Forgets the module. */
  drop(): void {
    this.#account?.close()
    this.#account = undefined
    this.#definition = undefined
    this.#imports.clear()
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { then?: unknown }).then === 'function'
