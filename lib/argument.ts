// What somebody has passed, read once. Each of these throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, with the `argument` that is wrong.
import { inspect } from 'node:util'
import { BroodError } from './errors.js'

/** @param argument its name, as `resources.mem` where it is part of another one */
export function invalid(argument: string, expected: string, value: unknown): BroodError {
  const shown = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })
  return new BroodError('ERR_BROOD_INVALID_ARGUMENT', `\`${argument}\` must be ${expected}, and is ${shown}.`, { argument })
}

/**
 * An option that there is not is a typo of one that there is, and would do nothing.
 *
 * @param argument what has the options
 * @param isPart are they named with that in front?
 */
export function checkOptions(options: unknown, known: Iterable<string>, argument = 'options', isPart = false): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw invalid(argument, 'an object', options)
  const names = [...known]
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown === undefined) return
  const name = isPart ? `${argument}.${unknown}` : unknown
  const text = `There is no option \`${name}\`. There are ${names.join(', ')}.`
  throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: name })
}

export function readNumber(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw invalid(name, 'a whole number that is not negative', value)
}

/** Milliseconds. @returns `undefined` for ever, too */
export function readTime(name: string, value: unknown): number | undefined {
  return value === Number.POSITIVE_INFINITY ? undefined : readNumber(name, value)
}

/** A number of things, of which there is one at least. */
export function readCount(name: string, value: unknown): number | undefined {
  const count = readNumber(name, value)
  if (count !== 0) return count
  throw invalid(name, '1 or more', value)
}

export function readBoolean(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  throw invalid(name, 'true or false', value)
}

export function readFunction<F>(name: string, value: F): F {
  if (value === undefined || typeof value === 'function') return value
  throw invalid(name, 'a function', value)
}

export function readSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value
  throw invalid('signal', 'an AbortSignal', value)
}
