const entry = /(?:^|\n)[ \t]*(?:export[ \t]+)?([^\s=#]+)[ \t]*=[ \t]*("[^"]*"|'[^']*'|`[^`]*`|[^\n#]*)/g

/**
 * Finds what a file for `--env-file` sets a variable to.
 *
 * @returns `undefined` where it does not set it
 * @see Dotenv::ParseContent in Node's src/node_dotenv.cc
 */
export function findInEnvFile(text: string, name: string): string | undefined {
  let found: string | undefined
  for (const [, variable, source = ''] of text.replaceAll('\r', '').matchAll(entry)) {
    if (variable !== name) continue
    const quoted = /^(["'`])([^]*)\1$/.exec(source)
    if (quoted === null) found = source.trim()
    else found = quoted[1] === '"' ? (quoted[2] as string).replaceAll('\\n', '\n') : quoted[2]
  }
  return found
}
