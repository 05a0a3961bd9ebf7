// What V8 has made of the library in a child: further children need not compile it again.

import type { ProcessPlan } from './process-options.js'
import { getState } from './state.js'

/** By flags and variables, of which V8 takes code only where its own are the same. */
const known = new Map<string, Uint8Array>()
/** More kinds of children than that are rare, and each takes 80 KB. */
const mostKinds = 4

/** What a parent does about the code of a child. */
export interface CompiledCode {
  /** What the child is given; `undefined` where there is none yet. */
  readonly given: Uint8Array | undefined
  /** Is the child to give back what it has compiled? */
  readonly isAskedFor: boolean
  keep(code: Uint8Array): void
}

export function findCompiledCode({ execArgv, env, uid, gid }: ProcessPlan): CompiledCode {
  const kind = JSON.stringify([execArgv, env.NODE_OPTIONS])
  const given = known.get(kind) ?? getState().compiledHere
  // Elsewhere what is sent first waits for the child to read, and a parent that blocks meanwhile would never send the rest.
  const hasRoom = process.platform === 'linux'
  // Code is run: it is taken from no process that may do less than those that it is given to.
  const isTrusted = uid === undefined && gid === undefined
  const isAskedFor = given === undefined && hasRoom && isTrusted && known.size < mostKinds
  return { given, isAskedFor, keep: (code) => void (isAskedFor && known.set(kind, code)) }
}
