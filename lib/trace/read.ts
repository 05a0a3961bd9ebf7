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

const required: Readonly<Record<TraceEvent['type'], readonly (readonly [name: string, type: 'string' | 'number' | 'array'])[]>> = {
  start: [
    ['pid', 'number'],
    ['argv', 'array'],
    ['execArgv', 'array'],
    ['wall', 'number'],
    ['boot', 'number'],
  ],
  spawn: [
    ['file', 'string'],
    ['args', 'array'],
  ],
  spawned: [],
  exit: [],
  replace: [
    ['file', 'string'],
    ['args', 'array'],
  ],
  end: [['code', 'number']],
}

function parseEvent(line: string): TraceEvent | undefined {
  let event: Record<string, unknown>
  try {
    event = JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
  if (event === null || typeof event !== 'object') return undefined
  const fields = Object.hasOwn(required, String(event.type)) ? required[event.type as TraceEvent['type']] : undefined
  if (fields === undefined || typeof event.id !== 'string' || typeof event.at !== 'number') return undefined
  const isWhole = fields.every(([name, type]) => (type === 'array' ? Array.isArray(event[name]) : typeof event[name] === type))
  return isWhole ? (event as unknown as TraceEvent) : undefined
}
