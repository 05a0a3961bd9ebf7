export { runMain } from './boot/run-main.js'
export { BroodError, type BroodErrorCode, type BroodErrorDetails } from './errors.js'
export { Context, type ContextOptions, createContext } from './wrap/context.js'
export { type Unwrap, wrap, wrap as default } from './wrap/wrap.js'
