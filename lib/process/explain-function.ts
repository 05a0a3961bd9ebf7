import type { Runtime, Session } from 'node:inspector'
import { createRequire } from 'node:module'
import type { AnyFunction } from './task.js'

/** What is to be said of a function that is no task. */
export interface Explanation {
  readonly text: string
  /** File and line, where they are known. */
  readonly place: string | undefined
  /** Names from around it that it uses. */
  readonly captured: readonly string[]
}

/** Says of a function that was passed by mistake where it stands, and what it would lose in another process. It takes 20 ms, once. */
export function explainFunction(call: AnyFunction): Explanation {
  const { place, captured } = inspectFunction(call)
  const name = call.name === '' ? 'This function' : `"${call.name}"`
  const where = place === undefined ? '' : ` (${place})`
  const names =
    captured.length === 0
      ? ''
      : ` It captures ${captured.map((each) => `\`${each}\``).join(', ')}: pass ${captured.length === 1 ? 'it' : 'them'} as ${captured.length === 1 ? 'an argument' : 'arguments'}.`
  return {
    text: `${name}${where} is not a task. Make it one where its module is evaluated: const work = task("work", …).${names}`,
    place,
    captured,
  }
}

type Facts = Pick<Explanation, 'place' | 'captured'>

const nothing: Facts = { place: undefined, captured: [] }

/** By the inspector, which knows it from V8: the text of a function does not say where it stands. */
function inspectFunction(call: AnyFunction): Facts {
  let session: Session | undefined
  const key = Symbol.for('brood.explained')
  try {
    const { Session: Inspector } = createRequire(import.meta.url)('node:inspector') as typeof import('node:inspector')
    session = new Inspector()
    session.connect()
    const ask: Ask = (method, parameters) => {
      let answer: unknown
      ;(session as Session).post(method, parameters, (error, result) => {
        if (error === null) answer = result
      })
      return answer as never
    }
    const urls = new Map<string, string>()
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
    ask('Debugger.enable')
    Object.defineProperty(globalThis, key, { value: call, configurable: true })
    const { result } = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', { expression: 'globalThis[Symbol.for("brood.explained")]' })
    const { internalProperties = [] } = ask<Runtime.GetPropertiesReturnType>('Runtime.getProperties', { objectId: result.objectId })
    const internal = (name: string) => internalProperties.find((property) => property.name === name)?.value
    const location = internal('[[FunctionLocation]]')?.value as { scriptId: string; lineNumber: number } | undefined
    const url = location === undefined ? undefined : urls.get(location.scriptId)
    return {
      place: url === undefined || url === '' ? undefined : `${url}:${(location as { lineNumber: number }).lineNumber + 1}`,
      captured: namesIn(internal('[[Scopes]]')?.objectId, call, ask),
    }
  } catch {
    // Another debugger, or a Node without one.
    return nothing
  } finally {
    Reflect.deleteProperty(globalThis, key)
    session?.disconnect()
  }
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the protocol says what comes
type Ask = <Result>(method: string, parameters?: object) => Result

/** The names in the scopes around a function, but those of its module and of all programs, that its text mentions. */
function namesIn(scopes: string | undefined, call: AnyFunction, ask: Ask): string[] {
  if (scopes === undefined) return []
  const text = Function.prototype.toString.call(call)
  const { result } = ask<Runtime.GetPropertiesReturnType>('Runtime.getProperties', { objectId: scopes, ownProperties: true })
  const around = result.filter(({ value }) => /^(?:Closure|Block|Local|Module|Script)/.test(value?.description ?? ''))
  const names = around.flatMap(({ value }) => {
    const scope = ask<Runtime.GetPropertiesReturnType>('Runtime.getProperties', { objectId: value?.objectId, ownProperties: true })
    return scope.result.map(({ name }) => name)
  })
  const wrapper = new Set(['exports', 'require', 'module', '__filename', '__dirname', 'this', 'arguments'])
  return [...new Set(names)].filter((name) => !wrapper.has(name) && new RegExp(`(?<![\\w$.])${escape(name)}(?![\\w$])`).test(text))
}

const escape = (name: string) => name.replace(/[$]/g, '\\$&')
