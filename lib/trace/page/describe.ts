import type { TracedProcess } from '../process-tree.js'
import { durationText, endText } from '../text.js'
import { visibleText } from '../visible.js'
import { labelOf, shortenMiddle } from './command.js'
import type { Entry } from './entries.js'

/** Nobody listens to more of a command. */
const longestSpoken = 160
/** Longer than the name of any signal or error. */
const longestTag = 24

/** What is unusual about a process, in a word or two for its row. */
export function tagOf({ isRun, children, process }: Entry): string {
  if (isRun) return `× ${children.length}`
  const ended = endText(process)
  if (ended !== '') return shortenMiddle(visibleText(ended), longestTag)
  if (process.escaped) return 'escaped'
  if (process.replaced) return 'mock'
  return process.end === undefined ? 'no end seen' : ''
}

/** A row in words, for those who hear it. */
export function describeEntry(entry: Entry): string {
  const { isRun, children, process } = entry
  if (isRun) {
    const { start, end } = spanOf(entry)
    return `${children.length} alike: ${shortenMiddle(labelOf(entry), longestSpoken)}, ${durationText(end - start)}`
  }
  return [
    shortenMiddle(labelOf(entry), longestSpoken),
    process.kind === 'program' ? 'not Node' : '',
    process.wall === undefined || process.error !== undefined ? '' : durationText(process.wall),
    endingOf(process),
    process.failed ? 'failed' : '',
    process.escaped ? 'escaped, it left no record' : '',
    process.replaced ? 'a mock ran in its place' : '',
    process.slowest ? 'on the slowest path' : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

/** How a process ended, in words. */
export function endingOf({ error, signal, exitCode, end }: TracedProcess): string {
  if (error !== undefined) return `not started: ${visibleText(error)}`
  if (signal !== undefined) return `killed by ${visibleText(signal)}`
  if (exitCode !== undefined) return `exit code ${exitCode}`
  return end === undefined ? 'nobody saw it end' : 'ended'
}

/** From when to when: of a run, from its first start to its last end. */
export function spanOf({ isRun, children, process, until }: Entry): { readonly start: number; readonly end: number } {
  const start = isRun ? children.reduce((least, child) => Math.min(least, child.process.start), Number.POSITIVE_INFINITY) : process.start
  return { start, end: until }
}
