// What V8 has made of the library in a child: further children need not compile it again.
import type { ProcessPlan } from './process-options.js'
import { getState } from './state.js'

/** By flags and variables, the latest last: V8 takes code only where its own are the same. */
const known = new Map<string, Uint8Array>()
/** Each takes 100 KB. */
const mostKinds = 4

/** What a child is told in place of a length where it is given no code. */
export const noCode = { butSendYours: 0, andKeepYours: 1 } as const

/** What a parent does about the code of a child. */
export interface CompiledCode {
  /** What the child is given; `undefined` where there is none yet. */
  readonly given: Uint8Array | undefined
  /** Is the child to give back what it has compiled, where it could not use what it was given? */
  readonly isWanted: boolean
  keep(code: Uint8Array): void
}

export function findCompiledCode({ execArgv, env, uid, gid }: Pick<ProcessPlan, 'execArgv' | 'env' | 'uid' | 'gid'>): CompiledCode {
  const kind = kindOf(execArgv, env)
  const given = known.get(kind) ?? (kind === kindOf(process.execArgv, process.env) ? getState().compiledHere : undefined)
  // Code is run: it is taken from no process that may do less than those that it is given to. Elsewhere a socket has no room for it: see Link.
  let isWanted = process.platform === 'linux' && uid === undefined && gid === undefined
  return {
    given,
    isWanted,
    keep(code) {
      if (!isWanted) return
      // Once: it comes behind the first answer, and nothing that a task writes by itself is to be taken for it later.
      isWanted = false
      known.delete(kind)
      known.set(kind, code)
      const [oldest] = known.keys()
      if (known.size > mostKinds && oldest !== undefined) known.delete(oldest)
    },
  }
}

const kindOf = (execArgv: readonly string[], { NODE_OPTIONS }: NodeJS.ProcessEnv) => JSON.stringify([execArgv, NODE_OPTIONS])
