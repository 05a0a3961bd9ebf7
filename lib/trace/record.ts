import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Between, EnvironmentDifference, StartEvent, TraceEvent } from './event.js'
import { recordable } from './secrets.js'

/** Where a trace goes, and how much it says. */
export interface TraceOptions {
  readonly directory: string
  /** Are arguments that look like secrets written as they are? */
  readonly raw: boolean
  /** Are values of variables written, beside their names? */
  readonly envValues: boolean
}

/** What a thread is to know of where it comes from. */
export interface Origin {
  /** The spawn that this process came of; in a Worker, the thread that made it. */
  readonly parent: string | undefined
  /** The thread, in a Worker. */
  readonly thread?: number | undefined
  /** What the Worker was made for. */
  readonly script?: string | undefined
}

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

/** Writes down what one thread does. */
export interface Recorder {
  /** Where this thread's Workers come from. */
  readonly id: string
  /** Writes to one more trace from now on, until the returned function is called. A second call for the same directory does nothing. */
  add(trace: TraceOptions): () => void
  /** An id for what is about to be started, for it to know its parent by. Only the traces of these contexts are to tell of it. */
  nextSpawn(contexts: readonly { readonly trace?: TraceOptions | undefined }[]): string
  spawning(id: string, starting: Starting): void
  spawned(id: string, pid: number | undefined, error?: string): void
  exited(id: string, code: number | null, signal: string | null): void
  /** It was started and has ended, all in one call of the program's. */
  ran(id: string, pid: number, code: number | null, signal: string | null): void
  /** This process is about to become another program. */
  replacing(id: string, starting: Starting): void
}

/** The name of a record in a trace's directory. */
const fileName = (id: string) => `${id}.jsonl`

/**
 * Begins the record of this thread, and ends it when the thread ends by itself.
 *
 * Each event is a whole line, appended by one call: whatever happens to the process, what was written is readable. Where a line cannot be written (a
 * full disk, a directory that is gone) the record stops there, and the program does not notice.
 */
export function startRecording({ parent, thread, script }: Origin): Recorder {
  const { pid, ppid } = process
  const boot = thread === undefined ? Math.round(process.uptime() * 1e6) : 0
  const startedAt = now() - boot
  const id = thread === undefined ? `${pid}-${startedAt.toString(36)}` : `${(parent ?? '').split('-w')[0]}-w${thread}`
  const start = describeStart({ id, parent, thread, script, pid, ppid, at: startedAt, boot })
  const traces = new Map<string, TraceOptions>()
  /** By the spawn, the directories that are not to tell of it. Of most spawns all do. */
  const silent = new Map<string, readonly string[]>()
  const write = (describe: (trace: TraceOptions) => TraceEvent | readonly TraceEvent[], spawnId?: string) => {
    const silentOnes = spawnId === undefined ? undefined : silent.get(spawnId)
    for (const trace of traces.values()) {
      if (silentOnes?.includes(trace.directory) !== true && !append(trace, id, [describe(trace)].flat())) traces.delete(trace.directory)
    }
  }
  let spawns = 0

  onEnd((code) => {
    const usage = thread === undefined ? process.resourceUsage() : undefined
    write(() => ({
      type: 'end',
      id,
      at: now(),
      code,
      ...(usage !== undefined && { user: usage.userCPUTime, system: usage.systemCPUTime, memory: usage.maxRSS * 1024 }),
    }))
  })

  return {
    id,
    add(trace) {
      const { directory } = trace
      if (traces.has(directory)) return () => {}
      if (append(trace, id, [start(trace)])) traces.set(directory, trace)
      return () => traces.delete(directory)
    },
    nextSpawn(contexts) {
      const spawnId = `${id}/${++spawns}`
      const silentOnes = [...traces.keys()].filter((directory) => contexts.every(({ trace }) => trace?.directory !== directory))
      if (silentOnes.length > 0) silent.set(spawnId, silentOnes)
      return spawnId
    },
    spawning(spawnId, { file, args, cwd, env, node, replaced }) {
      const common = {
        id: spawnId,
        at: now(),
        file,
        node,
        ...mark(replaced),
        ...(cwd !== undefined && { cwd }),
        env: compareEnvironment(env),
      }
      write(({ raw }) => ({ type: 'spawn', ...common, args: recordable(args, raw) }), spawnId)
    },
    replacing: (spawnId, { file, args, node, replaced }) =>
      write(
        ({ raw }) => ({ type: 'replace', id: spawnId, at: now(), file, args: recordable(args, raw), node, ...mark(replaced) }),
        spawnId,
      ),
    spawned(spawnId, childPid, error) {
      const outcome = { ...(childPid !== undefined && { pid: childPid }), ...(error !== undefined && { error }) }
      write(() => ({ type: 'spawned', id: spawnId, at: now(), ...outcome }), spawnId)
    },
    exited(spawnId, code, signal) {
      write(() => ({ type: 'exit', id: spawnId, at: now(), code, signal }), spawnId)
      silent.delete(spawnId)
    },
    ran(spawnId, childPid, code, signal) {
      const common = { id: spawnId, at: now() }
      write(
        () => [
          { type: 'spawned', ...common, pid: childPid },
          { type: 'exit', ...common, code, signal },
        ],
        spawnId,
      )
      silent.delete(spawnId)
    },
  }
}

