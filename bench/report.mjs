const columns = ['brood', 'spawn-wrap', 'node-preload']

/** Everything as Markdown, to be pasted into the README. */
export function formatReport(machine, results, stream) {
  const emphasize = makeEmphasis(stream)
  const ratios = results.filter(({ unit }) => unit === 'ratio')
  const durations = results.filter(({ unit }) => unit === 'ms')
  const { processor, cores, node, system } = machine
  const parts = [`${processor}, ${cores} cores, Node ${node}, ${system}`]
  if (ratios.length > 0) parts.push(formatRatios(ratios, emphasize))
  if (durations.length > 0) parts.push(formatDurations(durations, emphasize))
  return `${parts.join('\n\n')}\n`
}

function formatRatios(rows, emphasize) {
  const table = formatTable(
    ['a child, whole process', 'bare', 'brood', 'target', 'spawn-wrap 3', 'node-preload'],
    rows.map((row) => [
      row.title,
      `${row.bare.median.toFixed(1)} ms`,
      ...insertTarget(
        columns.map((tool) => formatCell(row.tools[tool], 2)),
        formatTarget(row, { digits: 2, excessDigits: 3, unit: '' }),
      ),
    ]),
    emphasize,
  )
  const spread = Math.max(...rows.map(({ tools: { brood } }) => halfWidth(brood)))
  const rounds = [...new Set(rows.map((row) => row.rounds))].toSorted((a, b) => a - b).join(' to ')
  return `${table}

Bare (= 1) and wrapped started in turn, ${rounds} rounds, medians of the ratios; brood's are right to ±${spread.toFixed(3)} (95 %).
node-preload has no wrapper mains: a preload does the same work in its column.`
}

function formatDurations(rows, emphasize) {
  return formatTable(
    ['in the wrapping process', 'brood', 'target', 'spawn-wrap 3'],
    rows.map((row) => [
      row.title,
      ...insertTarget(
        ['brood', 'spawn-wrap'].map((tool) => formatCell(row.tools[tool], 1, ' ms')),
        formatTarget(row, { digits: 0, excessDigits: 1, unit: ' ms' }),
      ),
    ]),
    emphasize,
  )
}

function insertTarget([brood, ...others], target) {
  return [brood, target, ...others]
}

function formatCell(summary, digits, unit = '') {
  return summary === undefined ? '–' : `${summary.median.toFixed(digits)}${unit}`
}

function formatTarget({ target, tools: { brood } }, { digits, excessDigits, unit }) {
  if (target === undefined) return '–'
  const goal = `${target.toFixed(digits)}${unit}`
  const excess = brood.median - target
  return excess > 0 ? `${goal}, missed by ${excess.toFixed(excessDigits)} ± ${halfWidth(brood).toFixed(excessDigits)}${unit}` : goal
}

function halfWidth({ low, high }) {
  return (high - low) / 2
}

function formatTable(head, body, emphasize) {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((cells) => cells[column].length)))
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))
  const formatLine = (cells) => `| ${cells.map(pad).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [formatLine(head), rule, ...body.map((cells) => emphasize(formatLine(cells)))].join('\n')
}

/** Red for a line that misses its target, on a terminal that may have colours. */
function makeEmphasis(stream) {
  const hasColors = stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
  return (line) => (hasColors && line.includes('missed') ? `\u001b[31m${line}\u001b[39m` : line)
}
