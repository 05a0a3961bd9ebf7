import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type NodeOption, parseNodeArgv } from '../syntax/node-argv.js'

/** What makes node do something else than run its main module: to evaluate a text, to test, to watch, to check. */
const otherModes =
  /^(?:-e|--eval|-p|--print|-pe|-i|--interactive|-c|--check|--run|--test.*|--experimental-test.*|--watch.*|--input-type|--experimental-default-type|--build-snapshot.*|--experimental-sea-config|--prof-process|-v|--version|-h|--help|--v8-options|--completion-bash)$/

/** Paths of node's options are relative to where it was started: a child may be started elsewhere. */
const startDirectory = process.cwd()

function withAbsolutePath({ name, value, source }: NodeOption): readonly string[] {
  if (value === undefined || !/^\.\.?[\\/]/.test(value) || !/^(?:-r|--require|--import|--(?:experimental-)?loader)$/.test(name))
    return source
  const path = resolve(startDirectory, value)
  const absolute = name === '-r' || name === '--require' ? path : pathToFileURL(path).href
  return source.length === 1 ? [`${name}=${absolute}`] : [name, absolute]
}

/**
 * The options of this process's node that its children are to have, too.
 *
 * A debugger's port is this process's: a child's is chosen by the system.
 *
 * @param execArgv of this process
 * @param nodeOptions NODE_OPTIONS of the child
 */
export function inheritedExecArgv(execArgv: readonly string[], nodeOptions: string | undefined): string[] {
  const { options } = parseNodeArgv(execArgv)
  const kept = options.filter(({ name }) => !otherModes.test(name)).flatMap(withAbsolutePath)
  const isInspected = [...kept, nodeOptions ?? ''].some((text) => /(?:^|\s)--inspect(?!-publish|-port)/.test(text))
  return isInspected ? [...kept, '--inspect-port=0'] : kept
}
