// What a process writes of itself, in trees that are recorded.
import { type Origin, startRecording } from '../trace/record.js'
import type { Registry } from '../wrap/registry.js'

/** Records this thread for each of its contexts that asks for it. */
export function recordThread(registry: Registry, origin: Origin): void {
  const recorder = startRecording(origin)
  for (const { trace } of [...registry.inherited, ...registry.own]) if (trace !== undefined) recorder.add(trace)
  registry.recorder = recorder
}

export { enableDebug } from '../diagnostics.js'
