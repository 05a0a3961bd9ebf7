// NODE_ENV=production node production.mjs FILE: is hot() nothing but the import there?
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hot, hotHandle } from 'brood/module'

// Linux has the list of a process's threads.
const threads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0)
const url = pathToFileURL(join(process.cwd(), process.argv[2])).href

await import('node:worker_threads')
const before = { threads: threads(), resources: process.getActiveResourcesInfo().length }
const edited = await hot(import.meta.url, url, () => import(url))
const after = { threads: threads(), resources: process.getActiveResourcesInfo().length }
console.log(
  JSON.stringify({
    isNamespace: edited === (await import(url)),
    hasHandle: hotHandle(edited) !== undefined,
    threads: after.threads - before.threads,
    resources: after.resources - before.resources,
  }),
)
