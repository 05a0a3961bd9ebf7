// What somebody has passed to brood/module, beside what is read as anywhere in brood (lib/argument.ts). Each of these throws as those do.
import { invalid } from '../argument.js'

/** Of something that is measured and not counted: parts of it are something, too. */
export function readAmount(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value
  throw invalid(name, 'a number above 0', value)
}

/** Milliseconds. @returns `undefined` for ever, too */
export function readTime(name: string, value: unknown): number | undefined {
  return value === Number.POSITIVE_INFINITY ? undefined : readAmount(name, value)
}

export function readChoice<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value
  throw invalid(name, `one of ${allowed.map((each) => `'${each}'`).join(', ')}`, value)
}

export function readText(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw invalid(name, 'a text that is not empty', value)
}

/** @returns a copy of them */
export function readTexts(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return [...value]
  throw invalid(name, 'a list of texts', value)
}
