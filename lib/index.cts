// `require('brood')` is the wrap function itself, as with spawn-wrap, with everything else as its properties.

import type * as types from './index.js'
import { BroodError, Context, createContext, runMain, wrap as wrapFunction } from './index.js'

const wrap = Object.assign(wrapFunction, { BroodError, Context, createContext, runMain, wrap: wrapFunction, default: wrapFunction })

declare namespace wrap {
  type BroodErrorCode = types.BroodErrorCode
  type BroodErrorDetails = types.BroodErrorDetails
  type BroodError = types.BroodError
  type Context = types.Context
  type ContextOptions = types.ContextOptions
  type Unwrap = types.Unwrap
}

export = wrap
