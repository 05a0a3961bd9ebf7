// The process that starts children: under one tool, or bare. It starts one when its parent says so, and answers with the
// nanoseconds that took, so that all drivers of a row can be asked in turn.
// argv: node, this file, the tool, the row's id
import { spawnSync } from 'node:child_process'
import { childRows, commandFor } from './rows.mjs'
import { activate } from './tools.mjs'

const [tool, id] = process.argv.slice(2)
const row = childRows.find((candidate) => candidate.id === id)
const flags = tool === 'bare' ? row.bareFlags : []
const empty = commandFor(row, 'empty', process.execPath, flags)
const probe = commandFor(row, 'probe', process.execPath, flags)

activate(tool, row)
process.on('message', (request) => {
  // A bench that was interrupted meanwhile needs no answer.
  process.send(request === 'probe' ? readProbe() : timeChild(), () => {})
})

function timeChild() {
  const start = process.hrtime.bigint()
  const result = spawnSync(...empty, { stdio: 'ignore' })
  const end = process.hrtime.bigint()
  checkResult(result, empty)
  return Number(end - start)
}

function readProbe() {
  const result = spawnSync(...probe, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
  checkResult(result, probe)
  return result.stdout
}

function checkResult({ status, signal, error }, [file, args]) {
  if (status === 0) return
  throw new Error(`${tool}: ${[file, ...args].join(' ')} ended with ${error ?? signal ?? status}`)
}
