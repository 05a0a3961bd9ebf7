import { type Fold, foldRuns } from './fold.js'
import type { ProcessTree, TracedProcess } from './process-tree.js'
import { durationText, endText, sizeText } from './text.js'

export interface TerminalOptions {
  /** Columns. */
  readonly width: number
  readonly color: boolean
  /** About so many lines: a longer tree is cut where it is deep. @default all */
  readonly lines?: number
}

/** One line of the tree, before it is fitted to the terminal. */
interface Row {
  /** The lines that lead to it. */
  readonly lead: string
  readonly command: string
  readonly cells: readonly [wall: string, cpu: string, memory: string, end: string]
  readonly style: 'failed' | 'slowest' | 'program' | 'plain'
  /** Processes that it stands for. */
  readonly count: number
}

/** Draws the tree for a terminal, one line a process, with the totals below it. Every line ends with a newline. */
export function renderTerminal(tree: ProcessTree, { width, color, lines: most = Number.POSITIVE_INFINITY }: TerminalOptions): string {
  const rows: Row[] = []
  const roots = foldRuns(tree.roots)
  const depth = depthWithin(roots, most)
  for (const root of roots) addRows(root, { lead: '', below: '', depth }, rows)
  const left = countProcesses(roots) - rows.reduce((sum, { count }) => sum + count, 0)
  const widths = [0, 1, 2, 3].map((column) =>
    rows.reduce((widest, { cells }) => Math.max(widest, (cells[column] as string).length), titles[column]?.length ?? 0),
  )
  const right = widths.reduce((sum, cell) => sum + cell + 2, 0)
  // Where the terminal is too narrow for both, the command wins.
  const showCells = width - right >= 24
  const room = showCells ? width - right : width
  const paint = color ? paintWithColor : (_style: Style, text: string) => text
  const lines = rows.map(({ lead, command, cells, style }) => {
    const reserved = textWidth(lead) + (showCells || cells[3] === '' ? 0 : cells[3].length + 2)
    const fitted = fit(command, Math.max(4, room - reserved))
    const padding = ' '.repeat(Math.max(0, room - textWidth(lead) - textWidth(fitted)))
    const ending = cells[3] === '' ? '' : `  ${paint(style === 'failed' ? 'failed' : 'faint', cells[3])}`
    const numbers = showCells
      ? padding + [0, 1, 2].map((column) => `  ${(cells[column] as string).padStart(widths[column] as number)}`).join('')
      : ''
    return `${paint('faint', lead)}${paint(style, fitted)}${paint('faint', ending === '' ? numbers.trimEnd() : numbers)}${ending}`
  })
  const head = showCells
    ? `${' '.repeat(room)}${[0, 1, 2].map((column) => `  ${(titles[column] as string).padStart(widths[column] as number)}`).join('')}`
    : ''
  return `${[...(head === '' ? [] : [paint('faint', head)]), ...lines, '', ...totalLines(tree, left, paint)].join('\n')}\n`
}

const titles = ['wall', 'cpu', 'memory'] as const

/** How many levels there is room for. One is always shown, and what took longest on all. */
function depthWithin(roots: readonly Fold[], lines: number): number {
  let depth = 0
  let used = 0
  for (let level = roots; level.length > 0; level = level.flatMap(({ children }) => children)) {
    used += level.length
    if (used > lines && depth > 0) return depth
    depth++
  }
  return Number.POSITIVE_INFINITY
}

interface Place {
  /** The lines that lead to it, and to what is below it. */
  readonly lead: string
  readonly below: string
  /** Levels that are shown from here on. */
  readonly depth: number
}

function addRows(item: Fold, { lead, below, depth }: Place, rows: Row[]): void {
  const { process, count } = item
  const shown = depth > 1 ? item.children : item.children.filter((child) => child.process.slowest)
  const hidden = shown.length === item.children.length ? [] : item.children.filter((child) => !shown.includes(child))
  rows.push({ lead, command: commandOf(item) + hiddenText(hidden), cells: cellsOf(item), style: styleOf(process), count })
  shown.forEach((child, index) => {
    const isLast = index === shown.length - 1
    addRows(child, { lead: `${below}${isLast ? '└─ ' : '├─ '}`, below: `${below}${isLast ? '   ' : '│  '}`, depth: depth - 1 }, rows)
  })
}

function hiddenText(hidden: readonly Fold[]): string {
  if (hidden.length === 0) return ''
  const failed = countProcesses(hidden, ({ failed }) => failed)
  return ` (${countProcesses(hidden)} below${failed > 0 ? `, ${failed} failed` : ''})`
}

