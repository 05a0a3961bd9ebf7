// A program that is started anew at each change.
import { version } from './edited.mjs'

console.log(`version ${version()} at ${process.hrtime.bigint()}`)
setInterval(() => {}, 1000)
