// node edits.mjs CALLER FILE RHYTHM SAVE COUNT: milliseconds from the end of a write to the first call that answers anew, of each edit.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { makeVersion } from '../sources.mjs'

const [caller, file, rhythm, save, count] = process.argv.slice(2)
const path = join(process.cwd(), file)
const size = 10_000
/** Milliseconds after which a version counts as never live. */
const patience = 5000

const { version } = await import(pathToFileURL(join(process.cwd(), caller)).href)
const writer = spawn(process.execPath, [fileURLToPath(new URL('writer.mjs', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] })
const lines = createInterface({ input: writer.stdout })
const original = readFileSync(path, 'utf8')
await version()
// Not every tool watches at once.
await wait(1000)

const times = []
for (let edit = 1; edit <= Number(count); edit++) {
  const written = once(lines, 'line')
  writer.stdin.write(`${JSON.stringify({ path, text: makeVersion(original, edit + 1, size), isAtomic: save === 'atomic' })}\n`)
  const live = rhythm === 'busy' ? waitBusy(edit + 1) : await waitInTurns(edit + 1)
  const [end] = await written
  times.push(live === undefined ? null : Number(live - BigInt(end)) / 1e6)
}
console.log(JSON.stringify({ times }))
process.exit()

function waitBusy(wanted) {
  const deadline = performance.now() + patience
  while (version() !== wanted) if (performance.now() > deadline) return undefined
  return process.hrtime.bigint()
}

async function waitInTurns(wanted) {
  const deadline = performance.now() + patience
  while ((await version()) !== wanted) {
    if (performance.now() > deadline) return undefined
    await turn()
  }
  return process.hrtime.bigint()
}
