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

/** Writes a request back into the arguments of `process.execve`. */
export function denormalizeExecve([asked]: readonly unknown[], { file, args, env }: SpawnRequest): unknown[] {
  const variables: Record<string, string> = Object.create(null)
  for (const pair of env) {
    const equals = pair.indexOf('=', 1)
    variables[pair.slice(0, equals)] = pair.slice(equals + 1)
  }
  return [file === `./${String(asked)}` ? asked : file, args, variables]
}
