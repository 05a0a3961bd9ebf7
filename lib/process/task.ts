import { BroodError } from '../errors.js'
import { type CallSite, findCallSite } from './call-site.js'
import { NotATaskError, TaskDuplicateError, TaskMismatchError } from './errors.js'
import { explainFunction } from './explain-function.js'
import { forgetHash, hashModule, hashOnce } from './module-hash.js'
import { getState } from './state.js'
import type { TaskReference } from './wire.js'

/** Any function at all. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyFunction = (...args: any[]) => unknown

declare const isTask: unique symbol

/** A function that other processes can be asked to call. Here it is the function itself, with its overloads and its type parameters. */
export type Task<F extends AnyFunction = AnyFunction> = F & { readonly [isTask]: true }

// It lends a function that is written in place no types of parameters: `(count = 1)` is one of numbers.
// oxlint-disable-next-line typescript/no-unsafe-function-type
type SomeFunction = Function

/** The task that `task()` makes of a function. */
export type TaskOf<F> = F extends AnyFunction ? Task<F> : never

/** What a task returns, once it is there. */
export type TaskResult<F extends AnyFunction> = Awaited<ReturnType<F>>

/** The signatures of a function, as many as TypeScript is asked for: of a function that has more, the last ones. */
type Signatures<F> = F extends {
  (...args: infer A1): infer R1
  (...args: infer A2): infer R2
  (...args: infer A3): infer R3
  (...args: infer A4): infer R4
  (...args: infer A5): infer R5
  (...args: infer A6): infer R6
  (...args: infer A7): infer R7
  (...args: infer A8): infer R8
}
  ? [A1, R1] | [A2, R2] | [A3, R3] | [A4, R4] | [A5, R5] | [A6, R6] | [A7, R7] | [A8, R8]
  : never

type ArgumentsOf<Signature> = Signature extends [infer A extends unknown[], unknown] ? A : never
type ResultFor<Signature, A> = Signature extends [infer Parameters, infer R] ? (A extends Parameters ? Awaited<R> : never) : never

/** What a task can be called with, by one of its overloads; `never` where it has no more than one. */
export type OverloadArguments<F extends AnyFunction> = [Signatures<F>] extends [[Parameters<F>, ReturnType<F>]]
  ? never
  : ArgumentsOf<Signatures<F>>

/** What the overload of a task returns that takes such arguments, once it is there. */
export type OverloadResult<F extends AnyFunction, A extends readonly unknown[]> = ResultFor<Signatures<F>, A>

/** What a task returns for an element of a list, once it is there: what those of its overloads return that take it. */
export type ElementResult<F extends AnyFunction, Element> = [OverloadArguments<F>] extends [never]
  ? TaskResult<F>
  : Element extends unknown
    ? OverloadResult<F, [Element]>
    : never

/** A function, and how another process finds it. */
export interface RegisteredTask {
  readonly reference: TaskReference
  /** `undefined` where only the other process has it. */
  readonly call: AnyFunction | undefined
  /** Where it was registered; `undefined` where that was said by hand. */
  readonly site: CallSite | undefined
  /** What stands in front of the arguments of each call: see {@link closure}. */
  readonly captured?: readonly unknown[]
}

/**
 * Makes a task of a function, which then can be called in another process. Here it is still the function that it was.
 *
 * The other process loads the module that called `task`, and finds the function by its name. So a task must be registered while its module is
 * evaluated, and what the function uses of its module is the other process's own.
 *
 * @param name no other task of the module has it
 * @throws BroodError `ERR_BROOD_TASK_DUPLICATE`; `ERR_BROOD_INVALID_ARGUMENT`, also where it cannot be seen which module calls: then pass
 *   `import.meta.url` in front of the name
 */
export function task<F extends SomeFunction>(name: string, call: F): TaskOf<F>
/** @param url of the module that calls: for bundles, and where there are no stack traces */
export function task<F extends SomeFunction>(url: string, name: string, call: F): TaskOf<F>
export function task(...asked: [string, AnyFunction] | [string, string, AnyFunction]): Task {
  const [url, name, call] = asked.length === 3 ? asked : [undefined, ...asked]
  if (typeof name !== 'string' || name === '') throw invalid('name', 'The name of a task must be a text that is not empty.')
  if (typeof call !== 'function') throw invalid('fn', `Task "${name}" must be a function, and is ${describe(call)}.`)
  if (url !== undefined && !URL.canParse(url))
    throw invalid('url', `The URL of task "${name}" must be that of its module: import.meta.url.`)
  const site = url === undefined ? findCallSite(task) : undefined
  const module = url ?? site?.url
  if (module === undefined) {
    const advice = `Say it: task(import.meta.url, "${name}", …). Code that is evaluated (node -e) has no file that a child could load: put the task into one.`
    throw invalid('url', `brood cannot see which module registers task "${name}". ${advice}`)
  }
  const { tasks, functions } = getState()
  const key = keyOfTask({ url: module, name })
  const earlier = tasks.get(key)
  // The same place once more: a test runner has evaluated the module again.
  if (earlier !== undefined && earlier.call !== call && (site?.line !== earlier.site?.line || site?.column !== earlier.site?.column)) {
    throw new TaskDuplicateError(`${module} registers two tasks by the name "${name}". Give one of them another name.`, {
      url: module,
      task: name,
    })
  }
  // It is evaluated once more, as its file is now.
  if (earlier !== undefined) forgetHash(module)
  const isCommonJS = site?.isCommonJS ?? false
  const registered: RegisteredTask = {
    reference: { url: module, name, by: 'registration', hash: hashOnce(module), isCommonJS },
    call,
    site,
  }
  tasks.set(key, registered)
  functions.set(call, registered)
  return call as Task
}

