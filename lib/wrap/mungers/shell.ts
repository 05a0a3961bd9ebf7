import type { SpawnRequest } from '../request.js'

/** placeholder until the lexer lands */
export function mungeShell(request: SpawnRequest): SpawnRequest {
  return request
}
