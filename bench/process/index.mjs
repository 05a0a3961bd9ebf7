// npm run bench:process: what calls in other processes cost, with brood and with its peers, in turn and in one run.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { configure } from 'brood/process'
import { describeMachine } from '../machine.mjs'
import { formatTable } from '../markdown.mjs'
import { median, summarize } from '../statistics.mjs'
import { starts, timeOf, timeSpare } from './measure.mjs'
import { poolRows, processes } from './rows.mjs'
import { tools } from './tools.mjs'

const help = `Usage: npm run bench:process -- [options]

  --only ID      measure only this row, and more of them: start, spare, ${poolRows.map(({ id }) => id).join(', ')}
  --rounds N     rounds for each row (20; of starts 100)
  --json         the figures as JSON
  -h, --help     this text

A round takes each tool in turn, in an order that moves on by one each time. A figure is the median of the rounds, a ratio that of the rounds' ratios.
`
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
// It adds 30 ms to each start of a process.
delete process.env.NODE_EXTRA_CA_CERTS

if (options.help) process.stdout.write(help)
else await run()

async function run() {
  const isWanted = (id) => options.only.length === 0 || options.only.includes(id)
  const results = []
  if (isWanted('start')) results.push(await compareStarts(Number(options.rounds ?? 100)))
  if (isWanted('spare')) results.push(await measureSpare(Number(options.rounds ?? 50)))
  for (const row of poolRows.filter(({ id }) => isWanted(id))) results.push(await comparePools(row, Number(options.rounds ?? 20)))
  process.stderr.write('\n')
  const machine = describeMachine({ node: process.execPath, env: process.env })
  process.stdout.write(options.json ? `${JSON.stringify({ machine, results }, null, 2)}\n` : format(machine, results))
}

async function compareStarts(rounds) {
  const samples = await inTurn(
    rounds,
    'start',
    Object.entries(starts).map(([name, start]) => [name, () => timeOf(start)]),
  )
  const [[, bare]] = Object.entries(samples)
  const ratiosOf = (times) => summarize(times.map((time, round) => time / bare[round]))
  return {
    id: 'start',
    title: 'spawn, reply, exit',
    unit: 'ms',
    target: 1.25,
    figures: Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)])),
    ratios: Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, ratiosOf(times)])),
  }
}

async function measureSpare(rounds) {
  configure({ spares: 1 })
  const times = []
  for (let round = -1; round < rounds; round++) {
    const time = await timeSpare()
    // The first has none. The next one is made when the last has ended.
    if (round >= 0) times.push(time)
    await wait(300)
  }
  configure({ spares: 0 })
  return { id: 'spare', title: 'spawn and reply, with a process kept ready', unit: 'ms', target: 1.5, time: summarize(times) }
}

async function comparePools(row, rounds) {
  const programs = Object.keys(tools).map((name) => [name, fork(new URL('program.mjs', import.meta.url), [name, row.id])])
  const ask = async (program, command) => {
    if (command !== undefined) program.send(command)
    const [answer] = await once(program, 'message')
    return answer
  }
  await Promise.all(programs.map(([, program]) => ask(program)))
  const samples = await inTurn(
    rounds,
    row.id,
    programs.map(([name, program]) => [name, () => ask(program, 'round')]),
  )
  for (const [, program] of programs) {
    program.send('stop')
    await once(program, 'exit')
  }
  // Threads are shown, and are no processes.
  const peers = Object.keys(samples).filter((name) => name !== 'brood' && name !== 'piscina')
  const bestOf = (round) => Math.max(...peers.map((name) => samples[name][round]))
  return {
    id: row.id,
    title: row.title,
    unit: 'per second',
    target: row.target,
    figures: Object.fromEntries(Object.entries(samples).map(([name, rates]) => [name, median(rates)])),
    ratio: summarize(samples.brood.map((rate, round) => rate / bestOf(round))),
  }
}

/** Each is measured once in each round, and none is always the first. */
async function inTurn(rounds, title, measures) {
  const samples = Object.fromEntries(measures.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${title}: ${round + 1} of ${rounds}`)
    for (let index = 0; index < measures.length; index++) {
      const [name, measure] = measures[(round + index) % measures.length]
      samples[name].push(await measure())
    }
  }
  return samples
}

function format(machine, results) {
  const start = results.find(({ id }) => id === 'start')
  const spare = results.find(({ id }) => id === 'spare')
  const rows = results.filter(({ id }) => id !== 'start' && id !== 'spare')
  const { processor, cores, node, system } = machine
  const parts = [`${processor}, ${cores} cores, Node ${node}, ${system}`]
  const spread = ({ median: middle, low, high }) => `${middle.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`
  if (start !== undefined) {
    const rowOf = ([name, time]) => [
      name,
      `${time.toFixed(1)} ms`,
      spread(start.ratios[name]),
      name.startsWith('brood') ? `${start.target} or less` : '',
    ]
    parts.push(formatTable([start.title, 'time', 'against `node -e 0`', 'target'], Object.entries(start.figures).map(rowOf)))
  }
  if (spare !== undefined) {
    parts.push(
      formatTable(
        ['one call in a process of its own', 'brood, ms', 'target'],
        [[spare.title, spread(spare.time), `${spare.target} or less`]],
      ),
    )
  }
  if (rows.length > 0) {
    const names = Object.keys(tools)
    parts.push(
      formatTable(
        [`calls a second, ${processes} processes`, ...names, 'brood against the best of processes', 'target'],
        rows.map(({ title, figures, ratio, target }) => [
          title,
          ...names.map((name) => Math.round(figures[name]).toLocaleString('en')),
          spread(ratio),
          `${target} or more`,
        ]),
      ),
    )
  }
  return `${parts.join('\n\n')}\n`
}
