import { readOptions as readGivenOptions } from './read-options.mjs'
import { childRows, wrapRows } from './rows.mjs'

const rows = [...childRows, ...wrapRows]

export const helpText = `npm run bench -- [options]

Times the same child bare and wrapped, in turn, and prints the medians of the ratios as a Markdown table.

  --rounds N   rounds for every row (default: ${childRows[0].rounds}; ${Math.max(...childRows.map((row) => row.rounds))} where a child is quick)
  --only ID    this row only; may be repeated, and a star at the end stands for anything: ${rows.map((row) => row.id).join(', ')}
  --node PATH  the Node binary that the children and their parents run on (default: this one)
  --json       every figure, as JSON
  --help       this text

Let the machine rest meanwhile. NO_COLOR is honoured. It needs sh, env and true: a POSIX system.
`

export const readOptions = (argv) =>
  readGivenOptions(
    argv,
    rows.map(({ id }) => id),
  )
