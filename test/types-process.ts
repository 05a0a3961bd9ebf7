// Compiled by `npm run check:types`, never run: what the types of brood/process say is the contract.
import {
  BroodError,
  CancelledError,
  ChannelClosedError,
  ChannelDuplicateError,
  ChannelRefusedError,
  ChannelSelfError,
  type ClosedReason,
  configure,
  ExitedError,
  fromModule,
  ImpossibleError,
  type JoinHandle,
  NoCapacityError,
  NoTaskError,
  NotATaskError,
  NotCloneableError,
  NotStartedError,
  OutOfMemoryError,
  type Pid,
  Pool,
  QueueFullError,
  type Resources,
  resources,
  spawn,
  spawnWith,
  type Task,
  TaskDuplicateError,
  TaskMismatchError,
  TaskNotFoundError,
  TaskNotLoadedError,
  type TaskResult,
  TimeoutError,
  task,
  trySpawn,
  UnguardedError,
} from 'brood/process'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expect = <_T extends true>(): void => {}

interface Parse {
  (text: string): string[]
  (count: number, isStrict?: boolean): Promise<number>
}

const add = task('add', (a: number, b: number) => a + b)
const later = task('later', async (text: string, count = 1, ...others: boolean[]) => text.length + count + others.length)
const identity = task('identity', <T>(value: T) => value)
const pairOf = task('pairOf', async <A, B>(one: A, others: B[]): Promise<[A, B[]]> => [one, others])
const parse = task('parse', ((value: unknown) => value) as Parse)
const nothing = task('nothing', () => {})
const described = task(import.meta.url, 'described', (a: { readonly size: number }) => a.size)

// A task is the function that it was.
expect<Equal<ReturnType<typeof add>, number>>()
expect<Equal<Parameters<typeof later>, [text: string, count?: number | undefined, ...others: boolean[]]>>()
expect<Equal<TaskResult<typeof later>, number>>()
const kept = identity('text' as const)
expect<Equal<typeof kept, 'text'>>()
const texts = parse('a')
expect<Equal<typeof texts, string[]>>()
const count = parse(1, true)
expect<Equal<typeof count, Promise<number>>>()

const sum = spawn(add, 1, 2)
expect<Equal<typeof sum, JoinHandle<number>>>()
expect<Equal<Awaited<typeof sum>, number>>()
expect<Equal<Awaited<ReturnType<(typeof sum)['join']>>, number>>()
expect<Equal<(typeof sum)['pid'], Pid | undefined>>()
const length = spawn(later, 'a', 2, true, false)
expect<Equal<typeof length, JoinHandle<number>>>()
expect<Equal<ReturnType<typeof spawn<typeof nothing>>, JoinHandle<void>>>()
const spawned = spawnWith({ resources: { mem: '1 GiB', cpu: 0.5 }, stdio: ['pipe', 'inherit', 'ignore'] }, parse, 'a')
expect<Equal<typeof spawned, JoinHandle<string[]>>>()
const last = trySpawn({ timeout: 1 }, parse, 1, true)
expect<Equal<typeof last, JoinHandle<number>>>()
const first = spawn(parse, 'a')
expect<Equal<typeof first, JoinHandle<string[]>>>()
const pool = new Pool()
const pooled = pool.run(parse, 'a')
expect<Equal<typeof pooled, JoinHandle<string[]>>>()
const pooledNumber = pool.runWith({ priority: 1 }, parse, 1, true)
expect<Equal<typeof pooledNumber, JoinHandle<number>>>()
// TypeScript cannot say what a type parameter becomes in another function's arguments: the caller says it, without another function at run time.
const unknown = spawn(identity, 1)
expect<Equal<typeof unknown, JoinHandle<unknown>>>()
const number = spawn(identity<number>, 1)
expect<Equal<typeof number, JoinHandle<number>>>()
const pair = spawn(pairOf<string, Date>, 'a', [new Date()])
expect<Equal<typeof pair, JoinHandle<[string, Date[]]>>>()
const pooledText = pool.run(identity<'text'>, 'text')
expect<Equal<typeof pooledText, JoinHandle<'text'>>>()
const mapped = pool.map(identity<number>, [1, 2])
expect<Equal<typeof mapped, AsyncIterableIterator<number>>>()

interface Eight {
  (value: string): '1'
  (value: number): Promise<'2'>
  (value: boolean): '3'
  (value: Date): '4'
  (value: bigint): '5'
  (value: readonly number[]): '6'
  (value: { readonly size: number }): '7'
  (value: RegExp, more?: boolean): '8'
}
const eight = task('eight', ((value: unknown) => value) as Eight)
const firstOfEight = spawn(eight, 'a')
expect<Equal<typeof firstOfEight, JoinHandle<'1'>>>()
const secondOfEight = pool.run(eight, 2)
expect<Equal<typeof secondOfEight, JoinHandle<'2'>>>()
const sixthOfEight = spawn(eight, [1, 2])
expect<Equal<typeof sixthOfEight, JoinHandle<'6'>>>()
const lastOfEight = spawn(eight, /a/, true)
expect<Equal<typeof lastOfEight, JoinHandle<'8'>>>()

