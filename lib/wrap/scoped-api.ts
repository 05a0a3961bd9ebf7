type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Makes one call, with whatever is to be in force while it lasts. */
type Within = <Result>(call: () => Result) => Result

/**
 * Copies a module that starts processes, so that each call through the copy is made `within` something.
 *
 * Functions are followed through their own properties (`cross-spawn`'s `spawn.sync`, `exec[util.promisify.custom]`), and
 * a module through its `default`.
 */
export function scopeApi<Api extends object>(api: Api, within: Within): Api {
  return new Scope(within).copy(api) as Api
}

class Scope {
  readonly #within: Within
  readonly #copies = new Map<object, object>()
  readonly #originals = new Map<unknown, unknown>()

  constructor(within: Within) {
    this.#within = within
  }

  copy(original: object): object {
    const known = this.#copies.get(original)
    if (known !== undefined) return known
    const copy = typeof original === 'function' ? this.#scoped(original as AnyFunction) : Object.create(Object.getPrototypeOf(original))
    this.#copies.set(original, copy)
    this.#originals.set(copy, original)
    for (const key of Reflect.ownKeys(original)) this.#copyProperty(original, copy, key)
    return copy
  }

  #copyProperty(original: object, copy: object, key: PropertyKey): void {
    const descriptor = Reflect.getOwnPropertyDescriptor(original, key) as PropertyDescriptor
    // Compiled modules export by getters, some of which load what they give.
    if (descriptor.get === undefined) descriptor.value = this.#copyValue(descriptor.value, key)
    else descriptor.get = () => this.#copyValue(Reflect.get(original, key), key)
    Reflect.defineProperty(copy, key, descriptor)
  }

  #copyValue(value: unknown, key: PropertyKey): unknown {
    if (typeof value === 'function' || (key === 'default' && typeof value === 'object' && value !== null)) return this.copy(value)
    return value
  }

  #scoped(original: AnyFunction): AnyFunction {
    const call = (self: unknown, args: unknown[]) => this.#within(() => Reflect.apply(original, this.#originals.get(self) ?? self, args))
    const construct = (args: unknown[], target: AnyFunction) => this.#construct(original, args, target)
    return function scoped(this: unknown, ...args: unknown[]): unknown {
      if (new.target === undefined) return call(this, args)
      return construct(args, new.target === scoped ? original : new.target)
    }
  }

  /** A `ChildProcess` that is made through the copy starts its process through the copy, too. */
  #construct(original: AnyFunction, args: unknown[], target: AnyFunction): object {
    const instance = this.#within(() => Reflect.construct(original, args, target) as { spawn?: unknown })
    if (typeof instance.spawn === 'function') {
      const spawn = this.#scoped(instance.spawn as AnyFunction)
      Object.defineProperty(instance, 'spawn', { value: spawn, configurable: true, enumerable: false, writable: true })
    }
    return instance
  }
}
