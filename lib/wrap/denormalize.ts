import { position } from './normalize.js'
import type { SpawnRequest } from './request.js'

/** Writes a request back into the form of the call it came from. What the caller passed is copied, never changed. */
export function denormalize(call: readonly unknown[], request: SpawnRequest): unknown[] {
  const { file, args, env, cwd } = request
  const directory = cwd === undefined ? {} : { cwd }
  const copy = [...call]
  if (call[0] !== null && typeof call[0] === 'object') {
    // Node's own object has no prototype, so that nothing a program put on Object.prototype becomes an option.
    copy[0] = Object.assign(Object.create(Object.getPrototypeOf(call[0])), call[0], { file, args, envPairs: env, ...directory })
  } else {
    copy[position.file] = file
    copy[position.args] = args
    copy[position.envPairs] = env
    if (cwd !== undefined) copy[position.cwd] = cwd
  }
  return copy
}
