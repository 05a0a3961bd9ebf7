import { Module } from 'node:module'
import { debug, enableDebug } from '../diagnostics.js'
import { currentContext } from '../wrap/current.js'
import type { Registry } from '../wrap/registry.js'
import type { Snapshot } from '../wrap/snapshot.js'
import { findScript } from './find-script.js'
import { hideModule } from './hide-module.js'

type RunMain = (this: unknown, main?: string, ...rest: unknown[]) => unknown
type Load = (this: unknown, request: string, parent: NodeJS.Module | undefined, isMain: boolean) => unknown

interface ModuleInternals {
  runMain: RunMain
  _load: Load
}

const internals = Module as unknown as ModuleInternals

interface Wrapper extends Snapshot {
  readonly main: string
}

/**
 * Lets the wrapper mains run in the program's place, the oldest context's first, each handing over to the next.
 *
 * Node calls `Module.runMain` for the main script alone, whatever it is written in: eval, stdin, the REPL and the
 * test runner never come here.
 *
 * @param nodeOptions NODE_OPTIONS as it was when the process began
 * @param preload the preload's own path, for Node to run where `--import` hooks must see the bare argv first
 */
export function installWrapperMains(
  contexts: readonly Snapshot[],
  registry: Registry,
  nodeOptions: string | undefined,
  preload: string,
): void {
  const wrappers = contexts.filter((context): context is Wrapper => context.main !== undefined)
  const original = internals.runMain
  let started = false

  function runMain(this: unknown, main?: string, ...rest: unknown[]): unknown {
    if (internals.runMain === runMain) internals.runMain = original
    if (started || main === undefined) return Reflect.apply(original, this, [main, ...rest])
    started = true
    const run = (script: string) => Reflect.apply(original, this, [script, ...rest])
    const start = () => runWrapper(wrappers, 0, run, main, registry)
    if (!hasAsyncPreloads(nodeOptions)) return start()
    registry.enter = start
    return run(preload)
  }
  internals.runMain = runMain
}

/** Node loads what `--import` and `--loader` name after it was told the main script, and before it runs it. */
function hasAsyncPreloads(nodeOptions = ''): boolean {
  const options = `${process.execArgv.join(' ')} ${nodeOptions}`
  // A false alarm costs time and nothing else.
  return options.includes('--import') || options.includes('loader')
}

function runWrapper(
  wrappers: readonly Wrapper[],
  index: number,
  run: (script: string) => unknown,
  main: string,
  registry: Registry,
): unknown {
  const wrapper = wrappers[index]
  if (wrapper === undefined) return run(main)
  // One that is gone, as while its package is installed anew, would end every node.
  if (findScript(wrapper.main) === false) return runWrapper(wrappers, index + 1, run, main, registry)
  const { argv } = process
  const script = argv[1]
  argv.splice(1, 0, wrapper.main, ...wrapper.args)
  const takeBackLibrary = answerLibrary(wrapper, registry)
  let isSynchronous = true
  registry.wrapper = wrapper
  registry.runMain = () => {
    registry.runMain = registry.wrapper = undefined
    takeBackLibrary()
    takeOutOfArgv(wrapper, script)
    forgetMainModule(wrapper.main)
    debug('runMain', () => ({ argv: process.argv }))
    // A wrapper may have put another script in the program's place.
    const next = process.argv[1] === script ? main : resolvePath(process.argv[1] ?? main)
    const runNext = () => runWrapper(wrappers, index + 1, run, next, registry)
    // In a promise, where ES modules run, an error that the program throws would become a rejection.
    if (isSynchronous) runNext()
    else process.nextTick(runNext)
  }
  debug('wrapper main', () => ({ argv }))
  try {
    return run(wrapper.main)
  } finally {
    isSynchronous = false
  }
}

/** Most wrappers need no `node:path`. */
function resolvePath(path: string): string {
  return (new Module('brood').require('node:path') as typeof import('node:path')).resolve(path)
}

function takeOutOfArgv(wrapper: Wrapper, script: string | undefined): void {
  const { argv } = process
  const untouched = wrapper.args.every((argument, index) => argv[index + 2] === argument)
  if (argv[1] === wrapper.main && untouched) {
    argv.splice(1, 1 + wrapper.args.length)
    return
  }
  // The wrapper has changed argv: all up to the program's script is its own.
  const at = script === undefined ? -1 : argv.indexOf(script, 1)
  if (at > 1) argv.splice(1, at - 1)
}

/** The wrapper was the main module. The program is to find itself in that place, or nothing where it is an ES module. */
function forgetMainModule(request: string): void {
  hideModule(process.mainModule, request)
  delete (process as { mainModule?: unknown }).mainModule
}

/** While the wrapper main runs, its own `require` of brood is answered here: resolving a package costs more than all the rest. */
function answerLibrary(wrapper: Wrapper, registry: Registry): () => void {
  if (wrapper.libraryNames.length === 0) return () => {}
  const original = internals._load
  let library: unknown
  const load: Load = function (this: unknown, request, parent, isMain) {
    if (parent !== undefined && parent === process.mainModule && wrapper.libraryNames.includes(request)) {
      library ??= makeLibrary(() => Reflect.apply(original, this, [wrapper.library, parent, false]), registry)
      return library
    }
    return Reflect.apply(original, this, [request, parent, isMain])
  }
  internals._load = load
  return () => {
    if (internals._load === load) internals._load = original
  }
}

/** brood's CommonJS export: what a wrapper main asks for in every process is here, the rest is loaded when it is asked for. */
function makeLibrary(load: () => unknown, registry: Registry): unknown {
  const runMain = () => {
    if (registry.runMain === undefined) (load() as { runMain(): void }).runMain()
    else registry.runMain()
  }
  const own = { __proto__: null, currentContext, runMain }
  const whole = () => load() as Record<PropertyKey, unknown>
  return new Proxy(function wrap() {}, {
    apply: (_target, self, args) => Reflect.apply(load() as () => unknown, self, args),
    get: (_target, property) => (own as Record<PropertyKey, unknown>)[property] ?? whole()[property],
    has: (_target, property) => property in whole(),
  })
}

export { enableDebug }
