/** The innermost place in a file on the stack, as a stack trace says it: `/app/sheep.js:3:5`. */
export function callSite(path: string): string | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 20
  const { stack = '' } = new Error('where')
  Error.stackTraceLimit = stackTraceLimit
  const place = placesIn(stack, path)
  return place === undefined ? undefined : `${path}:${place.line}:${place.column}`
}

/** The first place in a file that a stack trace names. */
export function placesIn(stack: string, path: string): { readonly line: number; readonly column: number } | undefined {
  for (const [, place, line, column] of stack.matchAll(/((?:file:\/\/|\/|[A-Za-z]:[\\/])[^\n]*?):(\d+):(\d+)\)?$/gm)) {
    if (isFile(place as string, path)) return { line: Number(line), column: Number(column) }
  }
  return undefined
}

function isFile(place: string, path: string): boolean {
  if (place === path) return true
  if (!place.startsWith('file:')) return false
  try {
    return decodeURIComponent(new URL(place).pathname) === path.replaceAll('\\', '/').replace(/^(?=[A-Za-z]:)/, '/')
  } catch {
    return false
  }
}
