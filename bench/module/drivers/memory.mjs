// node --expose-gc memory.mjs CALLER FILE RELOADS: bytes of heap that are kept when a module of 1 MB was edited so often.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { makeVersion } from '../sources.mjs'

const [caller, file, reloads] = process.argv.slice(2)
const path = join(process.cwd(), file)
const size = 1_000_000
const warmUps = 5

const original = readFileSync(path, 'utf8')
const { version } = await import(pathToFileURL(join(process.cwd(), caller)).href)
await version()

let latest = 1
async function edit(count) {
  for (let index = 0; index < count; index++) {
    latest++
    writeFileSync(path, makeVersion(original, latest, size))
    while ((await version()) !== latest) await turn()
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
const begin = performance.now()
await edit(Number(reloads))
const milliseconds = performance.now() - begin
const kept = (await heapUsed()) - before
console.log(
  JSON.stringify({ kept, rss: process.memoryUsage.rss() - rss, milliseconds: milliseconds / Number(reloads), reloads: Number(reloads) }),
)
process.exit()
