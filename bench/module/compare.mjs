import { summarize } from '../statistics.mjs'
import { orderFor } from '../turns.mjs'
import { runWay } from './run.mjs'

/** Runs the ways of a row in turn, so that what slows the machine slows all of them. */
export async function compareWays(row, { rounds, version, sandbox, progress }) {
  const ways = new Map(row.ways.filter(({ since }) => since === undefined || isSince(version, since)).map((way) => [way.name, way]))
  const said = new Map([...ways.keys()].map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    progress.show(row.title, round, rounds)
    for (const name of orderFor([...ways.keys()], round)) said.get(name).push(await runWay(row, ways.get(name), sandbox))
  }
  const [first] = ways.keys()
  const base = said.get(first).map(row.take)
  const { id, title, unit, compared } = row
  return { id, title, unit, compared, rounds, first, ways: [...ways.values()].map((way) => describe(row, way, said.get(way.name), base)) }
}

function describe({ take, compared, longest, more }, { name, target }, said, base) {
  const figures = said.map(take)
  return {
    name,
    target,
    figure: summarize(figures),
    ...(compared !== undefined && {
      against: summarize(figures.map((figure, round) => (compared === 'ratio' ? figure / base[round] : figure - base[round]))),
    }),
    ...(longest !== undefined && { longest: Math.max(...said.map(longest)) }),
    ...(more !== undefined && { more: more(said.at(-1)) }),
    said,
  }
}

/** Some peers need a newer Node. */
function isSince(version, since) {
  const [major, minor] = version.split('.').map(Number)
  const [sinceMajor, sinceMinor] = since.split('.').map(Number)
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor)
}
