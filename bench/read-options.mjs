import { realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'

/**
 * Reads the command line of a bench; what is wrong with it is said in one line.
 *
 * @param ids of the rows that there are
 * @returns `only`: the ids of the rows that are asked for
 */
export function readOptions(argv, ids) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        node: { type: 'string', default: process.execPath },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return { ...values, rounds: readRounds(values.rounds), node: realpathSync(values.node), only: chooseRows(values.only, ids) }
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

/** A star at the end of an id stands for anything. */
function chooseRows(patterns, ids) {
  const isMeant = (pattern, id) => (pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern)
  const unknown = patterns.find((pattern) => !ids.some((id) => isMeant(pattern, id)))
  if (unknown !== undefined) throw new Error(`there is no row ${JSON.stringify(unknown)}; see --help`)
  return patterns.length === 0 ? ids : ids.filter((id) => patterns.some((pattern) => isMeant(pattern, id)))
}
