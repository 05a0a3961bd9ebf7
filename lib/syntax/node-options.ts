/** One option or value of NODE_OPTIONS, and where it stands in the text. */
export interface NodeOptionsToken {
  readonly value: string
  readonly start: number
  /** Index behind the token's last character. */
  readonly end: number
}

/**
 * Splits NODE_OPTIONS as Node does: only a space separates, only `"` quotes, `\` escapes only inside quotes.
 *
 * @returns `undefined` where Node would refuse the text (an unterminated quote or escape).
 * @see ParseNodeOptionsEnvVar in Node's src/node_options.cc
 */
export function tokenizeNodeOptions(text: string): NodeOptionsToken[] | undefined {
  const tokens: NodeOptionsToken[] = []
  let value: string | undefined
  let start = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    let character = text[index] as string
    if (character === ' ' && !quoted) {
      if (value !== undefined) tokens.push({ value, start, end: index })
      value = undefined
      continue
    }
    if (value === undefined) {
      value = ''
      start = index
    }
    if (character === '"') {
      quoted = !quoted
      continue
    }
    if (character === '\\' && quoted) {
      index++
      if (index === text.length) return undefined
      character = text[index] as string
    }
    value += character
  }
  if (quoted) return undefined
  if (value !== undefined) tokens.push({ value, start, end: text.length })
  return tokens
}

/** Writes one option or value so that Node reads it back unchanged. */
export function quoteNodeOption(value: string): string {
  if (/^[^\s"\\]+$/.test(value)) return value
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** Writes options so that NODE_OPTIONS reads them back unchanged. */
export function formatNodeOptions(values: readonly string[]): string {
  return values.map(quoteNodeOption).join(' ')
}
