import type { FileSystem } from '../find-program.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pathOf } from './env.js'

/** `node` or `node.exe`, as a word of its own where a command of a cmd.exe text begins. */
interface BareNode {
  readonly start: number
  readonly word: string
}

/**
 * Writes the path of the node that will be found in place of the bare word `node` in a text for cmd.exe.
 *
 * cmd.exe would find `node.cmd` in the shim directory, which costs a process. Every other byte stays, and so does the word where there
 * is any doubt: the shim is right as well.
 */
export function mungeCmd(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  // The shim adds the flags of node that only a command line can carry.
  if (!plan.windows || plan.nodeFlags.length > 0 || programName(request.file, true) !== 'cmd') return request
  const index = findText(request.args)
  const argument = request.args[index]
  if (argument === undefined) return request

  // Node writes its own texts between two quotes, which cmd.exe takes away, and leaves all others to be quoted by their parts.
  const isQuoted = /^".*"$/s.test(argument)
  const text = isQuoted ? argument.slice(1, -1) : argument
  const found = findBareNodes(text)
  if (found.length === 0) return request
  let munged = ''
  let end = 0
  for (const { start, word } of found) {
    const path = findOnWindows(word, request, plan, files)
    const written = path === undefined ? undefined : writePath(path, isQuoted)
    munged += text.slice(end, start) + (written ?? word)
    end = start + word.length
  }
  munged += text.slice(end)
  if (munged === text) return request
  return { ...request, args: request.args.map((other, at) => (at !== index ? other : isQuoted ? `"${munged}"` : munged)) }
}

/** The argument behind `/c` or `/k`; -1 where cmd.exe is to do something else, or to expand variables behind our back (`/v`). */
function findText(args: readonly string[]): number {
  for (let index = 1; index < args.length; index++) {
    const flags = args[index] as string
    if (!/^(?:\/[a-z](?::\w+)?)+$/i.test(flags) || /\/v/i.test(flags)) return -1
    if (/\/[ck]$/i.test(flags)) return index + 1
  }
  return -1
}

const commandStart = /[ \t@(]*/y
const commandName = /[^ \t"^&|<>()%,;=]*/y
const operator = /[&|]/

/** Reads as cmd.exe does, up to the first thing that makes it uncertain what is a command. */
function findBareNodes(text: string): BareNode[] {
  const found: BareNode[] = []
  for (let at = 0; at < text.length; ) {
    const start = at + matchAt(commandStart, text, at).length
    const word = matchAt(commandName, text, start)
    at = start + word.length
    if (/^node(?:\.exe)?$/i.test(word) && /^[ \t&|<>)]?$/.test(text[at] ?? '')) found.push({ start, word })
    // What follows these is not only commands; a colon begins a label.
    if (/^(?:rem|for|if|:.*)$/i.test(word)) return found
    const end = skipArguments(text, at)
    if (changesLookup(word, text.slice(at, end))) return found
    at = end
  }
  return found
}

/** Is another node meant behind this command, or one without NODE_OPTIONS, which the shim puts back? */
function changesLookup(command: string, args: string): boolean {
  if (/^(?:cd|chdir|pushd|popd|path)\b|^[a-z]:$/i.test(command)) return true
  return /^set$/i.test(command) && /path|node_options|brood/i.test(args)
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** @returns where the next command begins; the text's end where there is none, or a variable or a newline hides it */
function skipArguments(text: string, start: number): number {
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string
    if (character === '\n' || character === '\r' || (character === '%' && text.includes('%', at + 1))) break
    if (character === '"') quoted = !quoted
    else if (character === '^' && !quoted) at++
    else if (operator.test(character) && !quoted) return at + (text[at + 1] === character ? 2 : 1)
  }
  return text.length
}

/**
 * The node that cmd.exe finds without brood on the Path.
 *
 * @returns `undefined` where that is not a `.exe` or `.com` at an absolute path
 */
function findOnWindows(word: string, request: SpawnRequest, plan: Plan, files: FileSystem): string | undefined {
  const name = word.toLowerCase()
  const names = name.includes('.') ? [name] : extensionsOf(request).map((extension) => name + extension)
  const inDirectory = (directory: string) => names.find((candidate) => files.isProgram(directory + candidate))
  const { cwd } = request
  // cmd.exe looks there first, unless it is told not to.
  if (inDirectory(cwd === undefined || /[\\/]$/.test(cwd) ? (cwd ?? '') : `${cwd}\\`) !== undefined) return undefined
  for (const directory of directoriesOf(request, plan)) {
    const found = inDirectory(directory)
    if (found !== undefined) return /^(?:[a-z]:[\\/]|\\\\)/i.test(directory) && /\.(?:exe|com)$/.test(found) ? directory + found : undefined
  }
  return undefined
}

/** The directories on the Path, each with a backslash at its end. */
export function directoriesOf(request: SpawnRequest, plan: Plan): string[] {
  const entries = (pathOf(request, plan) ?? '').match(/(?:"[^"]*"?|[^";])+/g) ?? []
  return entries.map((entry) => entry.replaceAll('"', '').replace(/[\\/]*$/, '\\'))
}

/** What may stand behind the name of a program, in lower case. */
export function extensionsOf({ env }: SpawnRequest): string[] {
  const list = env.findLast((pair) => /^PATHEXT=/i.test(pair))?.slice('PATHEXT='.length) || '.COM;.EXE;.BAT;.CMD'
  return list
    .toLowerCase()
    .split(';')
    .filter((extension) => extension !== '')
}

/** Node, or whoever passed the text in parts, adds quotes where there is a blank: there a path must need none. */
function writePath(path: string, isQuoted: boolean): string | undefined {
  if (/["%!]/.test(path)) return undefined
  if (isQuoted) return `"${path}"`
  return /^[\w:\\./-]+$/.test(path) ? path : undefined
}
