// node calls.mjs CALLER [EDITS]: nanoseconds that a call takes, by the caller's way of calling, when the module was edited so often before.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { makeVersion } from '../sources.mjs'

const [caller, edits = '0'] = process.argv.slice(2)
const { step, version } = await import(pathToFileURL(join(process.cwd(), caller)).href)
const isAsync = step(1) instanceof Promise

// Of each loop V8 then learns what this one function does. Each call needs what the last one has returned.
// oxlint-disable-next-line typescript/no-implied-eval -- it is this file's own text
const loop = new Function('step', 'count', 'let value = 1; for (let index = 0; index < count; index++) value = step(value); return value')
// oxlint-disable-next-line typescript/no-implied-eval -- it is this file's own text
const asyncLoop = new Function(
  'step',
  'count',
  'return (async () => { let value = 1; for (let index = 0; index < count; index++) value = await step(value); return value })()',
)

const file = join(process.cwd(), 'edited.mjs')
const original = readFileSync(file, 'utf8')

/** Milliseconds that a block of calls takes, at least. */
const blockTime = 4
const blocks = 40

async function timeOf(count) {
  const begin = performance.now()
  if (isAsync) await asyncLoop(step, count)
  else loop(step, count)
  return performance.now() - begin
}

let count = 1
for (let edit = 1; edit <= Number(edits); edit++) {
  // Each version runs hot, and then there is another one.
  await timeOf(100_000)
  // Not every tool watches at once.
  await wait(300)
  writeFileSync(file, makeVersion(original, edit + 1))
  while ((await version()) !== edit + 1) await turn()
}
while ((await timeOf(count)) < blockTime) count *= 2
// The fastest block is the one in which nothing else ran.
let fastest = Infinity
for (let block = 0; block < blocks; block++) fastest = Math.min(fastest, await timeOf(count))
console.log(JSON.stringify({ nanoseconds: (fastest * 1e6) / count }))
process.exit()
