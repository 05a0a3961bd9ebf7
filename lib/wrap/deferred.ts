import { createRequire } from 'node:module'
import type { readTrace as ReadTrace } from '../trace/read.js'
import type { buildTree as BuildTree } from '../trace/tree.js'
import type { createContext as CreateContext } from './create-context.js'
import type { wrap as Wrap } from './wrap.js'

/** What the CommonJS entry exports. */
interface Library {
  readonly wrap: typeof Wrap
  readonly createContext: typeof CreateContext
  readonly readTrace: typeof ReadTrace
  readonly buildTree: typeof BuildTree
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

/** {@inheritDoc ReadTrace} */
export const readTrace: typeof ReadTrace = (directory) => loadLibrary().readTrace(directory)

/** {@inheritDoc BuildTree} */
export const buildTree: typeof BuildTree = (events, options) => loadLibrary().buildTree(events, options)
