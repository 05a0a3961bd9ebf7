import { realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { childRows, wrapRows } from './rows.mjs'

const rows = [...childRows, ...wrapRows]

export const helpText = `npm run bench -- [options]

Times the same child bare and wrapped, in turn, and prints the medians of the ratios as a Markdown table.

  --rounds N   rounds for every row (default: ${childRows[0].rounds}; ${Math.max(...childRows.map((row) => row.rounds))} where a child is quick)
  --only ID    this row only; may be repeated: ${rows.map((row) => row.id).join(', ')}
  --node PATH  the Node binary that the children and their parents run on (default: this one)
  --json       every figure, as JSON
  --help       this text

Let the machine rest meanwhile. NO_COLOR is honoured. It needs sh, env and true: a POSIX system.
`

/** Reads the command line; what is wrong with it is said in one line. */
export function readOptions(argv) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        node: { type: 'string', default: process.execPath },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return { ...values, rounds: readRounds(values.rounds), node: realpathSync(values.node), only: checkRows(values.only) }
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

function checkRows(ids) {
  const unknown = ids.find((id) => !rows.some((row) => row.id === id))
  if (unknown !== undefined) throw new Error(`there is no row ${JSON.stringify(unknown)}; see --help`)
  return ids
}
