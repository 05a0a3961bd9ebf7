// Compiled by `npm run check:types`, never run: what the types of loadModule say is the contract.
import {
  BroodError,
  type CallsOf,
  CancelledError,
  defineModule,
  ExitedError,
  type ImportsOf,
  imports,
  importsOf,
  type Leftover,
  LoadError,
  type LoadedModule,
  loadModule,
  ModuleGoneError,
  NoSyncError,
  NotCloneableError,
  type Outcome,
  OutOfMemoryError,
  TimeoutError,
  UnloadError,
  type UnloadReport,
} from 'brood/module'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expect = <_T extends true>(): void => {}

interface HostFunctions {
  ten(): number
  find(name: string, limit?: number): Promise<string[]>
}

interface Plugin {
  add(a: number, b: number): number
  later(text: string): Promise<Date>
  readonly version: string
}

declare module 'brood/module' {
  interface Register {
    imports: HostFunctions
  }
}

// Inside a module: by declaration, or where one would rather not.
expect<Equal<ReturnType<typeof imports.ten>, Promise<number>>>()
expect<Equal<ReturnType<typeof imports.find>, Promise<string[]>>>()
expect<Equal<Parameters<typeof imports.find>, [name: string, limit?: number | undefined]>>()
// @ts-expect-error the host has no such function
imports.twelve()
// @ts-expect-error it takes a text
imports.find(1)
const others = importsOf<{ readonly now: () => Date }>()
expect<Equal<ReturnType<typeof others.now>, Promise<Date>>>()
expect<Equal<keyof ImportsOf<{ a(): number; readonly b: string }>, 'a'>>()

// A definition infers what it is, and is held to an interface where it is given one.
const definition = defineModule({ main: (path: string) => path.length, exports: { double: (value: number) => value * 2 } })
defineModule<Pick<Plugin, 'add'>>({ exports: { add: (a, b) => a + b } })
// @ts-expect-error it returns a text
defineModule<Pick<Plugin, 'add'>>({ exports: { add: (a, b) => `${a}${b}` } })
// @ts-expect-error no such part
defineModule({ export: {} })

// The host: by an interface, or by the type of a definition.
const plugin = await loadModule<Plugin, HostFunctions>('/plugin.js', { imports: { ten: () => 10, find: (name) => [name] } })
expect<Equal<typeof plugin, LoadedModule<Plugin>>>()
expect<Equal<Awaited<ReturnType<typeof plugin.exports.add>>, Outcome<number>>>()
expect<Equal<Awaited<ReturnType<typeof plugin.exports.later>>, Outcome<Date>>>()
expect<Equal<ReturnType<typeof plugin.sync.later>, Outcome<Date>>>()
expect<Equal<keyof CallsOf<Plugin>, 'add' | 'later'>>()
const answer = await plugin.exports.add(1, 2)
if (answer.ok) expect<Equal<typeof answer.value, number>>()
else expect<Equal<typeof answer.error, unknown>>()
expect<Equal<Awaited<ReturnType<typeof plugin.unload>>, UnloadReport>>()
// @ts-expect-error it takes numbers
plugin.exports.add('1', 2)
// @ts-expect-error no function
plugin.exports.version()
// @ts-expect-error it cannot be read before it is known to be there
void answer.value

const defined = await loadModule<typeof definition>('/definition.js', { required: ['double'] })
expect<Equal<Awaited<ReturnType<typeof defined.exports.double>>, Outcome<number>>>()
expect<Equal<Parameters<typeof defined.main>, [path: string]>>()
expect<Equal<Awaited<ReturnType<typeof defined.main>>, Outcome<number>>>()
const withMain = await loadModule<Plugin, object, (count: number) => string>('/plugin.js')
expect<Equal<Parameters<typeof withMain.main>, [count: number]>>()
const untyped = await loadModule('/any.js')
untyped.exports.anything?.(1, 2)

// @ts-expect-error the functions that the interface says are missing
await loadModule<Plugin, HostFunctions>('/plugin.js')
// @ts-expect-error one of them is
await loadModule<Plugin, HostFunctions>('/plugin.js', { imports: { ten: () => 10 } })
// @ts-expect-error one returns something else
await loadModule<Plugin, HostFunctions>('/plugin.js', { imports: { ten: () => '10', find: (name) => [name] } })
await loadModule<Plugin, HostFunctions>('/plugin.js', { imports: { ten: async () => 10, find: async (name) => [name] } })
// @ts-expect-error no such export
await loadModule<Plugin>('/plugin.js', { required: ['multiply'] })
// @ts-expect-error no such isolation
await loadModule<Plugin>('/plugin.js', { isolation: 'iframe' })
// @ts-expect-error no such option
await loadModule<Plugin>('/plugin.js', { isolaton: 'worker' })
// @ts-expect-error no such option
await plugin.unload({ forced: true })

// Each class has its fields, as a type too.
export function describe(error: unknown): string {
  if (error instanceof OutOfMemoryError) {
    expect<Equal<typeof error.code, 'ERR_BROOD_OUT_OF_MEMORY'>>()
    return error.url
  }
  if (error instanceof ExitedError) {
    expect<Equal<typeof error.exitCode, number | null>>()
    expect<Equal<typeof error.signal, NodeJS.Signals | null>>()
    // @ts-expect-error that one is of brood/process
    void error.task
    return error.stderr
  }
  if (error instanceof TimeoutError) {
    expect<Equal<typeof error.callTime, number>>()
    return error.exportName
  }
  if (error instanceof LoadError) {
    expect<Equal<typeof error.timeout, number | undefined>>()
    return error.url
  }
  if (error instanceof UnloadError) {
    expect<Equal<typeof error.leftovers, readonly Leftover[]>>()
    return error.url
  }
  if (error instanceof NotCloneableError) return error.path ?? ''
  if (error instanceof CancelledError || error instanceof ModuleGoneError || error instanceof NoSyncError) {
    expect<Equal<typeof error.code, 'ERR_BROOD_CANCELLED' | 'ERR_BROOD_MODULE_GONE' | 'ERR_BROOD_NO_SYNC'>>()
    return error.url
  }
  // @ts-expect-error not every one is of a module
  if (error instanceof BroodError) void error.url
  return ''
}
export const isGone = (error: ModuleGoneError | TimeoutError | CancelledError | NoSyncError): string => error.url
