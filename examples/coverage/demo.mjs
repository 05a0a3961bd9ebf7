// `npm run demo`: nyc measures a program that starts Node in many ways, with brood in the place of nyc's spawn-wrap.
// It fails if a process was missed, or if it was not brood that brought nyc into one.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFaults } from './find-faults.mjs'
import { printFaults, printProcesses, printSuccess, printTools } from './print.mjs'
import { readResults } from './read-results.mjs'
import { runNyc } from './run-nyc.mjs'
import { findObstacles } from './tools.mjs'

const obstacles = findObstacles()
if (obstacles.length > 0) {
  printFaults(obstacles)
  process.exit(1)
}

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'brood-demo-')))
try {
  printTools()
  const exitCode = runNyc(directory)
  const results = readResults(directory)
  const faults = findFaults({ ...results, exitCode })
  printProcesses(results.processes)
  if (faults.length === 0) printSuccess(results.processes)
  else printFaults(faults)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
