// The main module of a child. The task's module most likely needs the library anyway, so it is loaded as that will load it.
import { join } from 'node:path'
import { getState } from '../state.js'
import { loadLibrary } from './load-library.js'

const state = getState()
// Before the library is loaded: it exports this.
state.isChild = true
loadLibrary(join(__dirname, 'process.cjs'), module, require.cache)
state.runChild?.()
