// node --expose-gc memory.mjs CALLER FILE RELOADS: bytes of heap that are kept when a module of 1 MB was edited so often.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { makeVersion } from '../sources.mjs'

const [caller, file, reloads] = process.argv.slice(2)
const path = join(process.cwd(), file)
const size = 1_000_000
const warmUps = 5
/** Milliseconds after which a file is saved once more. */
const patience = 10_000

const original = readFileSync(path, 'utf8')
const { version } = await import(pathToFileURL(join(process.cwd(), caller)).href)
await version()

let latest = 1
/** Milliseconds from a write to the answer, in all. */
let spent = 0
async function edit(count) {
  for (let index = 0; index < count; index++) {
    // Some tools do not see what is saved at once after something else.
    await wait(100)
    latest++
    const begin = performance.now()
    for (let saved = -Infinity; (await version()) !== latest; await turn()) {
      if (performance.now() - saved < patience) continue
      writeFileSync(path, makeVersion(original, latest, size))
      saved = performance.now()
    }
    spent += performance.now() - begin
  }
}

async function heapUsed() {
  // What finalizers free is free the time after.
  for (let round = 0; round < 4; round++) {
    await turn()
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

await edit(warmUps)
const before = await heapUsed()
const rss = process.memoryUsage.rss()
spent = 0
await edit(Number(reloads))
const kept = (await heapUsed()) - before
console.log(JSON.stringify({ kept, rss: process.memoryUsage.rss() - rss, milliseconds: spent / Number(reloads), reloads: Number(reloads) }))
process.exit()
