import { checkOptions, invalid } from './argument.js'

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
 * @param name of the argument
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function readResources(name: string, request: ResourceRequest, defaults: Resources): Resources {
  checkOptions(request, ['mem', 'cpu'], name, true)
  return {
    mem: request.mem === undefined ? defaults.mem : readMemory(`${name}.mem`, request.mem),
    cpu: request.cpu === undefined ? defaults.cpu : readCores(`${name}.cpu`, request.cpu),
  }
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function readMemory(name: string, value: number | string): number {
  const [, amount = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value)) ?? []
  const bytes = typeof value === 'number' ? value : Math.floor(Number(amount) * (units.get(unit.toLowerCase()) ?? Number.NaN))
  if ((typeof value === 'string' && amount === '') || !Number.isSafeInteger(bytes) || bytes < 1) {
    throw invalid(name, 'a number of bytes that is not 0, or a text such as "256 MiB" or "1.5 GB"', value)
  }
  return bytes
}

function readCores(name: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw invalid(name, 'a number of cores, such as 1 or 0.25', value)
  return value
}
