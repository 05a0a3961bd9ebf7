/**
 * Splits a text as `env -S` does, where that is no more than splitting at blanks.
 *
 * @returns `undefined` where there is quoting, an expansion or a comment in it
 */
function splitWords(text: string): string[] | undefined {
  const words = text.split(/[ \t]+/).filter((word) => word !== '')
  return words.some((word) => /[^\w./:@%+,=-]/.test(word)) ? undefined : words
}

/**
 * Puts the words that `env` makes of its `-S` in that option's place: `env -S '-i A=1 command' argument`.
 *
 * @param words the command line of `env`, its own name first
 * @returns `undefined` where there is no such option, or it needs more than splitting at blanks
 */
export function expandEnvSplit(words: readonly string[]): string[] | undefined {
  for (let index = 1; index < words.length; index++) {
    const word = words[index] as string
    const split = /^-([i0v]*)S(.*)$|^--split-string(?:=(.*))?$/s.exec(word)
    if (split !== null) {
      const [, flags = '', attached, long] = split
      const inNext = (attached ?? long ?? '') === ''
      const parts = splitWords((inNext ? words[index + 1] : attached || long) ?? '')
      if (parts === undefined) return undefined
      const before = flags === '' ? [] : [`-${flags}`]
      return [...words.slice(0, index), ...before, ...parts, ...words.slice(index + (inNext ? 2 : 1))]
    }
    if (!/^-[i0v]+$|^--/.test(word)) return undefined
  }
  return undefined
}
