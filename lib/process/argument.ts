import { invalid } from '../argument.js'
import { Pid } from './pid.js'

export * from '../argument.js'

/** Of any copy of brood. @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function readPid(name: string, value: unknown): Pid {
  if (Pid.isId((value as Pid | null | undefined)?.id)) return value as Pid
  throw invalid(name, 'a Pid', value)
}
