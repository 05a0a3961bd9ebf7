// A file as it was read: what it says, what it is made of, and where its imports lead.
import { readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { parse } from 'acorn'
import { parse as lexCommonJs } from 'cjs-module-lexer'
import { codeFrame } from './code-frame.js'
import { HotReloadError } from './errors.js'
import { formatOf } from './format.js'
import { type Binding, type ExportedName, type ImportedModule, parseModule } from './parse-module.js'
import { type Rewritten, rewriteModule, rewriteScript } from './rewrite.js'
import { stripTypes } from './strip-types.js'
import { survey } from './survey.js'
import { type LocalTarget, type Target, targetOf } from './target.js'

interface Common {
  readonly url: string
  readonly path: string
  readonly text: string
}

/** What is imported, and where it leads. */
export interface ResolvedImport extends ImportedModule {
  readonly target: Target
}

export interface ModuleSource extends Common, Rewritten {
  readonly format: 'module'
  readonly imports: readonly ResolvedImport[]
  /** Those of them that are hot as well. */
  readonly local: readonly LocalTarget[]
  readonly exports: readonly ExportedName[]
  readonly stars: readonly number[]
  /** What its names of imports stand for. */
  readonly bindings: readonly Binding[]
}

export interface ScriptSource extends Common {
  readonly format: 'commonjs'
  readonly rewritten: ReturnType<typeof rewriteScript>
  /** The names that Node would find in its text. */
  readonly exports: readonly string[]
  /** What it exports all names of. */
  readonly reexports: readonly ResolvedImport[]
}

export interface JsonSource extends Common {
  readonly format: 'json'
  readonly value: unknown
}

export type Source = ModuleSource | ScriptSource | JsonSource

type FindImport = (specifier: string, parent: string) => Target

/**
 * Reads a file.
 *
 * @throws HotReloadError where it cannot be read, is wrong, or can never be hot
 */
export function readSource(target: LocalTarget, findImport: FindImport): Source {
  const { url, path } = target
  refuseAddon(path)
  return makeSource(url, path, readText(path), findImport)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new HotReloadError(`${path} cannot be read: ${(cause as Error).message}.`, { file: path }, { cause })
  }
}

/** @throws HotReloadError */
function makeSource(url: string, path: string, text: string, findImport: FindImport): Source {
  const { format, isTypeScript } = formatOf(path)
  try {
    if (format === 'json') return { format, url, path, text, value: JSON.parse(text) as unknown }
    const code = isTypeScript ? stripTypes(text, path) : text
    if (format === 'module') return makeModule(url, path, code, findImport)
    if (format === 'commonjs') return makeScript(url, path, code)
    return isModuleSyntax(code) ? makeModule(url, path, code, findImport) : makeScript(url, path, code)
  } catch (cause) {
    throw cause instanceof HotReloadError ? cause : syntaxError(cause, path, text)
  }
}

function makeModule(url: string, path: string, text: string, findImport: FindImport): ModuleSource {
  const parsed = parseModule(text)
  const { awaitsAt } = parsed.survey
  if (awaitsAt !== undefined) {
    const line = text.slice(0, awaitsAt).split('\n').length
    const column = awaitsAt - text.lastIndexOf('\n', awaitsAt - 1)
    const advice = 'A call could not wait for it. Export a function that waits, or have the module static.'
    throw new HotReloadError(`${path}:${line} awaits outside of a function, so it cannot be hot. ${advice}`, {
      file: path,
      line,
      column,
      frame: codeFrame(text, line, column),
    })
  }
  const imports = parsed.imports.map((each): ResolvedImport => ({ ...each, target: resolve(each.specifier) }))
  const local = imports.flatMap(({ target }) => (target.kind === 'local' ? target : []))
  const { exports, stars } = parsed
  const bindings = [...parsed.bindings.values()]
  return { format: 'module', url, path, text, imports, local, exports, stars, bindings, ...rewriteModule(text, parsed) }

  function resolve(specifier: string): Target {
    try {
      return findImport(specifier, url)
    } catch (cause) {
      throw placed(`${(cause as Error).message}.`, path, text, text.indexOf(specifier), cause)
    }
  }
}

/** What acorn is told of CommonJS: it stands in a function. */
const scriptOptions = { ecmaVersion: 'latest', sourceType: 'script', allowReturnOutsideFunction: true, allowHashBang: true } as const

function makeScript(url: string, path: string, text: string): ScriptSource {
  const program = parse(text, { ...scriptOptions, allowSuperOutsideMethod: false })
  const { exports, reexports } = lexCommonJs(text)
  return {
    format: 'commonjs',
    url,
    path,
    text,
    rewritten: rewriteScript(text, program, survey(program)),
    exports: [...new Set(exports)],
    reexports: [...new Set(reexports)].flatMap((specifier) => resolveReexport(specifier, path)),
  }
}

/** Where it leads nowhere the module will say so, if it asks for it. */
function resolveReexport(specifier: string, path: string): ResolvedImport[] {
  try {
    const file = isBuiltin(specifier) ? specifier : createRequire(path).resolve(specifier)
    return isBuiltin(file) ? [] : [{ specifier, type: undefined, target: targetOf(file, { native: [] }) }]
  } catch {
    return []
  }
}

/** Node's own rule: what is no CommonJS, for its syntax, may be a module. */
function isModuleSyntax(text: string): boolean {
  if (!/\b(?:import|export|await)\b/.test(text)) return false
  try {
    parse(text, scriptOptions)
    return false
  } catch {
    return true
  }
}

/** Says where a file is wrong, as far as the error tells. */
function syntaxError(cause: unknown, path: string, text: string): HotReloadError {
  const { message = String(cause), pos } = Object(cause) as { readonly message?: string; readonly pos?: number }
  // Of JSON: "… in JSON at position 12 (line 3 column 4)".
  const position = pos ?? Number(/ at position (\d+)/.exec(message)?.[1] ?? -1)
  const reason = message.replace(/ \(\d+:\d+\)$|\.$/, '')
  return placed(`${reason}.`, path, text, position, cause)
}

function placed(reason: string, path: string, text: string, position: number, cause: unknown): HotReloadError {
  if (position < 0) return new HotReloadError(`${path}: ${reason}`, { file: path }, { cause })
  const before = text.slice(0, position).split('\n')
  const line = before.length
  const column = (before.at(-1) as string).length + 1
  return new HotReloadError(`${path}:${line}: ${reason}`, { file: path, line, column, frame: codeFrame(text, line, column) }, { cause })
}

function refuseAddon(path: string): void {
  if (!path.endsWith('.node')) return
  const advice = 'Import it in a package, in a file that is named in the option `native`, or have the module static.'
  throw new HotReloadError(`${path} is native code, which a process loads once, so it cannot be hot. ${advice}`, { file: path })
}
