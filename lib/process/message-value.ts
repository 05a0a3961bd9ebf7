import { recordThrown, reviveThrown, type ThrownRecord } from './error-record.js'
import { NotCloneableError } from './errors.js'
import type { HandleReader, HandleWriter } from './handles.js'
import { Pid } from './pid.js'
import { findTask, reviveTask } from './task.js'
import { findUncloneable } from './uncloneable.js'
import { decodeValue, type EncodedValue, encodeValue } from './value-codec.js'
import type { TaskReference } from './wire.js'

/** What stands for a value that means something to brood. */
type HandleRecord =
  | { readonly handle: 'pid'; readonly id: string }
  | { readonly handle: 'task'; readonly reference: TaskReference }
  // A serializer of V8 makes an empty object of it.
  | { readonly handle: 'exception'; readonly record: ThrownRecord }

const writeHandle: HandleWriter = (value): HandleRecord | undefined => {
  if (value instanceof Pid) return { handle: 'pid', id: value.id }
  if (value instanceof DOMException) return { handle: 'exception', record: recordThrown(value, () => false) }
  const task = findTask(value)
  return task === undefined ? undefined : { handle: 'task', reference: task.reference }
}

const readHandle: HandleReader = (value) => {
  const record = value as HandleRecord
  if (record.handle === 'exception') return reviveThrown(record.record)
  return record.handle === 'pid' ? new Pid(record.id) : reviveTask(record.reference)
}

/**
 * Puts what somebody passed into a message.
 *
 * @param what says what it is, for the error: `argument 2 of task "add"`
 * @param writeOther handles that have a meaning on this way only
 * @throws NotCloneableError which says what cannot be sent, and where in the value it is
 */
export function encodeMessage(value: unknown, what: (path: string) => string, writeOther?: HandleWriter): EncodedValue {
  const write: HandleWriter = writeOther === undefined ? writeHandle : (part) => writeOther(part) ?? writeHandle(part)
  try {
    return encodeValue(value, write)
  } catch (cause) {
    const found = findUncloneable(value, (part) => canEncode(part, write))
    const path = found?.path ?? ''
    const isRefused = found !== undefined && cause instanceof DOMException
    // A getter or a proxy has thrown.
    const reason = isRefused ? `${found.what} cannot be sent to another process` : `to read it throws ${String(cause)}`
    throw new NotCloneableError(`${what(path)}: ${reason}.`, { cause, path })
  }
}

function canEncode(value: unknown, write: HandleWriter): boolean {
  try {
    encodeValue(value, write)
    return true
  } catch {
    return false
  }
}

/** Reads what was put into a message. */
export function decodeMessage(value: EncodedValue | undefined, readOther?: HandleReader): unknown {
  if (value === undefined) return undefined
  return decodeValue(value, readOther === undefined ? readHandle : (record) => readOther(record) ?? readHandle(record))
}

/** Can this be sent? */
export const isSendable = (value: unknown): boolean => canEncode(value, writeHandle)
