// The main module of a child. The task's module most likely needs the library anyway, so it is loaded as that will load it.
import { getState } from '../state.js'

const state = getState()
// Before the library is loaded: it exports this.
state.isChild = true
require('./process.cjs')
state.runChild?.()
