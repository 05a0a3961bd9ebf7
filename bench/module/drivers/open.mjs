// node open.mjs FILE: milliseconds that the parts of the first hot() take.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const begin = performance.now()
const { hot } = await import('brood/module')
const imported = performance.now()
const url = pathToFileURL(join(process.cwd(), process.argv[2])).href
const edited = await hot(import.meta.url, url, () => import(url))
const ready = performance.now()
edited.version()
const called = performance.now()
const again = await hot(import.meta.url, url, () => import(url))
const second = performance.now()
again.version()
console.log(JSON.stringify({ import: imported - begin, hot: ready - imported, call: called - ready, again: second - called }))
process.exit()
