// Where something was made, by the stack at that moment.

/** Brood's own code beside the module, of which this is a part, and that which started the process. */
const own = __dirname

/** Deep enough to reach from `net` or `http` to who has called them. */
const depth = 30

/** A stack as it is now. V8 makes a text of it when somebody asks. */
export function captureStack(): { readonly stack?: unknown } {
  const at: { stack?: unknown } = {}
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = depth
  Error.captureStackTrace(at, captureStack)
  Error.stackTraceLimit = stackTraceLimit
  return at
}

/** What a stack says of where something was made. */
export interface Origin {
  /** The nearest place that is neither Node's nor brood's, nor a package's if there is another one: `/app/plugin.js:12:3`. */
  readonly at: string | undefined
  /** The file that has called the function which makes such things: `node:_http_server`, or one of the module's. */
  readonly creator: string | undefined
}

/** Node's own on the way from the call to what it makes. */
const between = /^node:(?:internal\/async_hooks|internal\/timers|timers|timers\/promises|diagnostics_channel|events)(?::|$)/

const inPackage = /[\\/]node_modules[\\/]/

export function readOrigin({ stack }: { readonly stack?: unknown }): Origin {
  // A module may have a `prepareStackTrace` of its own, which returns anything.
  const lines = typeof stack === 'string' ? stack.split('\n') : []
  const places = lines.map(readPlace).filter((place) => place !== undefined && !place.startsWith(own)) as string[]
  const creator = places.find((place) => !between.test(place))
  const named = places.filter((place) => !place.startsWith('node:'))
  // Who has asked a package for it is to give it back; a module may be a package itself.
  return { at: named.find((place) => !inPackage.test(place)) ?? named[0], creator }
}

/** Of `    at name (file:///a.js:1:2)` and `    at async file:///a.js:1:2`. */
function readPlace(line: string): string | undefined {
  const [, inner, bare] = /^\s+at (?:.*\((.*)\)|(?:async )?(.*))$/.exec(line) ?? []
  const place = inner ?? bare
  if (place === undefined || !/:\d+$/.test(place)) return undefined
  return place.startsWith('file:') ? toPath(place) : place
}

function toPath(place: string): string {
  const [, url = '', position = ''] = /^(.*?)((?::\d+)+)$/.exec(place) ?? []
  try {
    return process.getBuiltinModule('node:url').fileURLToPath(url) + position
  } catch {
    return place
  }
}
