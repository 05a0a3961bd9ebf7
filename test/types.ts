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
