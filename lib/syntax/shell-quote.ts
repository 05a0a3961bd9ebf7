/** One word of shell text that means exactly `text`. */
export function quoteForShell(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** In which quotes a place of a shell text stands. */
export type Quote = '' | "'" | '"'

/** Shell text that means exactly `text`, to be put into the middle of a word. */
export function quoteWithin(quote: Quote, text: string): string {
  return `${quote}${quoteForShell(text)}${quote}`
}

/** Text for between two backticks, which take one backslash away. */
export function escapeForBackticks(text: string): string {
  return text.replace(/[\\`]/g, '\\$&')
}
