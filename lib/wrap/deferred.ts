import { createRequire } from 'node:module'
import type { createContext as CreateContext } from './context.js'
import type { wrap as Wrap } from './wrap.js'

/** What the CommonJS entry exports. */
interface Library {
  readonly wrap: typeof Wrap
  readonly createContext: typeof CreateContext
}

let library: Library | undefined

// The ES module is a small door to the CommonJS library: a wrapper main that only hands over opens nothing behind it,
// and there is one copy of everything however it is imported.
function loadLibrary(): Library {
  library ??= createRequire(import.meta.url)('./index.cjs') as Library
  return library
}

/** {@inheritDoc Wrap} */
export const wrap = ((...args: Parameters<typeof Wrap>) => loadLibrary().wrap(...args)) as typeof Wrap

/** {@inheritDoc CreateContext} */
export const createContext: typeof CreateContext = (options) => loadLibrary().createContext(options)
