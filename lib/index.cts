// `require('brood')` is the wrap function itself, as with spawn-wrap, with everything else as its properties.
import { runMain } from './boot/run-main.js'
import { BroodError } from './errors.js'
import type * as types from './index.js'
import { readTrace } from './trace/read.js'
import { buildTree } from './trace/tree.js'
import { createContext } from './wrap/create-context.js'
import { currentContext } from './wrap/current.js'
import { wrap as wrapFunction } from './wrap/wrap.js'

const wrap = Object.assign(wrapFunction, {
  BroodError,
  buildTree,
  createContext,
  currentContext,
  default: wrapFunction,
  readTrace,
  runMain,
  wrap: wrapFunction,
})

declare namespace wrap {
  type BroodErrorCode = types.BroodErrorCode
  type BroodErrorDetails = types.BroodErrorDetails
  type BroodError = types.BroodError
  type Context = types.Context
  type ContextOptions = types.ContextOptions
  type DoctorReport = types.DoctorReport
  type EnvironmentChange = types.EnvironmentChange
  type InheritedContext = types.InheritedContext
  type JsonValue = types.JsonValue
  type ProcessorTime = types.ProcessorTime
  type ProcessTree = types.ProcessTree
  type SpawnChanges = types.SpawnChanges
  type SpawnDetails = types.SpawnDetails
  type SpawnListener = types.SpawnListener
  type Totals = types.Totals
  type Trace = types.Trace
  type TracedProcess = types.TracedProcess
  type TraceEvent = types.TraceEvent
  type TraceOptions = types.TraceOptions
  type TreeOptions = types.TreeOptions
  type Undo = types.Undo
  type Unwrap = types.Unwrap
  type Variables = types.Variables
}

export = wrap
