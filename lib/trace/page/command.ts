import { labelOf as labelOfProcess, labelOfRun } from '../label.js'
import type { Entry } from './entries.js'

/** What a row is called. */
export function labelOf({ process, isRun, children, parent }: Entry): string {
  if (isRun) return labelOfRun(children.map((child) => child.process))
  const above = parent?.isRun === true ? parent.parent : parent
  return labelOfProcess(process, above?.process)
}

/** Shortens a text in its middle to at most `length` characters; its end says more than its middle. */
export function shortenMiddle(text: string, length: number): string {
  const characters = Array.from(text)
  if (characters.length <= length) return text
  if (length < 2) return '…'
  const start = Math.ceil((length - 1) * 0.4)
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - (length - 1 - start)).join('')}`
}
