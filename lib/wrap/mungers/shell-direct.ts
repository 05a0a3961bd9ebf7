import { parseNodeArgv } from '../../syntax/node-argv.js'
import { parseShell } from '../../syntax/shell.js'
import type { SimpleCommand } from '../../syntax/shell-command.js'
import type { Plan } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { givesPermissions, isNode } from './node.js'
import { idle, knownFrom, shells } from './passage.js'
import { losing } from './shell-text.js'

/**
 * Does this shell start node itself and nothing else?
 *
 * Such a node has brood's NODE_OPTIONS from the shell. A shim would add nothing, and cost a shell of its own: a twentieth of a start of node.
 *
 * @param index where in the arguments the text stands
 */
export function startsNodeAlone({ args, env }: SpawnRequest, index: number, shell: string, plan: Plan): boolean {
  const text = args[index] as string
  // The shim adds what only a command line can carry.
  if (plan.nodeFlags.length > 0 || !mentionsNode.test(text) || losing.test(text)) return false
  if (index !== 2 || !plainFlags.test(args[1] as string) || !quietShells.has(shell) || env.some((pair) => startupCode.test(pair)))
    return false
  const program = parseShell(text, { timeIsReserved: shells.get(shell) === true })
  return program !== undefined && program.functions.size === 0 && program.commands.every((command) => isHarmless(command, plan))
}

const mentionsNode = /(?:^|[\s;&|(])node/

/** Other options may have the shell run a file of the user's first. */
const plainFlags = /^-[efuvx]*c$/

/** zsh reads `.zshenv` whatever its options are. */
const quietShells: ReadonlySet<string> = new Set(['sh', 'dash', 'ash', 'bash'])

/** Files that a shell runs first, and functions that bash takes from its environment. */
const startupCode = /^(?:BASH_ENV|ENV|BASH_FUNC_)/

/** Builtins that run what they are given. */
const running: ReadonlySet<string> = new Set(
  '. alias bind builtin compgen complete compopt enable eval fc history mapfile readarray source trap'.split(' '),
)

function isHarmless({ words, assignments }: SimpleCommand, plan: Plan): boolean {
  if (words.length === 0) return true
  const name = words.findIndex(({ known }) => known !== 'exec' && known !== 'command')
  const program = words[name]
  // Before the `node` of `exec -a name node` stands an option.
  if (program?.complete !== true) return false
  if (idle.has(program.known)) return !running.has(program.known)
  if (!isNode(program.known, plan) || assignments.some(({ name: variable }) => variable === 'PATH')) return false
  const known = knownFrom(words, name + 1)
  // Behind the script there are no options of node.
  const isAllKnown = known.length === words.length - name - 1 || parseNodeArgv(known).rest.length > 0
  return isAllKnown && !givesPermissions(known)
}
