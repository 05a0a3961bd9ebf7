/** What the kernel makes of a script's first line: the interpreter, and at most one argument, however many words it has. */
export interface Shebang {
  readonly interpreter: string
  readonly argument: string | undefined
}

/** Linux reads this much of a file to find the end of its `#!` line (BINPRM_BUF_SIZE since 5.1). */
export const shebangLength = 256

/**
 * Reads a `#!` line as Linux does.
 *
 * @param start the first {@link shebangLength} characters of the file, or fewer where it is shorter
 * @returns `undefined` where it is no `#!` line, or one too long to be sure of
 */
export function parseShebang(start: string): Shebang | undefined {
  if (!start.startsWith('#!')) return undefined
  const end = start.indexOf('\n')
  if (end < 0) return undefined
  const match = /^[ \t]*([^ \t\0]+)(?:[ \t]+([^\0]*?))?[ \t]*$/.exec(start.slice(2, end))
  if (match === null) return undefined
  return { interpreter: match[1] as string, argument: match[2] || undefined }
}

/**
 * The words that `env` makes of its one argument in a `#!` line: the argument itself, or with `-S` its plain words.
 *
 * @returns `undefined` where it is an option or an assignment, or needs more of `env -S` than splitting at blanks
 */
export function envShebangWords(argument: string): string[] | undefined {
  const split = /^(?:-S|--split-string=)[ \t]*(.*)$/s.exec(argument)
  const words = split === null ? [argument] : (split[1] as string).split(/[ \t]+/)
  const command = words[0] as string
  if (command === '' || command.startsWith('-') || command.includes('=')) return undefined
  if (split !== null && words.some((word) => /[^\w./:@%+,=-]/.test(word))) return undefined
  return words
}
