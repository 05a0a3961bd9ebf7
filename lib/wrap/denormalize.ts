import { position } from './normalize.js'
import type { SpawnRequest } from './request.js'

/** Writes a request back into the form of the call it came from. What the caller passed is copied, never changed. */
export function denormalize(call: readonly unknown[], request: SpawnRequest): unknown[] {
  const { file, args, env, cwd } = request
  const copy = [...call]
  if (call[0] !== null && typeof call[0] === 'object') {
    const asked = call[0]
    const changes = cwd === undefined ? { file, args, envPairs: env } : { file, args, envPairs: env, cwd }
    // Where Node's own has no prototype, nothing that a program put on Object.prototype is to become an option.
    copy[0] = Object.getPrototypeOf(asked) === null ? { __proto__: null, ...asked, ...changes } : { ...asked, ...changes }
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
