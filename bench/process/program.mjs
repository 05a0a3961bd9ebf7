// A program that uses one of the tools, for one row, as index.mjs forks it: it says when it is ready, answers `round` with how many calls it has made
// in a second, and ends at `stop`. In a program of five pools each would pay for what the others have made of its memory.
import { once } from 'node:events'
import { callsPerSecond } from './measure.mjs'
import { poolRows, processes } from './rows.mjs'
import { tools } from './tools.mjs'

const [tool, id] = process.argv.slice(2)
const row = poolRows.find((each) => each.id === id)
const pool = await tools[tool](processes, row.prefetch, row.options)
// Once, so that all processes are there and have compiled what they need.
await callsPerSecond(pool, row)
process.send('ready')
for (;;) {
  const [command] = await once(process, 'message')
  if (command === 'stop') break
  process.send(await callsPerSecond(pool, row))
}
await pool.stop()
process.disconnect()
