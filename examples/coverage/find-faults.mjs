import ways from './program/child.cjs'
import { keepsShims } from './tools.mjs'

/** What went wrong in the run: one sentence each. */
export function findFaults({ exitCode, processes, leftovers }) {
  const caught = processes.flatMap((one) => one.ways)
  const missed = Object.keys(ways).filter((way) => !caught.includes(way))
  const repeated = caught.filter((way, index) => caught.indexOf(way) !== index)
  const strangers = processes.flatMap(({ pid, underBrood }) => (underBrood ? [] : pid))
  const remains = keepsShims ? [] : leftovers.filter((name) => name !== '.node-spawn-wrap-store')
  return [
    ...sentence('Missed', missed.map(describe)),
    ...sentence('Caught more than once', repeated.map(describe)),
    ...sentence('It was not brood that wrapped these processes', strangers),
    ...sentence('Left behind in the shim root', remains),
    ...(exitCode === 0 ? [] : [`nyc failed (${exitCode}).`]),
  ]
}

function describe(way) {
  return ways[way]()
}

function sentence(fault, cases) {
  return cases.length === 0 ? [] : [`${fault}: ${cases.join(', ')}.`]
}
