// The preload of contexts that have a wrapper main: the code for it is needed in nearly every process, and comes at half the cost with this file.
import { boot } from './boot.js'
import * as wrapperMains from './wrapper-main.js'

boot(module, () => wrapperMains)
