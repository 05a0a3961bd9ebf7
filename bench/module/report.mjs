import { formatTable } from '../markdown.mjs'

/** Everything as Markdown. */
export function formatReport({ processor, cores, node, system }, results) {
  const head = ['', 'way', 'figure', 'against the first', 'target']
  const rows = results.flatMap((result) => result.ways.map((way, index) => formatWay(result, way, index === 0)))
  return `${processor}, ${cores} cores, Node ${node}, ${system}\n\n${formatTable(head, rows)}\n`
}

function formatWay({ title, unit, compared, first }, { name, target, figure, against, longest, more }, isFirst) {
  const details = [longest === undefined ? [] : `longest ${number(longest)}`, more ?? []].flat()
  const isBase = compared === undefined || name === first
  return [
    isFirst ? title : '',
    name,
    [`${spread(figure)} ${unit}`.trim(), ...details].join('; '),
    isBase ? '' : compared === 'ratio' ? `× ${spread(against)}` : `+ ${spread(against)} ${unit}`,
    target === undefined ? '' : formatTarget(target, compared === undefined ? figure : against),
  ]
}

const formatTarget = (target, { median }) => `${target} or less${median > target ? ', missed' : ''}`

function spread({ median, low, high }) {
  return low === high ? number(median) : `${number(median)} (${number(low)} to ${number(high)})`
}

/** Three digits that say something. */
function number(value) {
  if (!Number.isFinite(value)) return 'never'
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}
