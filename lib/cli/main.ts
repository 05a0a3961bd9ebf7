import { BroodError } from '../errors.js'
import { nearest } from '../nearest.js'
import { clean } from './clean.js'
import type { Command } from './command.js'
import { doctor } from './doctor.js'
import { commandHelp, generalHelp } from './help.js'
import { parseCommandLine } from './options.js'
import { readPackage } from './package.js'
import { run } from './run.js'
import { tree } from './tree.js'
import { UsageError } from './usage-error.js'

const commands: Readonly<Record<string, Command>> = { run, tree, doctor, clean }

/** The exit code for a command line that is not understood, as of shells and most tools. */
const usageCode = 2

/** @returns the exit code; `undefined` where the process ends as the command in its foreground does */
async function main([name, ...args]: readonly string[]): Promise<number | undefined> {
  if (name === '--version' || name === '-v') return say(`${readPackage().version}\n`)
  if (name === '--help' || name === '-h' || name === 'help') {
    const topic = args[0] === undefined ? undefined : findCommand(args[0])
    return say(topic === undefined ? generalHelp(commands, readPackage().version) : commandHelp(topic))
  }
  if (name === undefined) throw new UsageError('There is no command.')
  const command = findCommand(name)
  const line = parseCommandLine(args, { ...command.options, help: { short: 'h', help: '' } })
  if (line.options.has('help')) return say(commandHelp(command))
  return command.run(line)
}

function findCommand(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  const meant = nearest(name, Object.keys(commands))
  throw new UsageError(
    `There is no ${name.startsWith('-') ? 'option' : 'command'} ${name}.${meant === undefined ? '' : ` Is it ${meant}?`}`,
  )
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`brood: ${error.message}\nTry brood --help.\n`)
    return usageCode
  }
  if (!(error instanceof BroodError)) throw error
  process.stderr.write(`brood: ${error.message} (${error.code})\n`)
  return 1
}

async function start(): Promise<void> {
  const code = await main(process.argv.slice(2)).catch(explain)
  if (code !== undefined) process.exitCode = code
}

void start()
