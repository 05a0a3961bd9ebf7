import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'
import { checkOptions, invalid, readBoolean, readNumber, readTime } from './argument.js'
import type { Stdio, StdioKind } from './engine.js'
import { inheritedExecArgv } from './exec-argv.js'
import type { OutputName } from './output.js'
import { type ResourceRequest, type Resources, readResources, resourcesDefault } from './resources.js'
import { getState } from './state.js'

/** What a process is started with. What is left out is as in this process. */
export interface ProcessOptions {
  /** Variables beside those of this process; `undefined` removes one. @default none */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Variables of this process that it does not get. @default none */
  readonly envRemove?: readonly string[]
  /** Does it get none of this process's variables? @default false */
  readonly envClear?: boolean
  /** Its working directory: a path or a file URL. @default this process's */
  readonly cwd?: string | URL
  /** Its `process.argv` behind its entry. @default those of this process */
  readonly args?: readonly string[]
  /** Options of node. @default those of this process that have a meaning for a child */
  readonly execArgv?: readonly string[]
  /**
   * One for all three, or stdin, stdout and stderr. @default this process's own. Where stderr is no terminal, brood passes it on, and keeps the last
   * of it for errors: `captureErrors` of `configure` says otherwise. `'inherit'` is this process's own without that, unless `output` is configured.
   * A pipe must be read: who writes to one that is full waits.
   */
  readonly stdio?: StdioKind | readonly [StdioKind, StdioKind, StdioKind]
  /** The user that it runs as: POSIX only, and with the right to. @default this process's */
  readonly uid?: number
  /** The group that it runs as. @default this process's */
  readonly gid?: number
  /** What it may use: memory in bytes or as `'256 MiB'`, and cores. Where there is no room, it waits. @default RESOURCES_DEFAULT */
  readonly resources?: ResourceRequest
  /** May it outlive this process? @default false */
  readonly detached?: boolean
  /** Milliseconds in which what it has sent is to arrive before it ends. @default 10000 */
  readonly flushTimeout?: number
}

/** The same, read once. */
export interface ProcessPlan {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
  readonly args: readonly string[]
  readonly execArgv: readonly string[]
  readonly stdio: Stdio
  /** What brood reads itself, and passes on. */
  readonly captures: Readonly<Record<OutputName, boolean>>
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly resources: Resources
  readonly detached: boolean
  readonly flushTimeout: number
}

/** The names of {@link ProcessOptions}. */
export const processOptionNames: readonly string[] =
  'env envRemove envClear cwd args execArgv stdio uid gid resources detached flushTimeout'.split(' ')

/**
 * Reads what somebody asked for.
 *
 * @param known names of all options, of which the caller reads the others
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function planProcess(options: ProcessOptions, known: readonly string[]): ProcessPlan {
  checkOptions(options, known)
  const env = makeEnvironment(options)
  const resources = readResources('resources', options.resources ?? {}, resourcesDefault)
  const execArgv =
    options.execArgv === undefined ? inheritedExecArgv(ownExecArgv(), env.NODE_OPTIONS) : readTexts('execArgv', options.execArgv)
  const detached = readBoolean('detached', options.detached) ?? false
  const { stdio, captures } = planOutput(readStdio(options.stdio), detached)
  return {
    env,
    cwd: options.cwd === undefined ? undefined : readPath(options.cwd),
    args: options.args === undefined ? process.argv.slice(2) : readTexts('args', options.args),
    execArgv: options.resources?.mem === undefined ? execArgv : [...execArgv, heapLimit(resources)],
    stdio,
    captures,
    uid: readNumber('uid', options.uid),
    gid: readNumber('gid', options.gid),
    resources,
    detached,
    flushTimeout: options.flushTimeout === undefined ? 10_000 : (readTime('flushTimeout', options.flushTimeout) ?? Number.MAX_SAFE_INTEGER),
  }
}

/** Who may live longer than this process writes for itself: a pipe that leads here would break. */
function planOutput(asked: Stdio | undefined, isDetached: boolean): Pick<ProcessPlan, 'stdio' | 'captures'> {
  const { output, capturesErrors } = getState()
  const [stdin, stdout, stderr] = asked ?? ['inherit', 'inherit', 'inherit']
  const isGrouped = output !== 'inherit'
  const captures = {
    stdout: stdout === 'inherit' && isGrouped && !isDetached,
    stderr: stderr === 'inherit' && (isGrouped || (asked === undefined && (capturesErrors ?? !isatty(2)))) && !isDetached,
  }
  return { stdio: [stdin, captures.stdout ? 'pipe' : stdout, captures.stderr ? 'pipe' : stderr], captures }
}

/** Without the limit that this process's own parent has set for it: it does not hold for others. */
function ownExecArgv(): readonly string[] {
  const { isChild, identity } = getState()
  const isLimited = isChild && identity !== undefined && process.execArgv.at(-1) === heapLimit(identity.resources)
  return isLimited ? process.execArgv.slice(0, -1) : process.execArgv
}

/** V8 gives up before the system does: what it needs beside its old space is left to it. */
function heapLimit({ mem }: Resources): string {
  const mebibyte = 1024 ** 2
  return `--max-old-space-size=${Math.max(8, Math.floor(mem / mebibyte))}`
}

function makeEnvironment({ env = {}, envRemove = [], envClear }: ProcessOptions): Record<string, string> {
  const made: Record<string, string> = {}
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) made[name] = value
    else Reflect.deleteProperty(made, name)
  }
  // Its entries would ask the system for each twice.
  if (readBoolean('envClear', envClear) !== true) for (const name of Object.keys(process.env)) set(name, process.env[name])
  for (const name of readTexts('envRemove', envRemove)) set(name, undefined)
  for (const [name, value] of readVariables(env)) set(name, value)
  return made
}

function readVariables(env: unknown): [name: string, value: string | undefined][] {
  if (typeof env !== 'object' || env === null) throw invalid('env', 'an object', env)
  return Object.entries(env).map(([name, value]: [string, unknown]) => {
    if (name === '' || /[=\0]/.test(name)) throw invalid('env', 'an object of variables', name)
    if (value === undefined || isText(value)) return [name, value]
    throw invalid(`env.${name}`, expectText('a text', value), value)
  })
}

const kinds: ReadonlySet<unknown> = new Set(['inherit', 'pipe', 'ignore'])

function readStdio(stdio: unknown): Stdio | undefined {
  if (stdio === undefined) return undefined
  if (kinds.has(stdio)) return [stdio, stdio, stdio] as unknown as Stdio
  if (Array.isArray(stdio) && stdio.length === 3 && stdio.every((kind) => kinds.has(kind))) return stdio as unknown as Stdio
  throw invalid('stdio', "'inherit', 'pipe' or 'ignore', or three of them", stdio)
}

/** The system takes what stands in front of a NUL for all of it. */
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0')

/** What is wrong where it is nothing else cannot be seen. */
function expectText(expected: string, value: unknown): string {
  const hasNul = [value].flat().some((text) => typeof text === 'string' && !isText(text))
  return hasNul ? `${expected} without the character NUL` : expected
}

function readTexts(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every(isText)) return [...value]
  throw invalid(name, expectText('a list of texts', value), value)
}

function readPath(value: unknown): string {
  if (isText(value) && value !== '') return value
  if (value instanceof URL && value.protocol === 'file:') return fileURLToPath(value)
  throw invalid('cwd', expectText('a path or a file URL', value), value)
}
