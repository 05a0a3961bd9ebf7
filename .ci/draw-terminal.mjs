// What a terminal shows, as a picture: text with escape sequences of colour becomes SVG, in the colours of the reader's system.

const font = 13
const cell = { width: 7.8, height: 18 }
const margin = 16

/** What brood writes, by the code that begins it, and the codes that end it. */
const styles = { 1: 'strong', 2: 'faint', 31: 'red', 33: 'yellow', 36: 'cyan' }
const endings = { 22: ['strong', 'faint'], 39: ['red', 'yellow', 'cyan'] }

export function drawTerminal(text, columns) {
  const lines = text.replace(/\n$/, '').split('\n')
  const width = columns * cell.width + 2 * margin
  const height = lines.length * cell.height + 2 * margin
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${font}">
<style>
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #1f2328 }
rect { fill: #f6f8fa; stroke: #d1d9e0 }
.strong { font-weight: 600 } .faint { fill: #59636e } .red { fill: #c21c2c } .yellow { fill: #8a5a00 } .cyan { fill: #1b6f7f }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } rect { fill: #15181d; stroke: #30363d }
.faint { fill: #8b949e } .red { fill: #ff7b72 } .yellow { fill: #e3a93c } .cyan { fill: #56c2d6 }
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${lines.map((line, row) => drawLine(line, margin + row * cell.height + font)).join('\n')}
</svg>
`
}

function drawLine(line, y) {
  const parts = []
  const active = new Set()
  let column = 0
  for (const [, code, plain] of line.matchAll(/\x1b\[(\d+)m|([^\x1b]+)/g)) {
    if (code !== undefined) {
      if (styles[code] !== undefined) active.add(styles[code])
      for (const style of endings[code] ?? []) active.delete(style)
      continue
    }
    // What stands in columns of its own is placed by itself: no font is as wide as another.
    for (const { 0: words, index } of plain.matchAll(/\S+(?: \S+)*/g))
      parts.push(drawWords(words, column + index, y, [...active].join(' ')))
    column += plain.length
  }
  return parts.join('')
}

function drawWords(words, column, y, style) {
  const escaped = words.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  const round = (number) => Number(number.toFixed(1))
  const x = round(margin + column * cell.width)
  return `<text x="${x}" y="${y}" textLength="${round(words.length * cell.width)}"${style === '' ? '' : ` class="${style}"`}>${escaped}</text>`
}