/** What a registered task is found by. */
export const keyOfTask = ({ url, name }: Pick<TaskReference, 'url' | 'name'>): string => `${url}\0${name}`

/** The functions among a module's exports, as tasks. */
export type ModuleTasks<M> = {
  readonly [Name in keyof M as M[Name] extends AnyFunction ? Name : never]: M[Name] extends AnyFunction ? Task<M[Name]> : never
}

/**
 * The exported functions of a module as tasks, without loading it here: `fromModule<typeof import('./work.js')>(new URL('./work.js', import.meta.url))`.
 *
 * They cannot be called here.
 *
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT`
 */
export function fromModule<M>(url: URL | string): ModuleTasks<M> {
  const href = readURL(url)
  const made = new Map<string, Task>()
  return new Proxy(Object.create(null) as ModuleTasks<M>, {
    get(_target, name) {
      // A promise would be asked for it.
      if (typeof name === 'symbol' || name === 'then') return undefined
      let found = made.get(name)
      if (found === undefined) {
        found = taskOfExport(href, name)
        made.set(name, found)
      }
      return found
    },
  })
}

const taskOfExport = (url: string, name: string) => makeStandIn({ url, name, by: 'export', hash: hashOnce(url), isCommonJS: false }) as Task

/** A task that can be passed on, and not be called. */
function makeStandIn(reference: TaskReference): AnyFunction {
  const { url, name } = reference
  const standIn = () => {
    throw new NotATaskError(`"${name}" of ${url} is not loaded here: spawn it, or import the module.`, { task: name, url })
  }
  getState().functions.set(standIn, { reference, call: undefined, site: undefined })
  return standIn
}

function readURL(url: unknown): string {
  try {
    return new URL(url instanceof URL ? url.href : String(url)).href
  } catch {
    throw invalid('url', `fromModule() must be given a URL, such as new URL('./work.js', import.meta.url), and is given ${describe(url)}.`)
  }
}

/** The task that a function is; `undefined` where it is none. */
export function findTask(value: unknown): RegisteredTask | undefined {
  return typeof value === 'function' ? getState().functions.get(value) : undefined
}

/** The task that another process has sent: the function itself where its module is loaded here. */
export function reviveTask(reference: TaskReference, captured: readonly unknown[]): AnyFunction {
  const registered = reference.by === 'registration' ? getState().tasks.get(keyOfTask(reference))?.call : undefined
  const call = registered ?? makeStandIn(reference)
  return captured.length === 0 ? call : makeClosure(reference, call, captured)
}

/**
 * A task with what it is to have from around it, by name, as constellation's `Fn!`: a function that is written in the middle of another one cannot take
 * that along to another process.
 *
 * `const addTo = task('addTo', ({ sum }, n) => sum + n)`, then `spawn(closure(addTo, { sum: 3 }), 4)`.
 *
 * It may be called here, sent, and made a closure of once more.
 *
 * @param captured the first argument of each call. It is copied when it is sent.
 * @throws BroodError `ERR_BROOD_NOT_A_TASK`
 */
export function closure<Captured, Args extends readonly unknown[], Result>(
  of: Task<(captured: Captured, ...args: Args) => Result>,
  captured: NoInfer<Captured>,
): Task<(...args: Args) => Result> {
  const reference = referenceOf(of)
  const { call, captured: earlier = [] } = findTask(of) as RegisteredTask
  return makeClosure(reference, call ?? makeStandIn(reference), [...earlier, captured]) as Task<(...args: Args) => Result>
}

function makeClosure(reference: TaskReference, call: AnyFunction, captured: readonly unknown[]): AnyFunction {
  const closed: AnyFunction = (...args: unknown[]) => call(...captured, ...args)
  getState().functions.set(closed, { reference, call, site: undefined, captured })
  return closed
}

/**
 * How another process finds a task.
 *
 * @throws BroodError `ERR_BROOD_NOT_A_TASK`, which says where the function stands and what it captures
 */
function referenceOf(value: unknown): TaskReference {
  return getTask(value).reference
}

/** @throws BroodError `ERR_BROOD_NOT_A_TASK` */
export function getTask(value: unknown): RegisteredTask {
  const found = findTask(value)
  if (found !== undefined) return found
  if (typeof value !== 'function')
    throw new NotATaskError(`A task was expected, and this is ${describe(value)}: pass what task() or fromModule() returned.`)
  const { text, ...details } = explainFunction(value as AnyFunction)
  throw new NotATaskError(text, details)
}

/**
 * Makes sure that the modules of all tasks are as they were when this process loaded them: a child would load other ones. From procspawn, which asks
 * whether a child would call the same function.
 *
 * @throws BroodError `ERR_BROOD_TASK_MISMATCH`
 */
export function assertSpawnIsSafe(): void {
  for (const { reference } of getState().tasks.values()) {
    const { url, name, hash } = reference
    if (hashModule(url) !== hash) throw mismatch(name, url)
  }
}

/** The error for a file that has changed since. */
export function mismatch(name: string, url: string): TaskMismatchError {
  const message = `${url} has changed since this process loaded it, and its task "${name}" may have: restart the program.`
  return new TaskMismatchError(message, { task: name, url })
}

function invalid(argument: string, message: string): BroodError {
  return new BroodError('ERR_BROOD_INVALID_ARGUMENT', message, { argument })
}

const describe = (value: unknown) => (value === null ? 'null' : `of type ${typeof value}`)
