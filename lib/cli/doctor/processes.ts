import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** What Linux tells of a process at a glance. */
export interface Glance {
  readonly pid: number
  readonly ppid: number
  readonly group: number
  readonly session: number
  /** In clock ticks since the system started: it tells two processes of one pid apart. */
  readonly startTime: number
  /**
   * Where its environment lies in its memory: another one for each program that it becomes, and the same in a fork. 0 while it becomes one, and in
   * what is not this user's.
   */
  readonly environmentAt: number
}

/** A program that a process runs, or ran, until it became another one. */
export interface Program {
  /** The file: absolute; `undefined` where it is not ours to know. */
  readonly executable: string | undefined
  readonly argv: readonly string[]
  readonly variables: SeenVariables | undefined
  readonly isOtherUser: boolean
  readonly isOtherRoot: boolean
}

/** What is kept of an environment: of other variables neither names nor values. */
export interface SeenVariables {
  readonly nodeOptions: string | undefined
  readonly path: string | undefined
  readonly context: string | undefined
}

export function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d/.test(name))
    .map(Number)
}

/** @returns `undefined` where there is no such process, or it has ended */
export function glanceAt(pid: number): Glance | undefined {
  try {
    return parseGlance(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return undefined
  }
}

/**
 * Reads the text of /proc/<pid>/stat.
 *
 * @see proc_pid_stat(5): fields are counted from 1, and the second is the program's name in parentheses, which may hold anything
 */
export function parseGlance(stat: string): Glance | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const numberOf = (field: number) => Number(fields[field - 3])
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return {
    pid: Number.parseInt(stat, 10),
    ppid: numberOf(4),
    group: numberOf(5),
    session: numberOf(6),
    startTime: numberOf(22),
    environmentAt: numberOf(50),
  }
}

/** @returns `undefined` where it has ended meanwhile */
export function readProgram(pid: number): Program | undefined {
  try {
    const { uid } = statSync(`/proc/${pid}`)
    const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
    return {
      executable: attempt(() => readlinkSync(`/proc/${pid}/exe`)),
      argv: splitAtZeros(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
      variables: environment === undefined ? undefined : pickVariables(splitAtZeros(environment)),
      isOtherUser: uid !== process.geteuid?.(),
      isOtherRoot: attempt(() => readlinkSync(`/proc/${pid}/root`) !== readlinkSync('/proc/self/root')) === true,
    }
  } catch {
    return undefined
  }
}

/** Does a process carry a text in its environment? */
export function carriesText(pid: number, text: string): boolean {
  return attempt(() => readFileSync(`/proc/${pid}/environ`).includes(text)) === true
}

function pickVariables(pairs: readonly string[]): SeenVariables {
  const valueOf = (name: string) => pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  return { nodeOptions: valueOf('NODE_OPTIONS'), path: valueOf('PATH'), context: valueOf('BROOD_CONTEXT') }
}

function splitAtZeros(text: string): string[] {
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