function countProcesses(folds: readonly Fold[], isCounted: (process: TracedProcess) => boolean = () => true): number {
  return folds.reduce(
    (sum, { process, count, children }) => sum + (isCounted(process) ? count : 0) + countProcesses(children, isCounted),
    0,
  )
}

function commandOf({ process, count, label }: Fold): string {
  const { slowest, failed, escaped, replaced } = process
  const signs = `${slowest ? '▸' : ''}${failed ? '✗' : ''}`
  return `${signs === '' ? '' : `${signs} `}${count > 1 ? `${count} × ` : ''}${label}${escaped ? ' (left no record)' : replaced ? ' (mock)' : ''}`
}

function cellsOf({ process, count, wall, cpu, memory }: Fold): Row['cells'] {
  const each = count > 1 ? '≤ ' : ''
  const end = endText(process) || (process.end === undefined ? 'end not seen' : '')
  return [
    wall === undefined ? '' : each + durationText(wall),
    cpu === undefined ? '' : each + durationText(cpu),
    memory === undefined ? '' : each + sizeText(memory),
    end,
  ]
}

type Style = Row['style'] | 'faint' | 'strong'

function styleOf({ failed, slowest, kind }: TracedProcess): Row['style'] {
  if (failed) return 'failed'
  if (slowest) return 'slowest'
  return kind === 'node' ? 'plain' : 'program'
}

const codes: Readonly<Record<Style, readonly [on: number, off: number] | undefined>> = {
  failed: [31, 39],
  slowest: [33, 39],
  program: [36, 39],
  strong: [1, 22],
  faint: [2, 22],
  plain: undefined,
}

function paintWithColor(style: Style, text: string): string {
  const code = codes[style]
  return code === undefined || text === '' ? text : `\x1b[${code[0]}m${text}\x1b[${code[1]}m`
}

function countFailedWorkers(processes: readonly TracedProcess[]): number {
  return processes.reduce(
    (sum, { kind, failed, children }) => sum + (failed && kind === 'worker' ? 1 : 0) + countFailedWorkers(children),
    0,
  )
}

function totalLines({ roots, totals }: ProcessTree, left: number, paint: (style: Style, text: string) => string): string[] {
  const { processes, nodeProcesses, workers, depth, wall, cpu, boot, failed, escaped, unfinished, losses } = totals
  const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`
  const facts = [
    `${counted(processes, 'process', 'processes')} (${nodeProcesses} Node${workers > 0 ? `, ${counted(workers, 'Worker')}` : ''})`,
    `${depth} deep`,
    `${durationText(wall)} wall`,
    `${durationText(cpu)} cpu`,
    `${durationText(boot)} in Node's start-up`,
  ]
  const lines = [paint('strong', facts.join(' · '))]
  if (left > 0) lines.push(paint('faint', `${left} are not shown: --all, or a page by --html FILE, shows them`))
  const failedWorkers = countFailedWorkers(roots)
  const failures = [
    ...(failed > failedWorkers ? [counted(failed - failedWorkers, 'process', 'processes')] : []),
    ...(failedWorkers > 0 ? [counted(failedWorkers, 'Worker')] : []),
  ]
  if (failed > 0) lines.push(paint('failed', `✗ ${failures.join(' and ')} failed`))
  if (escaped > 0)
    lines.push(
      `${counted(escaped, 'Node process', 'Node processes')} left no record: \`brood doctor -- command\` says where wrapping was lost`,
    )
  if (unfinished > 0) lines.push(`the end of ${counted(unfinished, 'process', 'processes')} was not seen`)
  for (const loss of losses.slice(0, 5)) lines.push(`lost: ${loss}`)
  if (losses.length > 5) lines.push(`lost: ${losses.length - 5} more`)
  return lines
}

const segmenter = new Intl.Segmenter()
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u

/** Columns that a text takes. */
function textWidth(text: string): number {
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Cuts a command in its middle: its program and its last argument say most. */
export function fit(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const segments = [...segmenter.segment(text)].map(({ segment }) => segment)
  const take = (from: readonly string[], room: number) => {
    let taken = 0
    let used = 0
    for (const segment of from) {
      used += textWidth(segment)
      if (used > room) break
      taken++
    }
    return taken
  }
  const front = take(segments, Math.ceil((width - 1) * 0.6))
  const back = take(segments.toReversed(), width - 1 - textWidth(segments.slice(0, front).join('')))
  return `${segments.slice(0, front).join('')}…${back === 0 ? '' : segments.slice(-back).join('')}`
}
