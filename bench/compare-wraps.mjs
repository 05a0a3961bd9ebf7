import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { summarizeEach, toMilliseconds } from './statistics.mjs'
import { orderFor } from './turns.mjs'

const script = fileURLToPath(new URL('time-wrap.mjs', import.meta.url))
const defaultRounds = 20

/** Times loading, wrap() and unwrap(), in fresh processes of each tool in turn. */
export function compareWraps(rows, rounds = defaultRounds, sandbox, progress) {
  const samples = { brood: [], 'spawn-wrap': [] }
  for (let turn = 0; turn < rounds; turn++) {
    progress.show('wrap() and unwrap()', turn, rounds)
    for (const name of orderFor(Object.keys(samples), turn)) samples[name].push(timeWrap(name, sandbox))
  }
  return rows.map(({ id, title, target }) => {
    const tools = summarizeEach(samples, (sample) => toMilliseconds(sample[id]))
    return { id, title, unit: 'ms', target, rounds, tools }
  })
}

function timeWrap(tool, { node, env }) {
  return JSON.parse(execFileSync(node, [script, tool], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}
