import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/** Has V8 collect what nobody refers to, now. */
export function collectGarbage(): void {
  collect ??= (globalThis as { readonly gc?: () => void }).gc ?? findCollector()
  collect()
}

/** V8 gives it to realms that are made while the flag is set. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc')
  try {
    return runInNewContext('gc') as () => void
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}
