import { readOptions as readGivenOptions } from '../read-options.mjs'
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

export function readOptions(argv) {
  const { only, ...options } = readGivenOptions(
    argv,
    rows.map(({ id }) => id),
  )
  return { ...options, rows: rows.filter(({ id }) => only.includes(id)) }
}