const mark = (replaced: boolean) => (replaced ? { replaced } : {})

type Beginning = Pick<StartEvent, 'id' | 'pid' | 'ppid' | 'at' | 'boot'> & Origin

function describeStart({ id, parent, thread, script, pid, ppid, at, boot }: Beginning): (trace: TraceOptions) => StartEvent {
  const wall = Date.now() - boot / 1000
  const between = thread === undefined && parent !== undefined ? programsBetween(ppid, Number.parseInt(parent, 10)) : []
  const { argv0, execArgv, execPath } = process
  // Taken now: a program may change them.
  const args = process.argv.slice(1)
  const cwd = workingDirectory()
  const env = { ...process.env } as Record<string, string>
  return ({ raw, envValues }) => ({
    type: 'start',
    version: 1,
    id,
    ...(parent !== undefined && { parent }),
    ...(thread !== undefined && { thread }),
    ...(script !== undefined && { script }),
    pid,
    ppid,
    at,
    wall,
    boot,
    argv: recordable([argv0, ...args], raw),
    execArgv: recordable(execArgv, raw),
    execPath,
    node: process.versions.node,
    cwd,
    env: envValues ? env : Object.keys(env),
    ...(between.length > 0 && { between: between.map((program) => ({ ...program, command: recordable(program.command, raw) })) }),
  })
}

// Taken before the program can replace them.
const { hrtime } = process
const stringify = JSON.stringify

/** Microseconds on the clock that all processes of this machine share. */
function now(): number {
  const [seconds, nanoseconds] = hrtime()
  return Math.round(seconds * 1e6 + nanoseconds / 1000)
}

/**
 * Opened for each line: the program's own descriptors keep the numbers they would have had.
 *
 * @returns was it written?
 */
function append({ directory }: TraceOptions, id: string, events: readonly TraceEvent[]): boolean {
  try {
    const descriptor = openSync(`${directory}/${fileName(id)}`, 'a', 0o600)
    try {
      let lines = ''
      for (const event of events) lines += `${stringify(event)}\n`
      return writeSync(descriptor, lines) === Buffer.byteLength(lines)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}

/** Calls back once when this thread ends by itself, after every listener of the program. */
function onEnd(callback: (code: number) => void): void {
  let done = false
  const end = (code: unknown) => {
    if (done) return
    done = true
    callback(Number(code ?? process.exitCode ?? 0))
  }
  // A listener would be seen, and not be the last. Node itself emits by this name.
  const holder = Object.getPrototypeOf(process) as object
  const emit = Reflect.get(process, 'emit')
  Object.defineProperty(holder, 'emit', {
    configurable: true,
    writable: true,
    enumerable: false,
    value(this: unknown, event: string | symbol, ...args: unknown[]): unknown {
      const result = Reflect.apply(emit, this, [event, ...args])
      if (event === 'exit' && this === process) end(process.exitCode ?? args[0])
      return result
    },
  })
  // A listener may call process.exit() again, and then emit() does not return.
  const { reallyExit } = process as unknown as { reallyExit?: (code: unknown) => unknown }
  if (reallyExit === undefined) return
  Object.defineProperty(process, 'reallyExit', {
    configurable: true,
    writable: true,
    enumerable: true,
    value(this: unknown, code: unknown): unknown {
      end(code)
      return Reflect.apply(reallyExit, this, [code])
    },
  })
}

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

/** So far up the programs in between are looked for. */
const longestWay = 16

/** The programs between this process and the one whose record tells of it, outermost first, where the system tells (Linux). */
function programsBetween(ppid: number, parent: number): Between[] {
  const programs: Between[] = []
  try {
    for (let pid = ppid; pid > 1 && pid !== parent && programs.length < longestWay; ) {
      programs.unshift({ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0') })
      // Behind the name, which may hold anything: the state, then the parent.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    }
  } catch {
    // Not Linux, or it ended just now.
  }
  return programs
}
