// npm run bench: what a wrapped child costs, as a share of what the same child costs bare.
import { compareChildren } from './compare.mjs'
import { compareWraps } from './compare-wraps.mjs'
import { describeMachine } from './machine.mjs'
import { helpText, readOptions } from './options.mjs'
import { makeProgress } from './progress.mjs'
import { formatReport } from './report.mjs'
import { childRows, wrapRows } from './rows.mjs'
import { makeSandbox } from './sandbox.mjs'

const options = readOptions(process.argv.slice(2))
if (options.help) process.stdout.write(helpText)
else process.stdout.write(await runBench(options))

async function runBench({ node, rounds, only, json }) {
  const sandbox = makeSandbox(node)
  const progress = makeProgress(process.stderr)
  const isWanted = ({ id }) => only.includes(id)
  const results = []
  for (const row of childRows.filter(isWanted)) {
    results.push(await compareChildren(row, rounds ?? row.rounds, sandbox, progress))
  }
  const wantedWrapRows = wrapRows.filter(isWanted)
  if (wantedWrapRows.length > 0) results.push(...compareWraps(wantedWrapRows, rounds, sandbox, progress))
  progress.end()
  const machine = describeMachine(sandbox)
  return json ? `${JSON.stringify({ machine, results }, null, 2)}\n` : formatReport(machine, results, process.stdout)
}
