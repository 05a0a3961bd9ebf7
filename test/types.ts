// Compiled by `npm run check:types`, never run: what the types say is the contract.
import wrap, {
  BroodError,
  type BroodErrorCode,
  type Context,
  type ContextOptions,
  createContext,
  wrap as named,
  runMain,
  type Unwrap,
} from 'brood'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expect = <_T extends true>(): void => {}

expect<Equal<typeof wrap, typeof named>>()
expect<Equal<ReturnType<typeof wrap>, Unwrap>>()
expect<Equal<ReturnType<typeof createContext>, Context>>()
expect<Equal<ReturnType<Context['patch']>, () => void>>()
expect<Equal<ReturnType<typeof runMain>, void>>()
expect<Equal<BroodError['code'], BroodErrorCode>>()
expect<Equal<Parameters<typeof createContext>, [options?: ContextOptions | undefined]>>()

wrap(['main.js', 'arg'] as const)
wrap(['main.js'], { A: '1' })
wrap({ A: '1' })
createContext({ main: undefined, env: Object.freeze({ A: '1' }), workers: false })
using context = createContext()
context.patch()

// @ts-expect-error neither argv nor env
wrap()
// @ts-expect-error not an array
wrap('main.js')
// @ts-expect-error not strings
wrap(['main.js', 1])
// @ts-expect-error not strings
wrap(['main.js'], { A: 1 })
// @ts-expect-error no such option
createContext({ mian: 'main.js' })
// @ts-expect-error a code that does not exist
new BroodError('ERR_BROOD_NONE', '')
