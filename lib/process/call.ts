import { fileURLToPath } from 'node:url'
import type { SignalRecord } from './child/abort-signals.js'
import { recordThrown, reviveThrown, type ThrownRecord } from './error-record.js'
import { CancelledError, NotCloneableError, TaskNotFoundError, TaskNotLoadedError, UnguardedError } from './errors.js'
import { explainLoading } from './explain-loading.js'
import type { HandleWriter } from './handles.js'
import { decodeMessage, encodeMessage, isSendable } from './message-value.js'
import { getTask, mismatch } from './task.js'
import { type EncodedValue, encodePlainList } from './value-codec.js'
import type { Failure, TaskReference } from './wire.js'

/** A call of a task, ready to be sent. */
export interface Call {
  readonly task: TaskReference
  readonly args: EncodedValue | undefined
  /** Signals among the arguments, which are followed while it runs. */
  readonly signals: readonly AbortSignal[]
  /** The frames of who called, where they were noted. V8 makes a text of them when somebody asks. */
  at: { readonly stack?: string } | undefined
}

/** A call that a process was given, and what becomes of it: one of the two functions is called, once. */
export interface OpenCall {
  readonly call: Call
  readonly onProgress: ((value: unknown) => void) | undefined
  resolve(value: unknown): void
  reject(error: unknown): void
}

/**
 * Makes a call ready.
 *
 * @throws BroodError `ERR_BROOD_NOT_A_TASK`, `ERR_BROOD_NOT_CLONEABLE`
 */
export function prepareCall(task: unknown, args: readonly unknown[]): Call {
  const { reference, captured = nothing } = getTask(task)
  const values = captured.length === 0 ? args : [...captured, ...args]
  const plain = encodePlainList(values)
  if (plain !== undefined) return { task: reference, args: plain, signals: noSignals, at: undefined }
  const signals: AbortSignal[] = []
  const writeSignal: HandleWriter = (value): SignalRecord | undefined => {
    if (!(value instanceof AbortSignal)) return undefined
    const known = signals.indexOf(value)
    const number = known < 0 ? signals.push(value) : known + 1
    return { handle: 'signal', number, aborted: value.aborted, reason: reasonOf(value) }
  }
  const encoded = encodeMessage(values, (path) => describeArgument(reference.name, path, captured.length), writeSignal)
  return { task: reference, args: encoded, signals, at: undefined }
}

/**
 * Notes who makes a call, for the stack of what it may throw. It takes as long as half of a small call, and can wait until that is on its way.
 *
 * @param caller what stands above it on the stack is left out
 */
export function noteCaller(call: Call, caller: (...args: never[]) => unknown): Call {
  const at = {}
  Error.captureStackTrace(at, caller)
  call.at = at
  return call
}

/** The reason that is sent. */
export const reasonOf = (signal: AbortSignal): ThrownRecord => recordThrown(signal.reason, isSendable)

const nothing: readonly unknown[] = []
const noSignals: readonly AbortSignal[] = []

function describeArgument(name: string, path: string, captured: number): string {
  const [, index, rest = ''] = /^\[(\d+)\](.*)$/s.exec(path) ?? []
  if (index === undefined) return `The arguments of task "${name}"`
  const place = Number(index) - captured
  return place < 0 ? `What a closure of task "${name}" captures${rest}` : `Argument ${place + 1} of task "${name}"${rest}`
}

/** What the child has returned. */
export const readReturned = (value: EncodedValue | undefined): unknown => decodeMessage(value)

/** What is thrown here for what went wrong there. */
export function toThrown(failure: Failure, { task: { name, url }, at }: Pick<Call, 'task' | 'at'>): unknown {
  switch (failure.kind) {
    case 'thrown':
      return reviveThrown(failure.record, framesOf(at))
    case 'not-loaded': {
      const cause = reviveThrown(failure.record, framesOf(at))
      // The module is all right, and is misused.
      if (cause instanceof UnguardedError) return cause
      return new TaskNotLoadedError(explainLoading(name, url, cause), { cause, task: name, url })
    }
    case 'not-found': {
      const { known } = failure
      const others = known.length === 0 ? 'It has none' : `It has ${known.map((each) => `"${each}"`).join(', ')}`
      const hint = 'A task must be registered while its module is evaluated, in every process alike.'
      return new TaskNotFoundError(`${url} has no task "${name}". ${others}. ${hint}`, { task: name, url, known })
    }
    case 'dropped':
      return new CancelledError(`Task "${name}" was not begun.`, { task: name })
    case 'mismatch':
      return mismatch(name, url)
    default:
      return new NotCloneableError(`Task "${name}": ${lowerFirst(failure.text)}`, { path: failure.path, task: name })
  }
}

/** The frames alone, without the head that V8 puts in front of them, nor that of the door through which brood was called. */
function framesOf({ stack = '' }: NonNullable<Call['at']> = {}): string {
  // Somebody may have had `Error.prepareStackTrace` make something else of it.
  if (typeof stack !== 'string') return ''
  const [, ...frames] = stack.split('\n')
  return frames.filter((frame) => !frame.includes(library)).join('\n')
}

const library = fileURLToPath(new URL('./process.cjs', import.meta.url))

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
