import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Between, StartEvent, TraceEvent } from './event.js'
import { type LoadMasks, recordable } from './recordable.js'
import type { TraceOptions } from './trace-options.js'

/** What a thread is to know of where it comes from. */
export interface Origin {
  /** The spawn that this process came of; in a Worker, the thread that made it. */
  readonly parent: string | undefined
  /** The thread, in a Worker. */
  readonly thread?: number | undefined
  /** What the Worker was made for. */
  readonly script?: string | undefined
}

/** Writes down what one thread does: how it begins and ends, and what others have to tell of it. */
export interface Recorder {
  /** Where this thread's Workers come from. */
  readonly id: string
  /** How many spawns have been given an id. */
  spawns: number
  /** Where its events go. */
  directories(): Iterable<string>
  /** Writes to one more trace from now on, until the returned function is called. A second call for the same directory does nothing. */
  add(trace: TraceOptions): () => void
  /** Writes what is to be told of at once, in each trace but the silent ones. */
  write(describe: (trace: TraceOptions) => readonly TraceEvent[], silent?: readonly string[]): void
}

/** The name of a record in a trace's directory. */
const fileName = (id: string) => `${id}.jsonl`

/**
 * Begins the record of this thread, and ends it when the thread ends by itself.
 *
 * Each event is a whole line, appended by one call: whatever happens to the process, what was written is readable. Where a line cannot be written (a
 * full disk, a directory that is gone) the record stops there, and the program does not notice.
 */
export function startRecording({ parent, thread, script }: Origin, loadMasks: LoadMasks): Recorder {
  const { pid, ppid } = process
  const boot = thread === undefined ? Math.round(process.uptime() * 1e6) : 0
  const startedAt = now() - boot
  const id = thread === undefined ? `${pid}-${startedAt.toString(36)}` : `${(parent ?? '').split('-w')[0]}-w${thread}`
  const start = describeStart({ id, parent, thread, script, pid, ppid, at: startedAt, boot }, loadMasks)
  const traces = new Map<string, TraceOptions>()
  const recorder: Recorder = {
    id,
    spawns: 0,
    directories: () => traces.keys(),
    add(trace) {
      const { directory } = trace
      if (traces.has(directory)) return () => {}
      if (append(trace, id, [start(trace)])) traces.set(directory, trace)
      return () => traces.delete(directory)
    },
    write(describe, silent) {
      for (const trace of traces.values()) {
        if (silent?.includes(trace.directory) !== true && !append(trace, id, describe(trace))) traces.delete(trace.directory)
      }
    },
  }
  onEnd((code) => {
    const usage = thread === undefined ? process.resourceUsage() : undefined
    const used = usage && { user: usage.userCPUTime, system: usage.systemCPUTime, memory: usage.maxRSS * 1024 }
    recorder.write(() => [{ type: 'end', id, at: now(), code, ...used }])
  })
  return recorder
}

type Beginning = Pick<StartEvent, 'id' | 'pid' | 'ppid' | 'at' | 'boot'> & Origin

function describeStart(beginning: Beginning, loadMasks: LoadMasks): (trace: TraceOptions) => StartEvent {
  const { id, parent, thread, script, pid, ppid, at, boot } = beginning
  const wall = Date.now() - boot / 1000
  const starter = parent === undefined ? ppid : Number.parseInt(parent, 10)
  const between = thread === undefined && starter !== ppid ? programsBetween(ppid, starter) : []
  const { argv0, execArgv, execPath } = process
  // Taken now: a program may change them.
  const args = process.argv.slice(1)
  const cwd = workingDirectory()
  const names = Object.keys(process.env)
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
    argv: recordable([argv0, ...args], raw, loadMasks),
    execArgv: recordable(execArgv, raw, loadMasks),
    execPath,
    node: process.versions.node,
    cwd,
    env: envValues ? ({ ...process.env } as Record<string, string>) : names,
    ...(between.length > 0 && {
      between: between.map((program) => ({ ...program, command: recordable(program.command, raw, loadMasks) })),
    }),
  })
}

// Taken before the program can replace them.
const { hrtime } = process
const stringify = JSON.stringify

/** Microseconds on the clock that all processes of this machine share. */
export function now(): number {
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
