import { type ErrorPlace, isError, reviveError } from './error-record.js'
import { NotCloneableError } from './errors.js'
import { findHandleKind, type HandleKind, readHandleKind } from './handle-kinds.js'
import type { HandleReader, HandleWriter } from './handles.js'
import { loadRest } from './late.js'
import { MessageErrors } from './message-errors.js'
import { Pid } from './pid.js'
import { findTask, reviveTask } from './task.js'
import { findUncloneable } from './uncloneable.js'
import { decodeValue, type EncodedValue, encodePlain, encodeValue } from './value-codec.js'
import type { TaskReference } from './wire.js'

/** What stands for a value that means something to brood. */
type HandleRecord =
  | { readonly handle: 'pid'; readonly id: string }
  | { readonly handle: 'task'; readonly reference: TaskReference; readonly captured: readonly unknown[] }
  | ({ readonly handle: 'error' } & ErrorPlace)

const writeHandle: HandleWriter = (value): object | undefined => {
  if (value instanceof AbortSignal)
    throw new NotCloneableError('An AbortSignal can be sent among the arguments of a call, and nowhere else')
  if (value instanceof Pid) return { handle: 'pid', id: value.id } satisfies HandleRecord
  const task = findTask(value)
  if (task !== undefined) return { handle: 'task', reference: task.reference, captured: task.captured ?? [] } satisfies HandleRecord
  return findHandleKind(value)?.write(value)
}

const readHandle: HandleReader = (value) => {
  const record = value as HandleRecord
  if (record.handle === 'error') return reviveError(record, readNested)
  if (record.handle === 'pid') return new Pid(record.id)
  if (record.handle === 'task') return reviveTask(record.reference, record.captured)
  return readHandleKind((record as { readonly handle: string }).handle, record, loadRest)
}

const nested = new WeakMap<object, unknown>()

/** What several errors have in a property is one thing. */
function readNested(standIn: unknown): unknown {
  const message = standIn as EncodedValue
  if (!nested.has(message)) nested.set(message, decodeMessage(message))
  return nested.get(message)
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
  const handles = new MessageHandles()
  const write = handles.writer(writeOther)
  try {
    const encoded = encodeValue(value, write)
    const undos = handles.tellSent()
    if (undos.length > 0) handedOver.set(encoded, undos)
    return encoded
  } catch (cause) {
    // To look for the place would take as many tries as there are levels.
    if (cause instanceof RangeError)
      throw new NotCloneableError(`${what('')}: it is nested too deep to be sent to another process.`, { cause, path: '' })
    const found = findUncloneable(value, (part) => canEncode(part, write))
    const path = found?.path ?? ''
    throw new NotCloneableError(`${what(path)}: ${explain(found?.what, cause)}.`, { cause, path })
  }
}

/** What has been handed over with messages: has it back. */
const handedOver = new WeakMap<EncodedValue, readonly (() => void)[]>()

/** A message will be read by nobody any more: what was handed over with it, and nobody has, is this process's again. */
export function takeBack(message: EncodedValue | undefined): void {
  if (message === undefined) return
  for (const undo of handedOver.get(message) ?? []) undo()
  handedOver.delete(message)
}

/** Is there something in a message that {@link takeBack} is about? */
export const handsOver = (message: EncodedValue): boolean => handedOver.has(message)

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
  try {
    return decodeValue(value, readOther === undefined ? readHandle : (record) => readOther(record) ?? readHandle(record))
  } catch (cause) {
    // To read takes more of the stack than to write.
    if (cause instanceof RangeError) throw new NotCloneableError('What came is nested too deep to be read.', { cause, path: '' })
    throw cause
  }
}

/** Those of one message. */
class MessageHandles {
  #sent: Map<object, HandleKind> | undefined
  #errors: MessageErrors | undefined

  /** What was handed over with it is the other process's now. @returns have it back */
  tellSent(): (() => void)[] {
    return [...(this.#sent ?? [])].flatMap(([part, kind]) => kind.sent(part) ?? [])
  }

  writer(writeOther?: HandleWriter, depth = 0): HandleWriter {
    let record: ((error: Error) => ErrorPlace) | undefined
    return (part) => {
      const kind = findHandleKind(part)
      if (kind !== undefined) {
        this.#sent ??= new Map()
        this.#sent.set(part, kind)
      }
      const other = writeOther?.(part) ?? writeHandle(part)
      if (other !== undefined || !isError(part)) return other
      this.#errors ??= new MessageErrors((value, depth) => this.#nest(value, depth))
      record ??= this.#errors.recorder(depth)
      return { handle: 'error', ...record(part) } satisfies HandleRecord
    }
  }

  #nest(value: unknown, depth: number): EncodedValue | undefined {
    const nested = new MessageHandles()
    nested.#errors = this.#errors
    try {
      const encoded = encodeValue(value, nested.writer(undefined, depth))
      if (nested.#sent !== undefined) this.#sent = new Map([...(this.#sent ?? []), ...nested.#sent])
      // Buffers are sent without what lies beside them.
      return encoded.format === 'json' ? encoded : { ...encoded, buffers: encoded.buffers.map(asBuffer) }
    } catch {
      // It stays behind.
      return undefined
    }
  }
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Can this be sent? Errors always can: what they have that cannot stays behind. */
export const isSendable = (value: unknown): boolean => canEncode(value, (part) => writeHandle(part) ?? (isError(part) ? {} : undefined))
