// What the kernel saw of a tree of processes, by strace: the truth that a trace of brood's is held against.
import { spawnSync } from 'node:child_process'

/** A process as the kernel knows it. Threads are none. */
export interface SeenProcess {
  readonly pid: number
  /** The one that forked it; none above the one that strace started. */
  readonly parent: SeenProcess | undefined
  /** What it became, one after the other; nothing where it stayed a copy of its parent. */
  readonly programs: readonly Program[]
  /** The last one that it could not become, where it became none. */
  readonly refused: (Program & { readonly error: string }) | undefined
  readonly exitCode: number | undefined
  readonly signal: string | undefined
}

interface Program {
  readonly file: string
  readonly args: readonly string[]
}

type Seen = { -readonly [Key in keyof SeenProcess]: SeenProcess[Key] } & { parent: Seen | undefined; programs: Program[] }

/** The system calls of interest; those behind `?` do not exist everywhere. */
const calls = ['?fork', '?vfork', 'clone', '?clone3', 'execve', '?execveat']

/** The beginning of a command line that runs a command and writes into `log` what {@link readStraceLog} reads. */
export const straceCommand = (log: string): string[] => [
  'strace',
  '--follow-forks',
  // Stops the processes at these calls only; where the kernel cannot do that, strace does it itself.
  '--seccomp-bpf',
  // Whole arguments, and as many as there are.
  '--string-limit=1000000',
  `--trace=${calls.join(',')}`,
  `--output=${log}`,
]

/** Why strace cannot be used here. */
export function reasonAgainstStrace(): string | false {
  const { error, status, stderr } = spawnSync('strace', [...straceCommand('/dev/null').slice(1), 'true'], { encoding: 'utf8' })
  if (error !== undefined) return 'there is no strace here'
  return status !== 0 && `strace does not work here: ${stderr.trim()}`
}

/**
 * Reads a log of `strace -f`: one line an event, each with the thread it is about, a call that another one interrupts in two halves.
 *
 * What a pid namespace calls its processes is not translated: all must be in the one that strace is in.
 *
 * @returns the processes, in the order in which they were started
 */
export function readStraceLog(text: string): SeenProcess[] {
  const processes = new Set<Seen>()
  /** Of each thread, its process. A number may come to be another one's, once it has ended. */
  const byThread = new Map<number, Seen>()
  /** The first halves of calls. */
  const begun = new Map<number, string>()

  const make = (pid: number, parent?: Seen): Seen => {
    const process: Seen = { pid, parent, programs: [], refused: undefined, exitCode: undefined, signal: undefined }
    processes.add(process)
    byThread.set(pid, process)
    return process
  }
  /** A child may be heard of before its parent is told its number. */
  const processOf = (thread: number): Seen => byThread.get(thread) ?? make(thread)

  const clone = (parent: Seen, child: number, isThread: boolean) => {
    const early = byThread.get(child)
    const isEarly = early !== undefined && early.parent === undefined && early !== processes.values().next().value
    if (!isThread) {
      if (isEarly) early.parent = parent
      else make(child, parent)
      return
    }
    byThread.set(child, parent)
    if (!isEarly) return
    processes.delete(early)
    for (const process of processes) if (process.parent === early) process.parent = parent
  }

  for (const line of text.split('\n')) {
    const [, number, event] = /^(\d+) +(.*)$/.exec(line) ?? []
    if (event === undefined) continue
    const thread = Number(number)
    const process = processOf(thread)

    const [, end, how] = /^\+\+\+ (exited with|killed by|superseded by execve in pid) (\w+)/.exec(event) ?? []
    if (end === 'superseded by execve in pid') {
      // A thread executes a program: it takes over the process's number, and goes on under it.
      begun.set(thread, begun.get(Number(how)) ?? '')
    } else if (end !== undefined) {
      if (thread !== process.pid) continue
      if (end === 'exited with') process.exitCode = Number(how)
      else process.signal = how
    }

    const [, firstHalf] = /^(.*) <unfinished \.\.\.>$/.exec(event) ?? []
    if (firstHalf !== undefined) {
      begun.set(thread, firstHalf)
      continue
    }
    const [, secondHalf] = /^<\.\.\. \w+ resumed>(.*)$/.exec(event) ?? []
    const call = secondHalf === undefined ? event : `${begun.get(thread)}${secondHalf}`
    const [, name, details = '', result, error] = /^(\w+)\((.*)\) += (\?|-?\d+)(?: (\w+) \(.*\))?$/.exec(call) ?? []
    if (name === undefined) continue
    if (!name.startsWith('exec')) {
      if (Number(result) > 0) clone(process, Number(result), details.includes('CLONE_THREAD'))
    } else if (error === undefined) {
      // One that does not return was killed on its way into the program.
      process.programs.push(readExec(details))
      process.refused = undefined
    } else if (process.programs.length === 0) {
      process.refused = { ...readExec(details), error }
    }
  }
  return [...processes]
}

/** The program and its arguments: `"/bin/true", ["true"], 0x7ffd…`; with a number of a directory before it in `execveat`. */
function readExec(details: string): Program {
  const list = details.indexOf(', [')
  const [file = ''] = readStrings(details.slice(0, list))
  return { file, args: readStrings(details.slice(list, details.lastIndexOf(']'))) }
}

/** The strings in a text, as C writes them; what is not ASCII, byte by byte. */
function readStrings(text: string): string[] {
  return Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, string = '']) => {
    const bytes = string.replace(/\\([0-7]{1,3}|.)/g, (_, escaped: string) =>
      /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (simpleEscapes[escaped] ?? escaped),
    )
    return Buffer.from(bytes, 'latin1').toString()
  })
}

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' }
