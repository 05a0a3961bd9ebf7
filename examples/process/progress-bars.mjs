// Bars for several things at once. A terminal shows them in place; a file, a pipe or a terminal that cannot gets a line for each that is done.
import { styleText } from 'node:util'

const interval = 50
/** Columns for a percentage and an outcome. */
const besideBars = 30
const longestBar = 40

/**
 * @param labels one for each bar
 * @returns the bars: `set` takes a share from 0 to 1, `end` what came of it
 */
export function showBars(labels, stream = process.stdout) {
  const bars = labels.map((label) => ({ label, share: 0, outcome: undefined }))
  const labelWidth = Math.max(...labels.map(({ length }) => length))
  // A line that is too long for the terminal becomes two, and those above it are not where they were.
  const isDrawable = stream.isTTY && process.env.TERM !== 'dumb' && stream.columns > labelWidth + besideBars
  const view = isDrawable ? drawInPlace(bars, labelWidth, stream) : printWhenDone(stream)
  view.start?.()
  return bars.map((bar) => ({
    set(share) {
      bar.share = share
      view.update?.()
    },
    end(outcome) {
      Object.assign(bar, { share: 1, outcome })
      view.end(bar)
    },
  }))
}

function printWhenDone(stream) {
  return { end: ({ label, outcome }) => stream.write(`${label}: ${outcome}\n`) }
}

function drawInPlace(bars, labelWidth, stream) {
  // It knows NO_COLOR, FORCE_COLOR and what the terminal can.
  const style = (format, text) => (stream.hasColors() ? styleText(format, text) : text)
  let timer

  const draw = (bar) => {
    const width = Math.max(0, Math.min(longestBar, stream.columns - labelWidth - besideBars))
    const filled = Math.round(bar.share * width)
    const drawn = style(bar.outcome === undefined ? 'cyan' : 'green', '█'.repeat(filled)) + style('dim', '░'.repeat(width - filled))
    const percent = `${Math.round(bar.share * 100)}%`.padStart(4)
    return `${bar.label.padEnd(labelWidth)} ${drawn} ${percent} ${bar.outcome ?? ''}`
  }
  const redraw = () => {
    timer = undefined
    stream.write(`\x1b[${bars.length}A${bars.map((bar) => `\r\x1b[2K${draw(bar)}\n`).join('')}`)
  }

  return {
    start: () => stream.write('\n'.repeat(bars.length)),
    /** However often they are told, people see no more than this. */
    update() {
      timer ??= setTimeout(redraw, interval).unref()
    },
    end() {
      clearTimeout(timer)
      redraw()
    },
  }
}
