// Why the module of a task could not be loaded in a child, and what to do about it.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { childEntry } from './entry.js'
import { fileOf } from './module-file.js'

/** @param cause what loading it has thrown */
export function explainLoading(task: string, url: string, cause: unknown): string {
  const file = isNotFound(cause) ? fileOf(url) : undefined
  if (file === undefined || existsSync(file)) {
    // Nobody has written an import there: it is brood that loads the module.
    const why = describeThrown(cause).replaceAll(` imported from ${childEntry}`, '')
    return `${url} could not be loaded for task "${task}": ${why}${adviseOnTypeScript(url, cause)}`
  }
  if (isEvaluated(file)) {
    return (
      `Task "${task}" is of code that was evaluated (node -e, or what was read from stdin), which has no file that a child could load. Put the task into a ` +
      "file, and import that, or name it: fromModule(new URL('./work.js', import.meta.url))."
    )
  }
  return `There is no file ${file}, which task "${task}" was to be loaded from. Look at the URL that fromModule() or task() was given: ${url}`
}

const codeOf = (thrown: unknown) => String((thrown as { readonly code?: unknown } | null | undefined)?.code)

/** It may be one that the module imports. */
const isNotFound = (cause: unknown) => /^(?:ERR_)?MODULE_NOT_FOUND$/.test(codeOf(cause))

/** What Node calls such code, as if it were a file in the working directory. */
const isEvaluated = (file: string) => /^\[(?:eval\d*|stdin)\]$/.test(basename(file))

/** A test runner compiles what it loads, and a child is no test runner. */
function adviseOnTypeScript(url: string, cause: unknown): string {
  const isNotCompiled = cause instanceof SyntaxError || /^ERR_(?:UNKNOWN_FILE_EXTENSION|UNSUPPORTED_)/.test(codeOf(cause))
  if (!isNotCompiled || !/\.[cm]?tsx?(?:$|[?#])/.test(url)) return ''
  return " A child's Node does not compile this TypeScript by itself: give it what does, such as execArgv: ['--import', 'tsx']."
}

const describeThrown = (thrown: unknown) => (thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown))
