// What hot() returns: an object whose functions stay the same, whatever version answers.
import { HotExportError } from './errors.js'
import type { Origin } from './exports.js'
import { namespaceLike } from './namespace-like.js'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Asked at each call: has anything changed? */
export interface Gate {
  /** Written by another thread: a place in memory that both have. */
  flags: Int32Array
  /** What the flag was when files were last looked at. */
  seen: number
  /** Looks at the files, and loads what has changed. */
  refresh(): void
}

/** Where the exports of a module are. */
export interface Exported {
  /** How the module is called in errors. */
  readonly label: string
  /** Is it evaluated? */
  readonly isEvaluated: () => boolean
  /** All that it exports, by now. */
  readonly whole: () => unknown
  /** What an export is by now. */
  readonly read: (name: string) => unknown
  readonly has: (name: string) => boolean
}

/** The function that stands for an export, and what it calls. */
interface Stable {
  readonly entry: { call: AnyFunction }
  readonly function: AnyFunction
}

/** The exports of a module, as its callers have them. */
export class Facade {
  readonly object: object
  readonly #stable = new Map<string, Stable>()
  readonly #gate: Gate
  readonly #exported: Exported

  constructor(gate: Gate, exported: Exported) {
    this.#gate = gate
    this.#exported = exported
    const { whole, label } = exported
    this.object = typeof whole() === 'function' ? makeStable(gate, { call: makeLive(whole, label) }) : namespaceLike()
  }

  /** Has the object show what the module exports now. */
  update(exports: ReadonlyMap<string, Origin | undefined>): void {
    const { isEvaluated, read } = this.#exported
    for (const name of [...exports.keys()].sort()) {
      const origin = exports.get(name)
      const isConstant = origin?.name !== undefined && origin.isConstant
      const isFunction = isEvaluated() ? isConstant && isPlainFunction(read(name)) : isConstant && origin.kind === 'function'
      if (isFunction) this.#showFunction(name, isEvaluated() ? (read(name) as AnyFunction) : undefined)
      else this.#showLive(name)
    }
    for (const name of Object.keys(this.object)) if (!exports.has(name)) this.#showGone(name)
    makeFast(this.object)
    const all = this.#exported.whole()
    if (typeof this.object === 'function' && typeof all === 'function') resemble(this.object as AnyFunction, all as AnyFunction)
  }

  /** The function that stands for an export, the same for ever. */
  stableFunction(name: string): Stable {
    let stable = this.#stable.get(name)
    if (stable === undefined) {
      const entry = { call: this.#makeLive(name) }
      stable = { entry, function: makeStable(this.#gate, entry) }
      Object.defineProperty(stable.function, 'name', { value: name, configurable: true })
      Object.setPrototypeOf(stable.function, this.#makeLiveProperties(name))
      this.#stable.set(name, stable)
    }
    return stable
  }

  /** An export that will stay what it is, until the next version. */
  #showFunction(name: string, value: AnyFunction | undefined): void {
    const { entry, function: stable } = this.stableFunction(name)
    entry.call = value ?? this.#makeLive(name)
    if (value !== undefined) resemble(stable, value)
    Object.defineProperty(this.object, name, { value: stable, writable: false, enumerable: true, configurable: true })
  }

  /** One that may be something else each time, or no function. */
  #showLive(name: string): void {
    const known = this.#stable.get(name)
    if (known !== undefined) known.entry.call = this.#makeLive(name)
    let lately: unknown = gone
    const get = () => {
      // It may be shown in another way by now.
      if (this.#look()) return Reflect.get(this.object, name) as unknown
      const value = this.#exported.read(name)
      // To tell a function from a class takes longer than most calls.
      if (value === lately) return this.stableFunction(name).function
      if (!isPlainFunction(value)) return value
      const stable = this.stableFunction(name)
      lately = value
      stable.entry.call = this.#makeLive(name)
      resemble(stable.function, value)
      return stable.function
    }
    Object.defineProperty(this.object, name, { get, enumerable: true, configurable: true })
  }

  /** Callers may have the function still: it says what has become of it. */
  #showGone(name: string): void {
    const stable = this.#stable.get(name)
    if (stable === undefined) Reflect.deleteProperty(this.object, name)
    else this.#showFunction(name, undefined)
  }

  /** @returns has anything been looked at? While a module is evaluated nothing is. */
  #look(): boolean {
    const gate = this.#gate
    const { seen } = gate
    if (gate.flags[0] === seen) return false
    gate.refresh()
    return gate.seen !== seen
  }

  /**
   * A function may have properties of its own, and inherit others: who looks for them in the stable one finds those of the live one, and changes those.
   */
  #makeLiveProperties(name: string): object {
    const { isEvaluated, read } = this.#exported
    const find = (key: string | symbol) => {
      // What every function has is no reason to evaluate the module.
      if (!isEvaluated() && (typeof key === 'symbol' || key in Function.prototype)) return Function.prototype
      this.#look()
      const value = read(name)
      return typeof value === 'function' ? value : Function.prototype
    }
    return new Proxy(Object.create(Function.prototype) as object, {
      // V8 does not say by itself that it is a function, where it has to ask a proxy.
      get: (_, key) => (Reflect.get(find(key), key) as unknown) ?? (key === Symbol.toStringTag ? 'Function' : undefined),
      set: (_, key, value) => Reflect.set(find(key), key, value),
      has: (_, key) => Reflect.has(find(key), key),
    })
  }

