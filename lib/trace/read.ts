import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TraceEvent } from './event.js'

/** What a directory of records says. */
export interface Trace {
  /** In no particular order, except that those of one process stand in the order in which it wrote them. */
  readonly events: readonly TraceEvent[]
  /** What could not be read, in words. */
  readonly losses: readonly string[]
}

/** The ending of a record's file name. */
export const recordExtension = '.jsonl'

/**
 * Reads what the processes of a tree wrote into the directory that `createContext({ trace })` named, while they run or later.
 *
 * It never throws: a line that was torn off, a file that is no record, a directory that is gone are said in `losses`.
 */
export function readTrace(directory: string): Trace {
  const events: TraceEvent[] = []
  const losses: string[] = []
  let names: string[]
  try {
    names = readdirSync(directory).filter((name) => name.endsWith(recordExtension))
  } catch (error) {
    return { events, losses: [`The directory of the trace cannot be read: ${(error as Error).message}`] }
  }
  for (const name of names.toSorted()) {
    try {
      readRecord(name, readFileSync(join(directory, name), 'utf8'), events, losses)
    } catch (error) {
      losses.push(`${name} cannot be read: ${(error as Error).message}`)
    }
  }
  return { events, losses }
}

/** Reads one record. A process appends whole lines; only its last one can be torn. */
export function readRecord(name: string, text: string, events: TraceEvent[], losses: string[]): void {
  const lines = text.split('\n')
  const torn = lines.pop()
  let unreadable = torn === '' ? 0 : 1
  for (const line of lines) {
    const event = parseEvent(line)
    if (event === undefined) unreadable++
    else events.push(event)
  }
  if (unreadable > 0) losses.push(`${name}: ${unreadable === 1 ? 'a line is' : `${unreadable} lines are`} torn or not a record's`)
}

type Check = (value: unknown) => boolean

const isString: Check = (value) => typeof value === 'string'
const isBoolean: Check = (value) => typeof value === 'boolean'
const isNumber: Check = Number.isFinite
const isInteger: Check = Number.isSafeInteger
const isTrue: Check = (value) => value === true
const isNull: Check = (value) => value === null
const isListOf =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem)
const isStrings = isListOf(isString)
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const isEither =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value))
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
const isObjectOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(Reflect.get(value, name)))
const isStringMap: Check = (value) => isObject(value) && Object.values(value).every(isString)

type Fields<Event> = Event extends TraceEvent ? Record<Event['type'], { readonly [Name in Exclude<keyof Event, 'type'>]-?: Check }> : never
type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (member: infer All) => void ? All : never

const common = { id: isString, at: isNumber }

/** What each kind of event must be like: a tree of others would not be what it says it is. */
const fields: Intersection<Fields<TraceEvent>> = {
  start: {
    ...common,
    version: (value) => value === 1,
    parent: isOptional(isString),
    thread: isOptional(isInteger),
    script: isOptional(isString),
    pid: isInteger,
    ppid: isInteger,
    wall: isNumber,
    boot: isNumber,
    argv: isStrings,
    execArgv: isStrings,
    execPath: isString,
    node: isString,
    cwd: isString,
    env: isEither(isStrings, isStringMap),
    between: isOptional(isListOf(isObjectOf({ pid: isInteger, command: isStrings }))),
  },
  spawn: {
    ...common,
    file: isString,
    args: isStrings,
    cwd: isOptional(isString),
    node: isBoolean,
    env: isOptional(isObjectOf({ added: isStrings, removed: isStrings, changed: isStrings })),
    replaced: isOptional(isTrue),
  },
  spawned: { ...common, pid: isOptional(isInteger), error: isOptional(isString) },
  exit: { ...common, code: isEither(isInteger, isNull), signal: isEither(isString, isNull) },
  replace: { ...common, file: isString, args: isStrings, node: isBoolean, replaced: isOptional(isTrue) },
  end: { ...common, code: isInteger, user: isOptional(isNumber), system: isOptional(isNumber), memory: isOptional(isNumber) },
}

function parseEvent(line: string): TraceEvent | undefined {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isObject(event)) return undefined
  const type = String(Reflect.get(event, 'type'))
  if (!Object.hasOwn(fields, type)) return undefined
  return isObjectOf(fields[type as TraceEvent['type']])(event) ? (event as TraceEvent) : undefined
}
