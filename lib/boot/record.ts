// What a process writes of itself, in trees that are recorded.
import { type Origin, startRecording } from '../trace/record.js'
import type { Registry } from '../wrap/registry.js'
import type { loadDeferred } from './deferred.js'

/** Records this thread for each of its contexts that asks for it. */
export function recordThread(registry: Registry, origin: Origin, load: typeof loadDeferred): void {
  const recorder = startRecording(origin, () => load('secrets')?.maskSecrets)
  for (const { trace } of [...registry.inherited, ...registry.own]) if (trace !== undefined) recorder.add(trace)
  registry.recorder = recorder
}

export { enableDebug } from '../diagnostics.js'
