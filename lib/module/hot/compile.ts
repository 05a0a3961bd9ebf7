// The one place that makes functions of texts.
import { setFlagsFromString } from 'node:v8'
import { compileFunction, constants } from 'node:vm'
import { userOptions } from './user-options.js'

/**
 * From Node.js 22 on V8 keeps the code of every text that is compiled so, for ever, in a cache that it is told here not to use: at each compilation it asks
 * its flag. Another way past the cache is a scope that is extended by nothing, and makes each access to a global take 100 ns. That V8 forgets then is
 * written down nowhere: a test watches it.
 */
const isKept =
  Number.parseInt(process.versions.node, 10) >= 22 && !userOptions().some((option) => /^--no[-_]compilation[-_]cache$/.test(option))

/** `import()` in it is Node's own. From Node.js 20.12 on; before, there is none. */
const usualImport = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER

interface Compiled {
  /** As it is to be named in stack traces, and to a debugger. */
  readonly filename: string
  /** How many characters stand in front of the file's first line. */
  readonly prefixLength?: number
}

/** @throws SyntaxError */
export function compile(
  body: string,
  parameters: readonly string[],
  { filename, prefixLength = 0 }: Compiled,
): (...args: unknown[]) => unknown {
  if (isKept) setFlagsFromString('--no-compilation-cache')
  try {
    return compileFunction(body, parameters, {
      filename,
      columnOffset: -prefixLength,
      ...(usualImport !== undefined && { importModuleDynamically: usualImport }),
    }) as (...args: unknown[]) => unknown
  } finally {
    if (isKept) setFlagsFromString('--compilation-cache')
  }
}
