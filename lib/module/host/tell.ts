// What a host says of its modules.

import { reviveThrown } from '../../process/error-record.js'
import { LoadError } from './errors.js'
import type { LoadFault } from './wire.js'

/** What was thrown, in a line. */
export function describeThrown(thrown: unknown): string {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`
  return typeof thrown === 'string' ? thrown : inspect(thrown)
}

function inspect(value: unknown): string {
  return process.getBuiltinModule('node:util').inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
}

/** The error for a module that was not loaded, by what it says itself or by how it has ended. */
export function toLoadError(name: string, url: string, fault: LoadFault | { readonly ended: Error }): LoadError {
  if ('ended' in fault) {
    const { ended: cause } = fault
    return new LoadError('ERR_BROOD_LOAD_FAILED', `Module "${name}" could not be loaded. ${cause.message}`, { cause, url })
  }
  if (fault.code === 'ERR_BROOD_LOAD_FAILED') {
    const cause = reviveThrown(fault.record)
    return new LoadError(fault.code, `Module "${name}" could not be loaded: ${describeThrown(cause)}`, { cause, url })
  }
  const { code, text, record, ...details } = { record: undefined, ...fault }
  const cause = record === undefined ? {} : { cause: reviveThrown(record) }
  return new LoadError(code, `Module "${name}" ${text}`, { ...details, ...cause, url })
}
