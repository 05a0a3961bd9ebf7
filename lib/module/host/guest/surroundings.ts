import type { Leftover } from '../../leftover.js'
import { at } from './resources.js'
import { captureStack, readOrigin } from './where.js'

interface ListenerNote {
  readonly event: string | symbol
  readonly stack: { readonly stack?: unknown }
}

/** What a module may change around it without opening anything: globals, variables of the environment, listeners of `process`. */
export class Surroundings {
  readonly #globals = new Map(Reflect.ownKeys(globalThis).map((name) => [name, readValue(name)]))
  readonly #variables = new Map(Object.entries(process.env))
  readonly #listeners = new Map(process.eventNames().map((event) => [event, process.listeners(event as 'exit')]))
  /** Where listeners were added. */
  readonly #notes = new WeakMap<object, ListenerNote>()
  readonly #note = (event: string | symbol, listener: object) => {
    if (this.#isOwn?.() !== false) this.#notes.set(listener, { event, stack: captureStack() })
  }

  readonly #isOwn: (() => boolean) | undefined

  /** @param isOwn is what happens now the module's? Where others are about, they too make globals and set variables, and who did is not seen. */
  constructor(isOwn?: () => boolean) {
    this.#isOwn = isOwn
    process.on('newListener', this.#note)
  }

  list(): Leftover[] {
    return this.#isOwn === undefined ? [...this.#listGlobals(), ...this.#listVariables(), ...this.#listListeners()] : this.#listListeners()
  }

  close(): void {
    process.off('newListener', this.#note)
  }

  #listGlobals(): Leftover[] {
    return Reflect.ownKeys(globalThis).flatMap((name) => {
      if (isOfNode(name)) return []
      const isNew = !this.#globals.has(name)
      const before = this.#globals.get(name)
      // What Node makes when somebody asks for it has been a getter before.
      const isOther = before !== undefined && !Object.is(readValue(name)?.value, before.value)
      if (!isNew && !isOther) return []
      return [{ kind: 'global', description: `globalThis.${String(name)} was ${isNew ? 'added' : 'replaced'}` } as const]
    })
  }

  #listVariables(): Leftover[] {
    return Object.entries(process.env).flatMap(([name, value]) => {
      if (this.#variables.get(name) === value) return []
      const what = this.#variables.has(name) ? 'changed' : 'added'
      return [{ kind: 'variable', description: `the environment variable ${name} was ${what}` } as const]
    })
  }

  #listListeners(): Leftover[] {
    return process.eventNames().flatMap((event) => {
      const before = [...(this.#listeners.get(event) ?? [])] as object[]
      return (process.listeners(event as 'exit') as object[]).flatMap((listener) => {
        const known = before.indexOf(listener)
        if (known >= 0) before.splice(known, 1)
        if (known >= 0 || listener === this.#note) return []
        const note = this.#notes.get(listener)
        if (note === undefined && this.#isOwn !== undefined) return []
        const origin = note === undefined ? undefined : readOrigin(note.stack)
        // Node listens itself, for the size of a terminal say.
        if (origin?.creator?.startsWith('node:') === true) return []
        return [{ kind: 'listener', description: `process.on('${String(event)}')`, ...at(origin?.at) } as const]
      })
    })
  }
}

/** What Node's own fetch() keeps there. */
const isOfNode = (name: string | symbol) => typeof name === 'symbol' && name.description?.startsWith('undici.') === true

/**
 * Node makes these when their descriptor is read, though they look like plain properties: fetch() and its like take 23 ms in each thread, on Node 26 50;
 * streams, cryptography, dates and measurement 8. That one of them was replaced is not seen.
 */
const lazyGlobals: ReadonlySet<unknown> = new Set(
  `CloseEvent ErrorEvent EventSource FormData Headers MessageEvent Request Response WebSocket
  ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController
  ReadableByteStreamController WritableStream WritableStreamDefaultWriter WritableStreamDefaultController
  TransformStream TransformStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy
  TextEncoderStream TextDecoderStream CompressionStream DecompressionStream
  Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming
  Crypto CryptoKey SubtleCrypto File Navigator Storage Temporal`.split(/\s+/),
)

/** Of a plain property: to ask a getter would have Node make what it is for. */
function readValue(name: string | symbol): { readonly value: unknown } | undefined {
  if (lazyGlobals.has(name)) return undefined
  const descriptor = Reflect.getOwnPropertyDescriptor(globalThis, name)
  return descriptor !== undefined && 'value' in descriptor ? { value: descriptor.value as unknown } : undefined
}
