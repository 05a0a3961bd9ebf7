import { type FileSystem, findProgram } from '../find-program.js'
import type { Plan } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pathOf } from './env.js'

/**
 * Pins down the program that a bare name means without brood on PATH, so that a shim never comes between.
 * Its argv[0] stays as it was written. A name that would not have been found is not found.
 */
export function pin(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (request.file.includes('/')) return request
  const search = { path: pathOf(request, plan), cwd: request.cwd ?? '' }
  return { ...request, file: findProgram(request.file, search, files) ?? absentProgram(plan) }
}

// No directory of this name is ever made: execvp answers ENOENT, and Node's error names what the caller asked for.
function absentProgram(plan: Plan): string {
  return `${plan.shims.at(-1)}/absent/program`
}
