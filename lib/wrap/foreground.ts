// The program behind the `.cmd` shims: where there is no exec, the real node or npm runs as a child in the foreground.
// argv: node, this file, the name of the program, its arguments.
import { delimiter } from 'node:path'
import crossSpawn from 'cross-spawn'
import { foregroundChild } from 'foreground-child'
import which from 'which'
import { spellingOf } from '../platform.js'
import { formatNodeOptions } from '../syntax/node-options.js'
import { carrierVariable, encodeCarrier, shimVariable } from './carrier.js'
import { withoutShims } from './mungers/env.js'
import { nodeOptionsFor } from './plan.js'
import { readSnapshot, type Snapshot } from './snapshot.js'

interface Parsed {
  readonly command: string
  readonly args: string[]
  readonly options: { windowsVerbatimArguments?: boolean }
}

// cross-spawn's own step from a command to what Windows can start: it finds `npm.cmd` and quotes for cmd.exe.
const parseCommand = Reflect.get(crossSpawn, '_parse') as (command: string, args: string[]) => Parsed

const directory = (process.env.BROOD_SHIM_DIRECTORY ?? '').replace(/[\\/]$/, '')
const [name = 'node', ...args] = process.argv.slice(2)
const snapshot = readSnapshot(directory)
const env = restore({ ...process.env }, directory, snapshot)
const path = env[spellingOf('PATH', env)] ?? ''
const fallback = name === 'npm' ? snapshot?.npm : snapshot?.node
const program = which.sync(name, { path, nothrow: true }) ?? fallback ?? name
const { command, args: words, options } = parseCommand(program, args)
let failed = false
// foreground-child ends with 0 where nothing could be started.
foregroundChild(command, words, { ...options, env }, () => (failed ? 127 : undefined)).on('error', (error) => {
  failed = true
  process.stderr.write(`${name}: ${error.message}\n`)
})

/** Puts back what a program on the way may have lost, as the POSIX shims do. */
function restore(variables: NodeJS.ProcessEnv, shim: string, context: Snapshot | undefined): NodeJS.ProcessEnv {
  delete variables.BROOD_SHIM_DIRECTORY
  const pathName = spellingOf('PATH', variables)
  if (variables[pathName] !== undefined) variables[pathName] = withoutShims(variables[pathName], [shim], delimiter)
  if (context === undefined) return variables
  const contexts = context.chain.map(readSnapshot).filter((ancestor) => ancestor !== undefined)
  const added = formatNodeOptions(nodeOptionsFor(contexts, context.preload))
  const optionsName = spellingOf('NODE_OPTIONS', variables)
  const given = variables[optionsName]
  if (!given?.includes(formatNodeOptions(['--require', context.preload]))) {
    variables[optionsName] = given === undefined ? added : `${added} ${given}`
  }
  variables[carrierVariable] ||= encodeCarrier({ contexts: context.chain, inherited: 0 })
  if (name !== 'npm') variables[shimVariable] = 'path'
  return variables
}
