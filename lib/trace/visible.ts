/** Characters that do not show, or that turn the direction of the text around them; halves of characters too. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}]+/gu

/** A part of a text: as it is, or an escape that stands for what would not be seen. */
export interface Segment {
  readonly text: string
  readonly isEscape: boolean
}

/** A text in parts that can be shown: what does not show is written out. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = []
  let end = 0
  for (const match of text.matchAll(hidden)) {
    if (match.index > end) segments.push({ text: text.slice(end, match.index), isEscape: false })
    segments.push({ text: Array.from(match[0], escapeOf).join(''), isEscape: true })
    end = match.index + match[0].length
  }
  if (end < text.length) segments.push({ text: text.slice(end), isEscape: false })
  return segments
}

export function visibleText(text: string): string {
  return segmentsOf(text)
    .map((segment) => segment.text)
    .join('')
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeOf(character: string): string {
  return shortEscapes[character] ?? `\\u{${(character.codePointAt(0) as number).toString(16)}}`
}
