import { realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { rows } from './rows.mjs'

export const helpText = `npm run bench:module -- [options]

Measures hot() and loadModule() beside their peers, in turn and in one run, and prints a Markdown table.

  --only ID    this row only; may be repeated, and a star at the end stands for anything: ${rows.map(({ id }) => id).join(', ')}
  --rounds N   rounds for every row (default: ${Math.min(...rows.map(({ rounds }) => rounds))} to ${Math.max(...rows.map(({ rounds }) => rounds))})
  --node PATH  the Node binary to measure with (default: this one)
  --json       every figure, as JSON
  --help       this text

A round runs each way once, in a process of its own. A figure is the median of the rounds, with the interval that holds the true one in 95 of 100
runs; differences and ratios are those within each round, to the first way of the row. Let the machine rest meanwhile.
`

/** Reads the command line; what is wrong with it is said in one line. */
export function readOptions(argv) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        only: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string' },
        node: { type: 'string', default: process.execPath },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return { ...values, rounds: readRounds(values.rounds), node: realpathSync(values.node), rows: chooseRows(values.only) }
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n`)
    process.exit(2)
  }
}

function readRounds(text) {
  if (text === undefined) return undefined
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a whole number from 1 on, not ${JSON.stringify(text)}`)
  return rounds
}

function chooseRows(only) {
  if (only.length === 0) return rows
  const isMeant = (pattern, id) => (pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern)
  const unknown = only.find((pattern) => !rows.some(({ id }) => isMeant(pattern, id)))
  if (unknown !== undefined) throw new Error(`there is no row ${JSON.stringify(unknown)}; see --help`)
  return rows.filter(({ id }) => only.some((pattern) => isMeant(pattern, id)))
}
