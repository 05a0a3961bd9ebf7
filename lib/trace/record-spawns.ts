import type { EnvironmentDifference, TraceEvent } from './event.js'
import { now, type Recorder } from './record.js'
import { type LoadMasks, recordable } from './recordable.js'
import { maskSecrets } from './secrets.js'
import type { TraceOptions } from './trace-options.js'

/** A process that is about to be started. */
export interface Starting {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string | undefined
  /** `NAME=value`, as it was asked for. */
  readonly env: readonly string[]
  readonly node: boolean
  /** Does a script run in its place, which records nothing? */
  readonly replaced: boolean
}

const loadMasks: LoadMasks = () => maskSecrets

/** Writes down one process that a thread starts, and what becomes of it. */
export class SpawnRecord {
  /** The child knows its parent by it. */
  readonly id: string
  readonly #recorder: Recorder
  readonly #silent: readonly string[]

  /** @param contexts only their traces are to tell of it */
  constructor(recorder: Recorder, contexts: readonly { readonly trace?: TraceOptions | undefined }[]) {
    this.id = `${recorder.id}/${++recorder.spawns}`
    this.#recorder = recorder
    this.#silent = [...recorder.directories()].filter((directory) => contexts.every(({ trace }) => trace?.directory !== directory))
  }

  starting({ file, args, cwd, env, node, replaced }: Starting): void {
    const where = cwd !== undefined && { cwd }
    const common = { id: this.id, at: now(), file, node, ...mark(replaced), ...where, env: compareEnvironment(env) }
    this.#write(({ raw }) => [{ type: 'spawn', ...common, args: recordable(args, raw, loadMasks) }])
  }

  /** This process is about to become another program. */
  replacing({ file, args, node, replaced }: Starting): void {
    const common = { id: this.id, at: now(), file, node, ...mark(replaced) }
    this.#write(({ raw }) => [{ type: 'replace', ...common, args: recordable(args, raw, loadMasks) }])
  }

  started(pid: number | undefined, error?: string): void {
    const outcome = { ...(pid !== undefined && { pid }), ...(error !== undefined && { error }) }
    this.#write(() => [{ type: 'spawned', id: this.id, at: now(), ...outcome }])
  }

  ended(code: number | null, signal: string | null): void {
    this.#write(() => [{ type: 'exit', id: this.id, at: now(), code, signal }])
  }

  /** It was started and has ended, all in one call of the program's. */
  ran(pid: number, code: number | null, signal: string | null): void {
    const common = { id: this.id, at: now() }
    this.#write(() => [
      { type: 'spawned', ...common, pid },
      { type: 'exit', ...common, code, signal },
    ])
  }

  #write(describe: (trace: TraceOptions) => readonly TraceEvent[]): void {
    this.#recorder.write(describe, this.#silent)
  }
}

const mark = (replaced: boolean) => (replaced ? { replaced } : {})

/** How the environment of a child differs from this process's: names only. */
function compareEnvironment(pairs: readonly string[]): EnvironmentDifference {
  const { env } = process
  const added: string[] = []
  const changed: string[] = []
  const names = new Set<string>()
  for (const pair of pairs) {
    const equals = pair.indexOf('=', 1)
    const name = pair.slice(0, equals)
    names.add(name)
    const own = env[name]
    if (own === undefined) added.push(name)
    else if (own.length !== pair.length - equals - 1 || !pair.endsWith(own)) changed.push(name)
  }
  return { added, removed: Object.keys(env).filter((name) => !names.has(name)), changed }
}
