import { Module } from 'node:module'

type FindPath = (path: string, paths: null, isMain: true) => string | false

/** Finds a main script as Node does, whose extension may be left out, or its directory named. Node will find it in its cache then. */
export function findScript(path: string): string | false {
  return (Module as unknown as { _findPath: FindPath })._findPath(path, null, true)
}
