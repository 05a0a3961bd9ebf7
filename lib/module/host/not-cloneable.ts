import { NotCloneableError } from '../../process/errors.js'
import { findUncloneable } from '../../process/uncloneable.js'

/** Says what of a list of arguments could not be sent. */
export function argumentsNotCloneable(callee: string, args: readonly unknown[], cause: unknown): Error {
  const found = findUncloneable(args, clones)
  const [, index, rest = ''] = /^\[(\d+)\](.*)$/s.exec(found?.path ?? '') ?? []
  const which = index === undefined ? `The arguments of ${callee}` : `Argument ${Number(index) + 1} of ${callee}`
  return refusal(which, rest, found?.what, cause)
}

/** Says what of a result could not be sent. */
export function resultNotCloneable(callee: string, value: unknown, cause: unknown): Error {
  const found = findUncloneable(value, clones)
  return refusal(`The result of ${callee}`, found?.path ?? '', found?.what, cause)
}

function refusal(which: string, path: string, what: string | undefined, cause: unknown): Error {
  const text = what === undefined ? `cannot be cloned: ${String(cause)}` : `${what} cannot be cloned`
  return new NotCloneableError(`${which}${path}: ${text}. Pass data, not what does something.`, { cause, path })
}

/** Does structured clone take it? */
export function clones(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
