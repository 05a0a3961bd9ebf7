import { constants } from 'node:os'
import { invalid } from './argument.js'

/** They stop a process for a while, let it go on, or tell it something. Who sends SIGUSR2, by which Node ends, sends it to one that listens. */
const passing: ReadonlySet<string> = new Set<NodeJS.Signals>([
  'SIGCHLD',
  'SIGCONT',
  'SIGINFO',
  'SIGPIPE',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
])

/** Does who sends it want the process to end? */
export const meansEnd = (signal: NodeJS.Signals): boolean => !passing.has(signal)

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function readKillSignal(value: unknown): NodeJS.Signals {
  if (typeof value === 'string' && Object.hasOwn(constants.signals, value)) return value as NodeJS.Signals
  throw invalid('signal', "the name of a signal, such as 'SIGTERM'", value)
}
