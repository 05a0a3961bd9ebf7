import { inspect } from 'node:util'
import { debug } from '../diagnostics.js'
import { BroodError } from '../errors.js'
import { checkString, checkStrings } from './arguments.js'
import { fromPairs, toPairs } from './environment.js'
import { inForce } from './force.js'
import type { SpawnRequest } from './request.js'
import type { SpawnChanges, SpawnDetails, SpawnListener } from './spawn-details.js'
import { type Undo, undoOnce } from './undo.js'

interface Entry {
  readonly listener: SpawnListener
  warned: boolean
}

/** The listeners of one context. */
export class SpawnListeners {
  #entries: readonly Entry[] = []
  #asking = false

  add(listener: SpawnListener): Undo {
    if (typeof listener !== 'function') {
      throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'The listener of onSpawn must be a function.', { argument: 'listener' })
    }
    const entry = { listener, warned: false }
    this.#entries = [...this.#entries, entry]
    return undoOnce(() => {
      this.#entries = this.#entries.filter((other) => other !== entry)
    })
  }

  /**
   * Asks the listeners in the order of their registration, each about the request as the one before it left it. It never throws.
   *
   * @returns the request as it is to be, or `undefined` where the context is to leave it alone
   */
  ask(asked: SpawnRequest): SpawnRequest | undefined {
    // What a listener starts itself would ask it again, without end.
    if (this.#asking || this.#entries.length === 0) return asked
    this.#asking = true
    try {
      // A call through `childProcess()` ends where a listener begins.
      return inForce(undefined, () => this.#askEach(asked))
    } finally {
      this.#asking = false
    }
  }

  #askEach(asked: SpawnRequest): SpawnRequest | undefined {
    let request: SpawnRequest | undefined = asked
    for (const entry of this.#entries) {
      // One before it may have removed it.
      if (request !== undefined && this.#entries.includes(entry)) request = askOne(entry, request)
    }
    return request
  }
}

function askOne(entry: Entry, request: SpawnRequest): SpawnRequest | undefined {
  try {
    const answer: unknown = entry.listener(describe(request))
    if (answer === false) return undefined
    return answer === undefined ? request : change(request, answer)
  } catch (error) {
    warn(entry, error)
    return request
  }
}

function describe({ file, args: [argv0 = file, ...args], env, cwd }: SpawnRequest): SpawnDetails {
  return { file, args, argv0, env: fromPairs(env), cwd }
}

function change(request: SpawnRequest, answer: unknown): SpawnRequest {
  if (typeof answer !== 'object' || answer === null || 'then' in answer) {
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'A listener of onSpawn must return an object of changes, false or nothing, at once.')
  }
  const { file, args, argv0, env, cwd } = answer as SpawnChanges
  const [oldArgv0 = request.file, ...oldArgs] = request.args
  return {
    ...request,
    file: file === undefined ? request.file : checkString('file', file),
    args: [argv0 === undefined ? oldArgv0 : checkString('argv0', argv0), ...(args === undefined ? oldArgs : checkStrings('args', args))],
    env: env === undefined ? request.env : checkStrings('env', toPairs(env)),
    cwd: cwd === undefined ? request.cwd : checkString('cwd', cwd),
  }
}

/** The process is started all the same: an error thrown from here would look as if it were the caller's. */
function warn(entry: Entry, error: unknown): void {
  const detail = inspect(error, { customInspect: false })
  debug('onSpawn listener failed', () => detail)
  if (entry.warned) return
  entry.warned = true
  process.emitWarning('A listener of onSpawn failed. The process was started as if the listener had returned nothing.', {
    type: 'BroodWarning',
    code: 'BROOD_ON_SPAWN',
    detail,
  })
}
