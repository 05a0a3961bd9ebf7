// The one place that makes functions of texts.
import { compileFunction, constants } from 'node:vm'

/**
 * From Node.js 22 on V8 keeps the code of every text that it has compiled, for ever; where the scope of a function is extended, by nothing even, it
 * does not. That is written down nowhere: a test watches it. Before, V8 keeps nothing, and such a scope makes each access to a global slow.
 */
const keepsNothing: { readonly contextExtensions?: object[] } =
  Number.parseInt(process.versions.node, 10) >= 22 ? { contextExtensions: [Object.create(null) as object] } : {}

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
  return compileFunction(body, parameters, {
    filename,
    columnOffset: -prefixLength,
    ...keepsNothing,
    ...(usualImport !== undefined && { importModuleDynamically: usualImport }),
  }) as (...args: unknown[]) => unknown
}
