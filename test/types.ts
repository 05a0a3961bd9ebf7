// Compiled by `npm run check:types`, never run: what the types say is the contract.
import wrap, {
  BroodError,
  type BroodErrorCode,
  type Context,
  type ContextOptions,
  createContext,
  currentContext,
  type InheritedContext,
  type JsonValue,
  wrap as named,
  runMain,
  type SpawnDetails,
  type Undo,
  type Unwrap,
} from 'brood'
import { fromModule, type JoinHandle, type Pid, Pool, type PoolOptions, type RunOptions, spawn, type Task, task } from 'brood/process'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expect = <_T extends true>(): void => {}

expect<Equal<typeof wrap, typeof named>>()
expect<Equal<ReturnType<typeof wrap>, Unwrap>>()
expect<Equal<ReturnType<typeof createContext>, Context>>()
expect<Equal<ReturnType<Context['patch']>, Undo>>()
expect<Equal<ReturnType<Context['onSpawn']>, Undo>>()
expect<Equal<Unwrap, (() => void) & Disposable>>()
expect<Equal<ReturnType<Context['environment']>, Record<string, string>>>()
expect<Equal<ReturnType<typeof currentContext>, InheritedContext | undefined>>()
expect<Equal<InheritedContext['data'], JsonValue | undefined>>()
expect<Equal<ReturnType<typeof runMain>, void>>()
expect<Equal<BroodError['code'], BroodErrorCode>>()
expect<Equal<Parameters<typeof createContext>, [options?: ContextOptions | undefined]>>()

wrap(['main.js', 'arg'] as const)
wrap(['main.js'], { A: '1' })
wrap({ A: '1' })
createContext({ main: undefined, env: Object.freeze({ A: '1' }), workers: false })
using context = createContext()
context.patch()
using _undo = context.patch()
createContext({ data: { a: [1, 'x', null, true] } as const, visible: true })
createContext({ replace: Object.freeze({ git: './mock.js' }) })
createContext({ replace: undefined })
const data = currentContext()?.data as { port: number } | undefined
expect<Equal<typeof data, { port: number } | undefined>>()

const childProcess = context.childProcess()
expect<Equal<typeof childProcess, typeof import('node:child_process')>>()
const custom = context.childProcess({ spawn: (file: string) => file.length, version: 1 })
expect<Equal<typeof custom, { spawn: (file: string) => number; version: number }>>()
context.environment()
context.environment({ PATH: undefined })

context.onSpawn((spawn) => {
  expect<Equal<typeof spawn, SpawnDetails>>()
})
context.onSpawn(({ file }) => file === 'git' && false)
context.onSpawn(({ env }) => ({ env: { ...env, A: '1' }, cwd: undefined }))

// @ts-expect-error neither argv nor env
wrap()
// @ts-expect-error not an array
wrap('main.js')
// @ts-expect-error not strings
wrap(['main.js', 1])
// @ts-expect-error not strings
wrap(['main.js'], { A: 1 })
// @ts-expect-error not at once
context.onSpawn(async () => false)
context.onSpawn((spawn) => {
  // @ts-expect-error changes are returned
  spawn.file = 'other'
})
// @ts-expect-error not JSON
createContext({ data: { now: new Date() } })
// @ts-expect-error not JSON
createContext({ data: [() => {}] })
// @ts-expect-error nothing that starts processes
context.childProcess('cross-spawn')
// @ts-expect-error not a file by its name
createContext({ replace: { git: true } })
// @ts-expect-error no such option
createContext({ mian: 'main.js' })
// @ts-expect-error a code that does not exist
new BroodError('ERR_BROOD_NONE', '')

// brood/process: pools and handles.
const addAll = task('addAll', (...numbers: number[]) => numbers.length)
const lengthLater = task('lengthLater', async (text: string, unit?: 'bytes') => (unit === 'bytes' ? Buffer.from(text).length : text.length))
const first = task('first', <T>(list: readonly T[]): T | undefined => list[0])
const nothing = task('nothing', () => {})
const describe = task('describe', (number: number) => ({ number, text: String(number) }))

const options: PoolOptions = { size: 2, memoryLimit: '256 MiB', resources: { mem: 1024, cpu: 0.5 }, setup: nothing }
await using pool = new Pool(options)
expect<Equal<Parameters<typeof pool.kill>, []>>()
expect<Equal<ReturnType<Pool['join']>, Promise<void>>>()
expect<Equal<ReturnType<Pool['shutdown']>, Promise<void>>>()
expect<Equal<[Pool['size'], Pool['active'], Pool['queued']], [number, number, number]>>()

const sum = pool.run(addAll, 1, 2)
expect<Equal<typeof sum, JoinHandle<number>>>()
const length = pool.run(lengthLater, 'text')
expect<Equal<typeof length, JoinHandle<number>>>()
const limited = pool.runWith({ timeout: 10, priority: -1, retry: 1, onProgress: (value: unknown) => value }, lengthLater, 'text', 'bytes')
expect<Equal<typeof limited, JoinHandle<number>>>()
const whole: number = await limited
// TypeScript carries type parameters through no function that takes another one's parameters: the task itself has them.
const element = await pool.run(first, ['a'])
expect<Equal<ReturnType<typeof first<string>>, string | undefined>>()
expect<Equal<typeof element, unknown>>()
expect<Equal<Awaited<typeof sum>, number>>()

const mapped = pool.map(describe, [1, 2, whole], { concurrency: 2 })
expect<Equal<typeof mapped, AsyncIterableIterator<{ number: number; text: string }>>>()
pool.map(describe, new Set([1]))
pool.map(lengthLater, mapTexts())
async function* mapTexts(): AsyncGenerator<string> {
  yield 'a'
}

expect<Equal<JoinHandle<string>['pid'], Pid | undefined>>()
expect<Equal<JoinHandle<string>['osPid'], number | undefined>>()
expect<Equal<ReturnType<JoinHandle<string>['join']>, Promise<string>>>()
expect<Equal<ReturnType<JoinHandle<string>['kill']>, void>>()
const handle: PromiseLike<number> & AsyncDisposable = spawn(addAll, 1)
await using _handle = pool.run(nothing)
handle.then((value) => value.toFixed())
sum.join()
sum.join({ timeout: 10, signal: AbortSignal.timeout(1) })
sum.kill('SIGKILL')

const work = fromModule<{ double(n: number): number; readonly version: string }>('file:///work.js')
const doubled = pool.run(work.double, 2)
expect<Equal<typeof doubled, JoinHandle<number>>>()
const run: RunOptions = Object.freeze({ signal: AbortSignal.timeout(1) })
pool.runWith(run, work.double, 2)
const anyTask: Task = addAll
pool.run(anyTask, 'whatever')

// @ts-expect-error not a task
pool.run((n: number) => n, 1)
// @ts-expect-error no such argument
pool.run(lengthLater, 1)
// @ts-expect-error an argument is missing
pool.run(lengthLater)
// @ts-expect-error one too many
pool.run(nothing, 1)
// @ts-expect-error elements of another type
pool.map(describe, ['1'])
// @ts-expect-error no such option
new Pool({ sizes: 2 })
// @ts-expect-error a pool outlives nothing
new Pool({ detached: true })
// @ts-expect-error a task with arguments
new Pool({ setup: describe })
// @ts-expect-error an option of a process
pool.runWith({ env: {} }, nothing)
// @ts-expect-error no such signal
sum.kill('SIGNONE')
// @ts-expect-error it is only read
pool.size = 3
// @ts-expect-error no function
pool.run(work.version)