  #makeLive(name: string): AnyFunction {
    const { read, has, label, whole } = this.#exported
    const find = () => (has(name) ? read(name) : gone)
    const live = makeLive(find, `${name} of ${label}`, name)
    const { object } = this
    // A method finds the object that it belongs to.
    return function method(this: unknown, ...args) {
      if (new.target !== undefined) return Reflect.construct(live, args, new.target === method ? live : new.target)
      return Reflect.apply(live, this === object ? whole() : this, args)
    }
  }
}

/** What an export is that is not there. */
const gone = Symbol('gone')

/** Calls whatever there is by now. */
function makeLive(find: () => unknown, label: string, exportName?: string): AnyFunction {
  return function live(this: unknown, ...args) {
    const value = find()
    if (typeof value !== 'function') {
      const reason = value === gone ? 'is not exported any more' : `is no function any more but ${describe(value)}`
      throw new HotExportError(`${label} ${reason}. Export it again, or do not call it.`, { exportName })
    }
    return new.target === undefined
      ? Reflect.apply(value, this, args)
      : Reflect.construct(value, args, new.target === live ? value : new.target)
  }
}

/** At each call: one comparison, one call. */
function makeStable(gate: Gate, entry: Stable['entry']): AnyFunction {
  return function stable(this: unknown, ...args) {
    if (gate.flags[0] !== gate.seen) gate.refresh()
    if (new.target === undefined) return entry.call.apply(this, args)
    return Reflect.construct(entry.call, args, new.target === stable ? entry.call : new.target)
  }
}

/** A function shows how it is called, with how many arguments, and what is made of it by `new`. */
function resemble(stable: AnyFunction, value: AnyFunction): void {
  const { name, length } = value
  if (Object.hasOwn(value, 'prototype')) stable.prototype = value.prototype
  if (stable.name !== name) Object.defineProperty(stable, 'name', { value: name, configurable: true })
  if (stable.length !== length) Object.defineProperty(stable, 'length', { value: length, configurable: true })
}

/**
 * Where a property has become one of another kind V8 has put all of them into a table. It takes those of prototypes out again when something is looked up
 * through them.
 */
function makeFast(object: object): void {
  const heir = Object.create(object) as { readonly nothing?: unknown }
  for (let times = 0; times < 2; times++) void heir.nothing
}

/** Not a class: that is a value, which one has to make instances of. */
function isPlainFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value))
}

const describe = (value: unknown) => (value === null ? 'null' : typeof value === 'object' ? 'an object' : `of type ${typeof value}`)
