// The library itself: dist/process.js is a door to it, so that there is one copy of everything, however it is imported.
// The build adds the modules that it holds to the state, for the rest of the library (late.ts).
import { runChild } from './child/run-child.js'
import { nameClasses } from './name-classes.js'
import { Pid } from './pid.js'
import { getState } from './state.js'

export * from './index.js'

getState().runChild = runChild
nameClasses({ Pid })
