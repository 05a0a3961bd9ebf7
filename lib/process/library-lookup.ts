import { existsSync, realpathSync } from 'node:fs'
import { Module } from 'node:module'
import { dirname, join } from 'node:path'
import { childEntry } from './entry.js'

/** What Node's `require` looks paths up with. */
interface Resolver {
  _nodeModulePaths(directory: string): string[]
  _resolveLookupPaths(request: string, parent: NodeJS.Module): string[]
}

const request = 'brood/process'

/** By files. */
const known = new Map<string, string | undefined>()

/**
 * What Node's `require` remembers this library by, for a module with tasks: a child that is told need not search for it.
 *
 * @returns `undefined` where it would find another copy, or none
 */
export function lookupOnce(file: string): string | undefined {
  if (!known.has(file)) known.set(file, lookup(file))
  return known.get(file)
}

function lookup(file: string): string | undefined {
  // It is no more than a short cut: where files may not be looked at, or somebody has changed how Node looks, Node does it.
  try {
    const resolver = Module as unknown as Resolver
    const asking = new Module(file)
    asking.filename = file
    asking.paths = resolver._nodeModulePaths(dirname(file))
    const paths = resolver._resolveLookupPaths(request, asking)
    const found = paths.find((path) => existsSync(join(path, 'brood')))
    const isThis = found !== undefined && realpathSync.native(join(found, 'brood')) === dirname(dirname(childEntry))
    return isThis ? `${request}\0${paths.join('\0')}` : undefined
  } catch {
    return undefined
  }
}
