// node restarts.mjs FILE COUNT COMMAND...: the same for what starts the program anew. It answers when it says its version.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { makeVersion } from '../sources.mjs'

const [file, count, ...command] = process.argv.slice(2)
const size = 10_000
const original = readFileSync(file, 'utf8')

const program = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
const lines = createInterface({ input: program.stdout })
/** When a version was said, by the clock that all processes have. */
const live = async (wanted) => {
  for (;;) {
    const [line] = await once(lines, 'line')
    const [, version, at] = /^version (\d+) at (\d+)$/.exec(line) ?? []
    if (Number(version) === wanted) return BigInt(at)
  }
}

await live(1)
const times = []
for (let edit = 1; edit <= Number(count); edit++) {
  // Till it has begun to watch.
  await wait(500)
  const answer = live(edit + 1)
  writeFileSync(file, makeVersion(original, edit + 1, size))
  const end = process.hrtime.bigint()
  times.push(Number((await answer) - end) / 1e6)
}
program.kill()
console.log(JSON.stringify({ times }))
process.exit()
