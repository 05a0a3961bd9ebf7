import { readFileSync } from 'node:fs'
import { Module } from 'node:module'
import { debug, isDebug } from '../diagnostics.js'

type CompilableModule = NodeJS.Module & { _compile(text: string, filename: string): unknown }

/** The deferred files, by name. */
interface Deferred {
  record: typeof import('./record.js')
  secrets: typeof import('./secrets.js')
  restore: typeof import('./restore.js')
  exclude: typeof import('./exclude.js')
  visible: typeof import('./visible.js')
  route: typeof import('../wrap/route.js')
  'wrapper-main': typeof import('./wrapper-main.js')
  thread: typeof import('./thread.js')
}

// Taken before the program can replace them.
const readNow = readFileSync
const compile = Reflect.get(Module.prototype, '_compile') as CompilableModule['_compile']

/** Where the text of a deferred file lies: beside the preload. */
const pathOf = (name: keyof Deferred) => `${__dirname}/${name}.cjs`

/** The text of a deferred file, for code that will be needed when `fs` may be mocked or the store lost. */
export function readDeferred(name: keyof Deferred): string {
  return readNow(pathOf(name), 'utf8')
}

/**
 * Loads code that most processes do not need. To compile it costs 70 µs a kB; to load it from a file of its own, another 0.3 ms.
 *
 * It goes past the module loader, so that no hook and no module cache sees it.
 *
 * @returns `undefined` where the file is gone: the process then does without
 */
export function loadDeferred<Name extends keyof Deferred>(name: Name, text?: string): Deferred[Name] | undefined {
  try {
    const module = new Module(pathOf(name)) as CompilableModule
    Reflect.apply(compile, module, [text ?? readDeferred(name), pathOf(name)])
    const exports = module.exports as Deferred[Name]
    if (isDebug()) exports.enableDebug()
    return exports
  } catch (error) {
    debug(`${name} not loaded`, () => String(error))
    return undefined
  }
}
