// The program behind the `.cmd` shims: where there is no exec, the real node or npm runs as a child in the foreground.
// argv: node, this file, the name of the program, its arguments.
import { delimiter } from 'node:path'
import crossSpawn from 'cross-spawn'
import { foregroundChild } from 'foreground-child'
import which from 'which'
import { isWindows, spellingOf } from '../platform.js'
import { formatNodeOptions } from '../syntax/node-options.js'
import { findCarried, withoutCarried } from './carried.js'
import { carrierVariable, encodeCarrier, shimVariable } from './carrier.js'
import { fromPairs, toPairs } from './environment.js'
import { withoutShims } from './mungers/env.js'
import { nodeOptionsFor } from './plan.js'
import { replacedVariable } from './replaced.js'
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
// Below a mock nothing is wrapped, whatever became of Path there: but for what is wrapped anew.
const isBelowMock = process.env[replacedVariable] !== undefined && process.env[carrierVariable] === undefined
const context = isBelowMock ? undefined : snapshot
const mock = context?.replace?.[name]
const env = context !== undefined && mock !== undefined ? withoutBrood(context) : restore({ ...process.env }, directory, context)
const found = which.sync(name, { path: env[spellingOf('PATH', env)] ?? '', nothrow: true })
const { command, args: words, options } = mock === undefined ? parseCommand(found ?? findFallback(), args) : parseMock(mock)
let failed = false
// foreground-child ends with 0 where nothing could be started.
foregroundChild(command, words, { ...options, env }, () => (failed ? 127 : undefined)).on('error', (error) => {
  failed = true
  process.stderr.write(`${name}: ${error.message}\n`)
})

function findFallback(): string {
  if (name === 'npm') return snapshot?.npm ?? name
  return (snapshot?.replace?.[name] === undefined ? snapshot?.node : undefined) ?? name
}

/** The script that replaces the program, which it finds in a variable. */
function parseMock(file: string): Parsed {
  env[replacedVariable] = found ?? ''
  return { command: snapshot?.node ?? 'node', args: [file, ...args], options: {} }
}

/** The variables as they are without brood. */
function withoutBrood({ chain, preload }: Snapshot): NodeJS.ProcessEnv {
  const { BROOD_SHIM_DIRECTORY: _, ...variables } = process.env
  const pairs = toPairs(variables)
  const contexts = chain.map(readSnapshot).filter((ancestor) => ancestor !== undefined)
  const ours = { inherited: 0, nodeOptions: formatNodeOptions(nodeOptionsFor(contexts, preload)), ...findCarried(pairs, isWindows) }
  return fromPairs(withoutCarried(pairs, { ...ours, contexts: [...chain, ...(ours.contexts ?? [])] }, isWindows))
}

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
