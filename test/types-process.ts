// Compiled by `npm run check:types`, never run: what the types of brood/process say is the contract.
import {
  configure,
  fromModule,
  type JoinHandle,
  type Pid,
  Pool,
  type Resources,
  resources,
  spawn,
  spawnWith,
  type Task,
  type TaskResult,
  task,
  trySpawn,
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
