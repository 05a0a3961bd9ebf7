import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { BroodError } from '../errors.js'
import { startRecording } from '../trace/record.js'
import { maskSecrets } from '../trace/secrets.js'
import type { TraceOptions } from '../trace/trace-options.js'
import { checkBoolean, checkNames, checkString, invalid } from './arguments.js'
import { getRegistry } from './registry.js'

/**
 * Reads the option `trace`, and makes the directory.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`, `ERR_BROOD_TRACE`
 */
export function prepareTrace(value: unknown, cwd: string): TraceOptions | undefined {
  if (value === undefined) return undefined
  const options = typeof value === 'string' ? { directory: value } : value
  if (options === null || typeof options !== 'object') throw invalid('trace', 'a directory, or an object with one', value)
  checkNames('trace', options, ['directory', 'raw', 'envValues'])
  const { directory, raw, envValues } = options as { directory?: unknown; raw?: unknown; envValues?: unknown }
  const path = resolve(cwd, checkString('trace.directory', directory))
  const trace = {
    directory: path,
    raw: checkBoolean('trace.raw', raw ?? false),
    envValues: checkBoolean('trace.envValues', envValues ?? false),
  }
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new BroodError('ERR_BROOD_TRACE', `No trace can be written to ${path}: ${(cause as Error).message}. Name another directory.`, {
      cause,
      directory: path,
    })
  }
  return trace
}

/** From now on this process is recorded, too, until the returned function is called. */
export function recordTo(trace: TraceOptions | undefined): () => void {
  if (trace === undefined) return () => {}
  const registry = getRegistry()
  registry.recorder ??= startRecording({ parent: undefined }, () => maskSecrets)
  return registry.recorder.add(trace)
}
