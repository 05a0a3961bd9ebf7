import { BroodError } from '../errors.js'

/** What JSON can say, and gives back equal. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue }

/**
 * Copies a value that is to travel as JSON, and refuses whatever would arrive as something else: `undefined`, which JSON leaves out,
 * numbers that are not finite, holes in arrays, instances of classes (a Date would arrive as a string), functions, cycles.
 *
 * @param name how the caller knows the value: `data`
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, which says where in the value: `data.a[2]`
 */
export function copyJson(name: string, value: unknown): JsonValue {
  try {
    return copy(name, value, [])
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${name} is nested too deeply to be written as JSON.`, {
      argument: name,
      cause: error,
    })
  }
}

/** @param around the objects that this value lies in, outermost first */
function copy(path: string, value: unknown, around: readonly object[]): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw notJson(path, describe(value))
  if (around.includes(value)) throw notJson(path, 'an object that it lies in itself')
  const within = [...around, value]
  // Not map(), which passes over holes.
  if (Array.isArray(value)) return Array.from(value, (element, index) => copy(`${path}[${index}]`, element, within))
  if (!isPlain(value)) throw notJson(path, `an instance of ${value.constructor?.name || 'a class'}`)
  const symbol = Object.getOwnPropertySymbols(value)[0]
  if (symbol !== undefined) throw notJson(path, `an object with the property ${String(symbol)}`)
  // Entries: an assignment to "__proto__" would set the prototype.
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(path + accessTo(name), field, within)]))
}

/** An object literal, or one without a prototype; also of another realm. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty'))
}

const accessTo = (name: string) => (/^[\w$]+$/.test(name) && !/^\d/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)

function describe(value: unknown): string {
  if (value === undefined) return 'undefined, which JSON leaves out'
  return typeof value === 'number' ? String(value) : `a ${typeof value}`
}

function notJson(path: string, found: string): BroodError {
  return new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${path} must be a JSON value, and is ${found}.`, { argument: path })
}
