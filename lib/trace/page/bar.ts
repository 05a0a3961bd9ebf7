import { spanOf } from './describe.js'
import { svg } from './dom.js'
import type { Entry } from './entries.js'
import { mergeSpans } from './load.js'
import type { Range } from './range.js'

/** How time becomes pixels. */
export interface Scale extends Range {
  /** Of the bars' area. */
  readonly width: number
  /** The time of the whole tree. */
  readonly whole: number
}

/** What lies further out is cut: browsers draw wrongly at millions of pixels. */
const margin = 20

/** A point in time, in pixels from the left. */
export function pixelOf(time: number, { from, to, width }: Scale): number {
  const pixel = ((time - from) / (to - from)) * width
  return Math.min(width + margin, Math.max(-margin, pixel))
}

/** What a row shows on the axis of time, drawn in a box of the height of a bar, 14. */
export function drawBar(entry: Entry, scale: Scale): SVGElement[] {
  if (entry.isRun) return drawRun(entry, scale)
  const { process } = entry
  const { start, end } = spanOf(entry)
  const left = pixelOf(start, scale)
  const right = pixelOf(end, scale)
  // Even the shortest process can be seen.
  const width = Math.max(2, right - left)
  const mark = process.failed ? drawFailure(left + width) : undefined
  if (process.error !== undefined) return mark === undefined ? [] : [mark]
  const [top, height] = process.kind === 'node' ? [0, 14] : process.kind === 'worker' ? [3, 8] : [2, 10]
  const classes = process.escaped ? `bar ${process.kind} escaped` : `bar ${process.kind}`
  const parts: (SVGElement | undefined)[] = [
    process.end === undefined
      ? svg('path', { class: `${classes} open`, d: openEnded(left, top, width, height) })
      : svg('rect', { class: classes, x: left, y: top, width, height, rx: Math.min(process.kind === 'worker' ? 4 : 2, width / 2) }),
    drawBoot(entry, scale, right),
    process.failed
      ? svg('rect', { class: 'cap', x: left + width - Math.min(5, width), y: top, width: Math.min(5, width), height, rx: 1 })
      : undefined,
    process.slowest ? svg('rect', { class: 'slowest', x: left, y: 16, width, height: 2 }) : undefined,
    mark,
  ]
  return parts.filter((part) => part !== undefined)
}

function drawBoot({ process: { boot, nodeStart } }: Entry, scale: Scale, right: number): SVGElement | undefined {
  if (boot === undefined || nodeStart === undefined) return undefined
  const left = pixelOf(nodeStart, scale)
  const width = Math.min(right, pixelOf(nodeStart + boot, scale)) - left
  if (width < 1.5) return undefined
  return svg('rect', { class: 'boot', x: left + 1, y: 1, width: width - 1, height: 12, rx: 1 })
}

/** A cross behind the bar, which ends red. */
function drawFailure(right: number): SVGElement {
  const x = right + 4
  return svg('path', { class: 'cross', d: `M${x} 3.5l7 7m0 -7l-7 7` })
}

/** A bar with no right side: its corners trail off in teeth. */
function openEnded(left: number, top: number, width: number, height: number): string {
  const tooth = Math.min(4, width / 2)
  const right = left + width
  const step = height / 4
  return `M${right} ${top}H${left}v${height}H${right}l${-tooth} ${-step}l${tooth} ${-step}l${-tooth} ${-step}Z`
}

/** Where at least one of the run was there. */
function drawRun({ children }: Entry, scale: Scale): SVGElement[] {
  const kind = children[0]?.process.kind ?? 'node'
  const spans = children.map(({ process, until }) => {
    const left = Math.round(pixelOf(process.start, scale))
    return [left, Math.max(left + 1, Math.round(pixelOf(until, scale)))] as const
  })
  const shape = mergeSpans(spans).map(([left, right]) => `M${left} 2H${right}V12H${left}Z`)
  return [svg('path', { class: `bar run ${kind}`, d: shape.join('') })]
}
