import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const readText = (...path) => readFileSync(join(...path), 'utf8')
const readJson = (...path) => JSON.parse(readText(...path))

/** Reads what nyc, the witness and brood left behind. */
export function readResults(directory) {
  const coverage = join(directory, 'coverage')
  const processes = readdirSync(join(coverage, 'processinfo'))
    .filter((name) => name !== 'index.json')
    .map((name) => readProcess(directory, readJson(coverage, 'processinfo', name)))
    .toSorted((one, other) => one.time - other.time)
  return { processes, leftovers: readdirSync(join(directory, 'shims')) }
}

function readProcess(directory, { uuid, pid, argv, time, coverageFilename }) {
  return {
    pid,
    argv,
    time,
    ways: calledWays(readJson(coverageFilename)),
    underBrood: startsWithBrood(readWitness(directory, uuid)),
  }
}

/** The call stack under which nyc came into the process; empty where nyc came by a way of its own. */
function readWitness(directory, uuid) {
  const path = join(directory, 'witness', `${uuid}.txt`)
  return existsSync(path) ? readText(path) : ''
}

/** The functions of child.cjs that this one process has called. */
function calledWays(coverage) {
  const file = Object.values(coverage).find(({ path }) => path.endsWith('/child.cjs'))
  if (file === undefined) return []
  return Object.entries(file.fnMap).flatMap(([id, { name }]) => (file.f[id] > 0 ? [name] : []))
}

/** Was it brood's preload that ran nyc's wrapper in this process? It is below all but Node's own frames. */
function startsWithBrood(stack) {
  const frames = stack.split('\n').filter((line) => !/^ +at (.* \()?node:(?!brood\/)/.test(line))
  const runsWrapper = frames.some((line) => line.includes('/nyc/bin/wrap.js:'))
  return runsWrapper && /node:brood\/preload(?:-main)?:/.test(frames.at(-1))
}
