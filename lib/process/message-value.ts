import { recordThrown, reviveThrown, type ThrownRecord } from './error-record.js'
import { NotCloneableError } from './errors.js'
import { findHandleKind, type HandleKind, readHandleKind } from './handle-kinds.js'
import type { HandleReader, HandleWriter } from './handles.js'
import { loadRest } from './late.js'
import { Pid } from './pid.js'
import { findTask, reviveTask } from './task.js'
import { findUncloneable } from './uncloneable.js'
import { decodeValue, type EncodedValue, encodePlain, encodeValue } from './value-codec.js'
import type { TaskReference } from './wire.js'

/** What stands for a value that means something to brood. */
type HandleRecord =
  | { readonly handle: 'pid'; readonly id: string }
  | { readonly handle: 'task'; readonly reference: TaskReference; readonly captured: readonly unknown[] }
  // A serializer of V8 makes an empty object of it.
  | { readonly handle: 'exception'; readonly record: ThrownRecord }

const writeHandle: HandleWriter = (value): object | undefined => {
  if (value instanceof Pid) return { handle: 'pid', id: value.id } satisfies HandleRecord
  if (value instanceof DOMException) return { handle: 'exception', record: recordThrown(value, () => false) } satisfies HandleRecord
  const task = findTask(value)
  if (task !== undefined) return { handle: 'task', reference: task.reference, captured: task.captured ?? [] } satisfies HandleRecord
  return findHandleKind(value)?.write(value)
}

const readHandle: HandleReader = (value) => {
  const record = value as HandleRecord
  if (record.handle === 'exception') return reviveThrown(record.record)
  if (record.handle === 'pid') return new Pid(record.id)
  if (record.handle === 'task') return reviveTask(record.reference, record.captured)
  return readHandleKind((record as { readonly handle: string }).handle, record, loadRest)
}

/**
 * Puts what somebody passed into a message.
 *
 * @param what says what it is, for the error: `argument 2 of task "add"`
 * @param writeOther handles that have a meaning on this way only
 * @throws NotCloneableError which says what cannot be sent, and where in the value it is
 */
export function encodeMessage(value: unknown, what: (path: string) => string, writeOther?: HandleWriter): EncodedValue {
  return encodePlain(value) ?? encodeAny(value, what, writeOther)
}

function encodeAny(value: unknown, what: (path: string) => string, writeOther: HandleWriter | undefined): EncodedValue {
  const sent = new Map<object, HandleKind>()
  const write: HandleWriter = (part) => {
    const kind = findHandleKind(part)
    if (kind !== undefined) sent.set(part, kind)
    return writeOther?.(part) ?? writeHandle(part)
  }
  try {
    const encoded = encodeValue(value, write)
    for (const [part, kind] of sent) kind.sent(part)
    return encoded
  } catch (cause) {
    const found = findUncloneable(value, (part) => canEncode(part, write))
    const path = found?.path ?? ''
    throw new NotCloneableError(`${what(path)}: ${explain(found?.what, cause)}.`, { cause, path })
  }
}

function explain(what: string | undefined, cause: unknown): string {
  if (cause instanceof NotCloneableError) return cause.message
  // Otherwise a getter or a proxy has thrown.
  return what !== undefined && cause instanceof DOMException
    ? `${what} cannot be sent to another process`
    : `to read it throws ${String(cause)}`
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