// Which overload an element takes is seen by its type.
const mappedTexts = pool.map(parse, ['a'])
expect<Equal<typeof mappedTexts, AsyncIterableIterator<string[]>>>()
const mappedNumbers = pool.map(parse, new Set([1]))
expect<Equal<typeof mappedNumbers, AsyncIterableIterator<number>>>()
const mappedLater = pool.map(later, ['a'])
expect<Equal<typeof mappedLater, AsyncIterableIterator<number>>>()
const mappedAny = pool.map(parse, [JSON.parse('1')])
expect<Equal<typeof mappedAny, AsyncIterableIterator<string[] | number>>>()

interface Module {
  work(text: string): Promise<Date>
  readonly constant: number
}
const { work } = fromModule<Module>(new URL('file:///work.js'))
expect<Equal<typeof work, Task<(text: string) => Promise<Date>>>>()
const date = spawn(work, 'a')
expect<Equal<typeof date, JoinHandle<Date>>>()
expect<Equal<ReturnType<typeof resources>, Resources>>()
configure({ capacity: { mem: '16 GiB', cpu: 4 }, output: 'json', captureErrors: true })
configure({ capacity: 'machine' })

// @ts-expect-error too few
spawn(add, 1)
// @ts-expect-error too many
spawn(add, 1, 2, 3)
// @ts-expect-error another type
spawn(add, 1, '2')
// @ts-expect-error another type than the one that was said
spawn(identity<number>, 'a')
// @ts-expect-error no overload takes it
spawn(parse, true)
// @ts-expect-error nor in a pool
pool.run(parse, true)
// @ts-expect-error the overload for numbers has it
spawn(parse, 'a', true)
// @ts-expect-error no such property
spawn(described, { size: 1, colour: 'red' })
// @ts-expect-error a function is no task
spawn((a: number) => a, 1)
// @ts-expect-error no such option
spawnWith({ tiemout: 1 }, add, 1, 2)
// @ts-expect-error not a kind
spawnWith({ stdio: 'ipc' }, add, 1, 2)
// @ts-expect-error a parameter without a type
task('untyped', (value) => value)
// @ts-expect-error no function
task('constant', 1)
// @ts-expect-error no function of the module
spawn(fromModule<Module>('file:///work.js').constant)
// @ts-expect-error no such mode
configure({ output: 'none' })

// An error has the fields of its class, and a class is a type.
const text: string[] = []
const maybe: (string | undefined)[] = []
const ended = (error: ExitedError): readonly [Pid, number | undefined, number | null, NodeJS.Signals | null] => {
  text.push(error.task, error.stderr)
  return [error.pid, error.osPid, error.exitCode, error.signal]
}
const timedOut = (error: TimeoutError): readonly [string, number, Pid | undefined] => [error.task, error.timeout, error.pid]
const closed = (error: ChannelClosedError): readonly [ClosedReason, Pid] => [error.reason, error.pid]
const ofTask = (error: TaskMismatchError | TaskDuplicateError | TaskNotLoadedError) => text.push(error.task, error.url)
const refused = (error: ChannelRefusedError | ChannelDuplicateError | ChannelSelfError): Pid => error.pid
const plain = (error: NoCapacityError | ImpossibleError | NoTaskError): string => error.code
export function tell(error: unknown): unknown {
  // The narrower one first, and the wider one is still there then.
  if (error instanceof OutOfMemoryError) {
    expect<Equal<typeof error.code, 'ERR_BROOD_OUT_OF_MEMORY'>>()
    return ended(error)
  }
  if (error instanceof ExitedError) return ended(error)
  if (error instanceof TimeoutError) {
    expect<Equal<typeof error, TimeoutError>>()
    expect<Equal<typeof error.code, 'ERR_BROOD_TIMEOUT'>>()
    return timedOut(error)
  }
  if (error instanceof CancelledError) {
    expect<Equal<typeof error.signal, NodeJS.Signals | undefined>>()
    expect<Equal<typeof error.pid, Pid | undefined>>()
    return error.task
  }
  if (error instanceof NotStartedError) return [error.pid?.id, maybe.push(error.task), error.cause]
  if (error instanceof NotCloneableError) return maybe.push(error.path)
  if (error instanceof NotATaskError) return maybe.push(error.place, ...(error.captured ?? []))
  if (error instanceof TaskNotFoundError) return text.push(error.task, error.url, ...error.known)
  if (error instanceof TaskMismatchError || error instanceof TaskDuplicateError) return ofTask(error)
  if (error instanceof TaskNotLoadedError) return ofTask(error)
  if (error instanceof UnguardedError) return maybe.push(error.url)
  if (error instanceof NoCapacityError || error instanceof ImpossibleError || error instanceof NoTaskError) return plain(error)
  if (error instanceof QueueFullError) return text.push(error.task)
  if (error instanceof ChannelClosedError) return closed(error)
  if (error instanceof ChannelRefusedError || error instanceof ChannelDuplicateError) return refused(error)
  if (error instanceof ChannelSelfError) return refused(error)
  if (error instanceof BroodError) return maybe.push(error.argument)
  // @ts-expect-error of no class
  return error.code
}
// @ts-expect-error a field of another class
export const wrongField = (error: TimeoutError): unknown => error.exitCode
// @ts-expect-error another class
export const wrongClass = (error: QueueFullError): readonly unknown[] => timedOut(error)
