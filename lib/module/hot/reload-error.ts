import { placesIn } from './call-site.js'
import { codeFrame } from './code-frame.js'
import { HotReloadError } from './errors.js'
import type { Source } from './source.js'

/**
 * What went wrong where a version was evaluated, with the place in a file of the module.
 *
 * @param path the module's own file
 * @param sources those of all files that may be to blame
 */
export function reloadError(thrown: unknown, path: string, sources: readonly Source[]): HotReloadError {
  if (thrown instanceof HotReloadError) return thrown
  const { stack, message } = describe(thrown)
  const place = firstPlace(stack, sources)
  if (place === undefined) return new HotReloadError(`${path}: ${message}`, { file: path }, { cause: thrown })
  const { line, source } = place
  const { path: file } = source
  // An import that is used has made the rest of its line longer.
  const column = isAsWritten(source, line) ? place.column : undefined
  return new HotReloadError(
    `${file}:${line}: ${message}`,
    { file, line, column, frame: codeFrame(source.text, line, column) },
    { cause: thrown },
  )
}

interface Place {
  readonly source: Source
  readonly line: number
  readonly column: number | undefined
}

/** The frame that is nearest to where it was thrown. */
function firstPlace(stack: string, sources: readonly Source[]): Place | undefined {
  let best: (Place & { readonly at: number }) | undefined
  for (const source of sources) {
    // V8 names the place of a syntax error in front of everything: "file:3".
    for (const name of [source.url, source.path]) {
      const line = stack.startsWith(`${name}:`) ? /^:(\d+)\n/.exec(stack.slice(name.length))?.[1] : undefined
      if (line !== undefined) return { source, line: Number(line), column: undefined }
    }
    const at = Math.min(...[source.url, source.path].map((name) => stack.indexOf(`${name}:`)).filter((index) => index >= 0))
    const place = Number.isFinite(at) ? placesIn(stack, source.path) : undefined
    if (place !== undefined && (best === undefined || at < best.at)) best = { source, ...place, at }
  }
  return best
}

function isAsWritten(source: Source, line: number): boolean {
  const evaluated = source.format === 'module' ? source.body.slice(source.prefixLength) : source.text
  return evaluated.split('\n')[line - 1] === source.text.split('\n')[line - 1]
}

function describe(thrown: unknown): { readonly stack: string; readonly message: string } {
  try {
    const { stack, name, message } = thrown as Error
    if (typeof stack === 'string') return { stack, message: `${name}: ${message}` }
    return { stack: '', message: `${String(thrown)} was thrown` }
  } catch {
    return { stack: '', message: 'something was thrown that cannot be shown' }
  }
}
