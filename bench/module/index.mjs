// npm run bench:module: what hot() and loadModule() cost, and what their peers do, in turn and in one run.
import { execFileSync } from 'node:child_process'
import { describeMachine } from '../machine.mjs'
import { makeProgress } from '../progress.mjs'
import { makeSandbox } from '../sandbox.mjs'
import { compareWays } from './compare.mjs'
import { helpText, readOptions } from './options.mjs'
import { formatReport } from './report.mjs'

const options = readOptions(process.argv.slice(2))

if (options.help) process.stdout.write(helpText)
else await run(options)

async function run({ rows, rounds, node, json }) {
  const sandbox = makeSandbox(node)
  const version = execFileSync(node, ['-p', 'process.versions.node'], { env: sandbox.env, encoding: 'utf8' }).trim()
  const progress = makeProgress(process.stderr)
  const results = []
  for (const row of rows) results.push(await compareWays(row, { rounds: rounds ?? row.rounds, version, sandbox, progress }))
  progress.end()
  const machine = describeMachine(sandbox)
  process.stdout.write(json ? `${JSON.stringify({ machine, results }, null, 2)}\n` : formatReport(machine, results))
}
