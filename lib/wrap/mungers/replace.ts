import type { PartialWord } from '../../syntax/prefix-command.js'
import { parseShebang } from '../../syntax/shebang.js'
import { carrierVariable } from '../carrier.js'
import { absolute, type FileSystem, findProgram } from '../find-program.js'
import type { Plan } from '../plan.js'
import { type Mock, replaceableName, replacedVariable } from '../replaced.js'
import type { SpawnRequest } from '../request.js'
import { directoriesOf, extensionsOf } from './cmd.js'
import { pathOf, variableName } from './env.js'
import type { Passage } from './passage.js'

/**
 * Starts the script that replaces a program, with the program's arguments.
 *
 * It runs free of brood, with the environment that was asked for, and so does everything below it: it may start the program that it replaces.
 *
 * @returns `undefined` where nothing is replaced
 */
export function mungeReplace(request: SpawnRequest, plan: Plan, files: FileSystem): SpawnRequest | undefined {
  if (plan.replaced === undefined) return undefined
  const [argv0 = request.file, ...args] = request.args
  const mock = mockOf(request.file, plan)
  if (mock !== undefined) return startMock(request, mock, findReal(request, plan, files), [argv0, mock.file, ...args], plan)
  if (plan.windows) return undefined
  // By name, as `env` looks for it, the interpreter of a script is found in the shim directory.
  const script = findProgram(request.file, searchOf(request, plan), files)
  const shebang = script === undefined ? undefined : parseShebang(files.readStart(fromHere(script, request)))
  const interpreter = shebang === undefined ? undefined : mockOf(shebang.interpreter, plan)
  if (script === undefined || shebang === undefined || interpreter === undefined) return undefined
  const argument = shebang.argument === undefined ? [] : [shebang.argument]
  // The kernel drops the argv[0] that a script is started with.
  const argv = [shebang.interpreter, interpreter.file, ...argument, script, ...args]
  return startMock(request, interpreter, shebang.interpreter, argv, plan)
}

function mockOf(file: string, { replaced, windows }: Plan): Mock | undefined {
  return replaced?.mocks.get(replaceableName(file, windows))
}

function startMock(request: SpawnRequest, { node }: Mock, real: string, args: readonly string[], { windows }: Plan): SpawnRequest {
  const others = request.env.filter((pair) => variableName(pair, windows) !== replacedVariable)
  return { ...request, file: node, args, env: [...others, `${replacedVariable}=${real}`], untouched: true, replaced: true }
}

const searchOf = (request: SpawnRequest, plan: Plan) => ({ path: pathOf(request, plan), cwd: request.cwd ?? '.' })

/** A path in the child's directory, from this process's. */
const fromHere = (path: string, { cwd = '.' }: SpawnRequest) => absolute(path, cwd)

/** The program that would have been started: the path that was asked for, or what is found on PATH; empty where there is none. */
function findReal(request: SpawnRequest, plan: Plan, files: FileSystem): string {
  if (plan.windows) return findRealOnWindows(request, plan, files)
  const found = request.file.includes('/') ? request.file : findProgram(request.file, searchOf(request, plan), files)
  if (found === undefined || found.startsWith('/')) return found ?? ''
  const path = fromHere(found, request)
  return files.resolve?.(path) ?? path
}

function findRealOnWindows(request: SpawnRequest, plan: Plan, files: FileSystem): string {
  const { file } = request
  if (/[\\/]/.test(file)) return /^(?:[a-z]:|[\\/])/i.test(file) ? file : (files.resolve?.(`${request.cwd ?? '.'}\\${file}`) ?? file)
  const names = /\.\w+$/.test(file) ? [file] : extensionsOf(request).map((extension) => file + extension)
  for (const directory of directoriesOf(request, plan)) {
    const found = names.find((name) => files.isProgram(directory + name))
    if (found !== undefined) return directory + found
  }
  return ''
}

/** By its path, since PATH may be anything. */
export const environmentProgram = '/usr/bin/env'

/** How a command line comes to run a mock, where a word of it names a replaced program by its path. */
export interface Detour {
  /** Of that word. */
  readonly index: number
  readonly mock: Mock
  /** The variables that the command would find as brood made them. */
  readonly ours: { readonly carrier: boolean; readonly nodeOptions: boolean; readonly path: boolean }
}

/** @param passage what becomes of brood's variables on the way to the command behind programs that run what stands behind them */
export function findDetour(words: readonly PartialWord[], passage: Passage | undefined, plan: Plan): Detour | undefined {
  const { target: index, losesCarrier = false, nodeOptions } = passage ?? {}
  const word = index === undefined ? undefined : words[index]
  if (index === undefined || word?.complete !== true || !word.known.includes('/')) return undefined
  const mock = mockOf(word.known, plan)
  if (mock === undefined) return undefined
  const setsPath = words.slice(0, index).some(({ known }) => /^(?:-u|--unset=)?PATH(?:=|$)/.test(known))
  return {
    index,
    mock,
    ours: { carrier: !losesCarrier, nodeOptions: !losesCarrier && nodeOptions === 'inherited', path: !losesCarrier && !setsPath },
  }
}

/** The words that take the place of that one, where all is known: `env` makes of the environment what it is without brood. */
export function mockWords(word: string, { mock, ours }: Detour, path: string | undefined, options: string | undefined): string[] {
  const unset: string[] = []
  const set: string[] = []
  const restore = (isOurs: boolean, name: string, value: string | undefined) => {
    if (!isOurs) return
    if (value === undefined) unset.push('-u', name)
    else set.push(`${name}=${value}`)
  }
  restore(ours.carrier, carrierVariable, undefined)
  restore(ours.nodeOptions, 'NODE_OPTIONS', options)
  restore(ours.path, 'PATH', path)
  return [environmentProgram, ...unset, ...set, `${replacedVariable}=${word}`, mock.node, mock.file]
}
