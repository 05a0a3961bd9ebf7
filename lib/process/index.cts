// The library itself: dist/process.js is a door to it, so that there is one copy of everything, however it is imported.
// The build adds the modules that it holds to the state, for the rest of the library (late.ts).
import { runChild } from './child/run-child.js'
import { Pid, Pool, Receiver, Sender } from './index.js'
import { getState } from './state.js'

export * from './index.js'

getState().runChild = runChild

// The build gives a class that mentions itself another name, and people are shown it.
for (const [name, made] of Object.entries({ Pid, Pool, Receiver, Sender }))
  Object.defineProperty(made, 'name', { value: name, configurable: true })
