import { readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { debug } from '../diagnostics.js'
import type { Route } from '../wrap/route.js'

type CompilableModule = NodeJS.Module & { _compile(text: string, filename: string): unknown }

// Taken before the program can replace it.
const compile = Reflect.get(Module.prototype, '_compile') as CompilableModule['_compile']

/**
 * The code that munges, read now and compiled when the program first starts a process: most never do.
 *
 * It is read before the program can mock `fs`, hook the loader, or lose the store, and it enters no module cache.
 */
export function deferRoute(file: string): Route {
  const text = readFileSync(file, 'utf8')
  let route: Route | undefined
  return (call) => {
    route ??= compileRoute(text, file)
    return route(call)
  }
}

function compileRoute(text: string, file: string): Route {
  try {
    const module = new Module(file) as CompilableModule
    Reflect.apply(compile, module, [text, file])
    return (module.exports as { route: Route }).route
  } catch (error) {
    debug('route not compiled', () => String(error))
    return (call) => call
  }
}
