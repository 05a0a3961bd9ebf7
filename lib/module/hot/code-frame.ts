/** The lines around a place, with a mark at it, for a person to look at. Lines and columns are counted from 1. */
export function codeFrame(text: string, line: number, column: number | undefined): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
  const first = Math.max(1, line - 2)
  const shown = lines.slice(first - 1, line + 1)
  const width = String(first + shown.length - 1).length
  return shown
    .flatMap((content, index) => {
      const number = first + index
      const row = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${clip(content)}`
      if (number !== line || column === undefined || column > widest) return [row]
      // A tab is as wide above as below.
      return [row, `  ${' '.repeat(width)} | ${content.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`]
    })
    .join('\n')
}

/** Minified code is not worth a screen. */
const widest = 160

const clip = (content: string) => (content.length > widest ? `${content.slice(0, widest)}…` : content)
