import { Module } from 'node:module'
import { urlOf } from './module-file.js'

/** Where in the source something was called. */
export interface CallSite {
  /** Of the module. */
  readonly url: string
  readonly isCommonJS: boolean
  readonly line: number
  readonly column: number
}

/** The CommonJS modules of this thread, as `require.cache` has them. A test runner may evaluate an ES module under its path, too. */
const { _cache: modules } = Module as unknown as { readonly _cache: Readonly<Record<string, unknown>> }

/**
 * Finds out who called a function.
 *
 * @param callee the function; what stands above it on the stack is left out, and so is the function itself
 * @returns `undefined` where that cannot be found out: in evaluated code, and where the program has made Error its own
 */
export function findCallSite(callee: (...args: never[]) => unknown): CallSite | undefined {
  // oxlint-disable-next-line typescript/unbound-method -- it is put back where it was
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = 1
    Error.prepareStackTrace = (_error, frames) => frames
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, callee)
    const [frame] = holder.stack as NodeJS.CallSite[]
    const file = frame?.getScriptNameOrSourceURL() ?? frame?.getFileName()
    if (frame === undefined || typeof file !== 'string') return undefined
    const place = { line: frame.getLineNumber() ?? 0, column: frame.getColumnNumber() ?? 0 }
    if (/^(?:file|data|https?):/.test(file)) return { url: file, isCommonJS: false, ...place }
    return /^(?:\/|[A-Za-z]:[\\/])/.test(file) ? { url: urlOf(file), isCommonJS: file in modules, ...place } : undefined
  } catch {
    // Error is frozen.
    return undefined
  } finally {
    restore(prepareStackTrace, stackTraceLimit)
  }
}

function restore(prepareStackTrace: typeof Error.prepareStackTrace, stackTraceLimit: number): void {
  try {
    Error.stackTraceLimit = stackTraceLimit
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Error.prepareStackTrace = prepareStackTrace
  } catch {
    // It is as it was.
  }
}
