// node start.mjs CALLER: milliseconds from the start of the process to the first answer, and its memory then.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const imported = performance.now()
const { version } = await import(pathToFileURL(join(process.cwd(), process.argv[2])).href)
const ready = performance.now()
await version()
const answered = performance.now()
console.log(JSON.stringify({ answered, ready: ready - imported, call: answered - ready, rss: process.memoryUsage.rss() }))
process.exit()
