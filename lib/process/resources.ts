import { BroodError } from '../errors.js'

/** What a process may use. */
export interface Resources {
  /** Memory in bytes. */
  readonly mem: number
  /** Cores, of which there may be fractions. */
  readonly cpu: number
}

/** What a process is given that asks for nothing: 150 MiB, and a twentieth of a core, as in constellation. */
export const resourcesDefault: Resources = Object.freeze({ mem: 150 * 1024 ** 2, cpu: 0.05 })

/** What a process is to be given: what is left out is the default's. */
export interface ResourceRequest {
  /** Bytes, or a text such as `'256 MiB'` or `'1.5 GB'`. */
  readonly mem?: number | string | undefined
  /** Cores, of which there may be fractions. */
  readonly cpu?: number | undefined
}

/** The units of the decimal and of the binary kind, in bytes. */
const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, index): [string, number][] => [
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
  ]),
])

/**
 * Reads what somebody asked for.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function readResources(request: ResourceRequest, defaults: Resources): Resources {
  return {
    mem: request.mem === undefined ? defaults.mem : readMemory(request.mem),
    cpu: request.cpu === undefined ? defaults.cpu : readCores(request.cpu),
  }
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function readMemory(value: number | string): number {
  const [, amount = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value)) ?? []
  const bytes = typeof value === 'number' ? value : Math.floor(Number(amount) * (units.get(unit.toLowerCase()) ?? Number.NaN))
  if ((typeof value === 'string' && amount === '') || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw invalid('mem', 'a number of bytes, or a text such as "256 MiB" or "1.5 GB"', value)
  }
  return bytes
}

function readCores(value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw invalid('cpu', 'a number of cores, such as 1 or 0.25', value)
  return value
}

function invalid(name: string, expected: string, value: unknown): BroodError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return new BroodError('ERR_BROOD_INVALID_ARGUMENT', `${name} must be ${expected}, and is ${shown}.`, { argument: name })
}
