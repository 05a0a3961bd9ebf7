/**
 * Calls a function of Node's through one of brood's, which an error that it throws does not show.
 *
 * @param call makes the call, from a file that lies beside this one when it runs
 */
export function hideFrames<Result>(call: () => Result): Result {
  const limit = Error.stackTraceLimit
  // Ours are to come on top of those that the program is to see.
  setLimit(limit + ownFrames)
  try {
    return call()
  } catch (error) {
    if (error instanceof Error) hideFramesOf(error, limit)
    return throwFromNode(error)
  } finally {
    if (Error.stackTraceLimit === limit + ownFrames) setLimit(limit)
  }
}

/** More than there can be between the program and Node. */
const ownFrames = 5

function setLimit(limit: number): void {
  // A frozen Error keeps its own.
  Reflect.set(Error, 'stackTraceLimit', limit)
}

/** Where nobody catches it Node shows the line that threw it: better one of Node's own than all of brood's. */
function throwFromNode(error: unknown): never {
  AbortSignal.abort(error).throwIfAborted()
  throw error
}

/** The files of the store go by names of their own (see the build). */
function isOurs(line: string): boolean {
  return line.includes(`${__dirname}/`) || line.includes('node:brood/')
}

function hideFramesOf(error: Error, limit: number): void {
  const { stack } = error
  if (typeof stack !== 'string') return
  let frames = 0
  const lines = stack.split('\n').filter((line) => {
    if (!/^ {4}at /.test(line)) return true
    return !isOurs(line) && ++frames <= limit
  })
  error.stack = lines.join('\n')
}
