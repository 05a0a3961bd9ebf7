import { NotCloneableError } from '../../process/errors.js'
import { findUncloneable, type Uncloneable } from '../../process/uncloneable.js'

/** Says what of a list of arguments could not be sent. */
export function argumentsNotCloneable(callee: string, args: readonly unknown[], cause: unknown): Error {
  const found = findUncloneable(args, clones)
  const [, index, rest = ''] = /^\[(\d+)\](.*)$/s.exec(found?.path ?? '') ?? []
  const which = index === undefined ? `The arguments of ${callee}` : `Argument ${Number(index) + 1} of ${callee}`
  return refusal(`${which}${rest}`, found, cause)
}

/** Says what of a result could not be sent. */
export function resultNotCloneable(callee: string, value: unknown, cause: unknown): Error {
  const found = findUncloneable(value, clones)
  return refusal(`The result of ${callee}${found?.path ?? ''}`, found, cause)
}

function refusal(which: string, found: Uncloneable | undefined, cause: unknown): Error {
  const text = found === undefined ? `cannot be cloned: ${String(cause)}` : `${found.what} cannot be cloned`
  return new NotCloneableError(`${which}: ${text}. Pass data, not what does something.`, { cause, path: found?.path ?? '' })
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
