// Which part of a value it is that cannot be cloned. Only an error asks: it goes through the value as often as it takes.

import { inspect } from 'node:util'
import { now } from './clock.js'

/** A part of a value. */
export interface Uncloneable {
  /** The way to it: `[0].options.callback`; empty for the value itself. */
  readonly path: string
  /** What it is: `a function (callback)`. */
  readonly what: string
}

/** Parts looked at, and milliseconds, before the search is given up: to try what is in each of them takes as long as it is large. */
const mostParts = 100_000
const longest = 500

/** Stands for what cannot be read. */
const unreadable = Symbol('unreadable')

/**
 * Finds the first part of a value that cannot be cloned.
 *
 * @param clones can this value be cloned, with all that is in it?
 * @returns `undefined` where it is not found: a getter may have thrown
 */
export function findUncloneable(value: unknown, clones: (value: unknown) => boolean): Uncloneable | undefined {
  const seen = new Set<object>()
  const queue: { readonly path: string; readonly value: unknown }[] = [{ path: '', value }]
  const deadline = now() + longest
  // In breadth: the nearest is the one that its sender knows.
  for (let at = 0; at < queue.length && at < mostParts; at++) {
    const { path, value: part } = queue[at] as (typeof queue)[number]
    if (clones(part)) continue
    if (now() > deadline) return { path, what: describe(part) }
    const parts = typeof part === 'object' && part !== null ? partsOf(part) : []
    if (parts.every(({ value: inner }) => clones(inner))) return { path, what: describe(part) }
    if (seen.has(part as object)) continue
    seen.add(part as object)
    for (const { step, value: inner } of parts) queue.push({ path: path + step, value: inner })
  }
  return undefined
}

interface Step {
  readonly step: string
  readonly value: unknown
}

function partsOf(value: object): Step[] {
  try {
    if (Array.isArray(value)) return value.map((element: unknown, index) => ({ step: `[${index}]`, value: element }))
    if (value instanceof Map) {
      return [...value].flatMap(([key, element]) => [
        { step: `.keys(${label(key)})`, value: key as unknown },
        { step: `.get(${label(key)})`, value: element as unknown },
      ])
    }
    if (value instanceof Set) return [...value].map((element: unknown, index) => ({ step: `.values()[${index}]`, value: element }))
    return Object.keys(value).map((name) => ({ step: property(name), value: read(value, name) }))
  } catch {
    return []
  }
}

function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name]
  } catch {
    return unreadable
  }
}

const property = (name: string) => (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)

const label = (key: unknown) => inspect(key, { depth: 0, breakLength: Number.POSITIVE_INFINITY })

function describe(value: unknown): string {
  if (value === unreadable) return 'a getter that throws'
  if (typeof value === 'function') return value.name === '' ? 'a function' : `a function (${value.name})`
  if (typeof value === 'symbol') return `a symbol (${String(value)})`
  const name = Object.prototype.toString.call(value).slice(8, -1)
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`
}
