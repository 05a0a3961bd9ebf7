import { envShebangWords, parseShebang } from '../../syntax/shebang.js'
import { absolute, type FileSystem, findProgram, type Search } from '../find-program.js'
import { findOwnPair } from '../own-variables.js'
import { type Plan, programName } from '../plan.js'
import type { SpawnRequest } from '../request.js'
import { pathOf } from './env.js'
import { isNode } from './node.js'

/**
 * Starts a script whose first line names node as that node with the script, as the kernel and `env` would have done.
 *
 * It spares `env`, the shim and the shell in it, and so everything a shell changes in an environment.
 */
export function mungeShebang(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest {
  if (plan.windows || isNode(request.file, plan)) return request
  const sought = { file: request.file, path: findOwnPair(request.env, 'PATH', false), cwd: request.cwd }
  if (files.plainPrograms?.has(sought)) return request
  const munged = mungeScript(request, plan, files, { path: pathOf(request, plan), cwd: request.cwd ?? '' })
  if (munged === request) files.plainPrograms?.add(sought)
  return munged
}

function mungeScript(request: SpawnRequest, plan: Plan, files: FileSystem, search: Search): SpawnRequest {
  const script = findProgram(request.file, search, files)
  if (script === undefined) return request
  const shebang = parseShebang(files.readStart(absolute(script, search.cwd)))
  if (shebang === undefined) return request

  const { interpreter, argument } = shebang
  if (isNode(interpreter, plan)) {
    // The kernel starts it as well as we do, unless there are flags to add.
    if (plan.nodeFlags.length === 0) return request
    return runScript(request, interpreter, [interpreter, ...(argument === undefined ? [] : [argument])], script)
  }
  if (programName(interpreter, false) !== 'env' || argument === undefined) return request
  const words = envShebangWords(argument)
  // `env` loses or sets something first: the munger of prefix commands sees to that.
  if (words === undefined && /^-(?:\w*S|-split-string)/.test(argument))
    return runScript(request, interpreter, [interpreter, argument], script)
  if (words === undefined || !isNode(words[0] as string, plan)) return request
  const node = findProgram(words[0] as string, search, files)
  return node === undefined ? { ...request, untouched: true } : runScript(request, node, words, script)
}

function runScript(request: SpawnRequest, node: string, argv: readonly string[], script: string): SpawnRequest {
  // The kernel drops the argv[0] that a script is started with.
  return { ...request, file: node, args: [...argv, script, ...request.args.slice(1)] }
}
