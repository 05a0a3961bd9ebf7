import { shortCommandText } from '../text.js'
import type { Entry } from './entries.js'

/** More than any window has room for. */
const longestLabel = 400

/** The command as a row shows it: in short, on one line, and no longer than a row could ever be. */
export function labelOf({ process, isRun, children }: Entry): string {
  const command = isRun ? commonCommand(children.map((child) => child.process.command)) : process.command
  if (command.length === 0) return '(unknown)'
  const short: string[] = []
  let length = 0
  for (const argument of command) {
    if (length > longestLabel) break
    // Both ends of it, so that the middle is what is left out.
    short.push(argument.length > longestLabel * 2 ? argument.slice(0, longestLabel) + argument.slice(-longestLabel) : argument)
    length += argument.length + 1
  }
  return shortCommandText(short, process.cwd)
}

/** What the commands of a run have in common, with `…` where they differ. */
function commonCommand(commands: readonly (readonly string[])[]): string[] {
  const [first = []] = commands
  return first.map((_argument, index) => commonText(commands.map((command) => command[index] ?? '')))
}

function commonText(texts: readonly string[]): string {
  const [first = ''] = texts
  let start = Math.min(first.length, longestLabel)
  for (const text of texts) while (!text.startsWith(first.slice(0, start))) start--
  if (texts.every((text) => text === first)) return first
  let end = Math.min(first.length - start, longestLabel)
  for (const text of texts) while (!text.slice(start).endsWith(first.slice(first.length - end))) end--
  return `${first.slice(0, start)}…${first.slice(first.length - end)}`
}

/** Shortens a text in its middle to at most `length` characters; its end says more than its middle. */
export function shortenMiddle(text: string, length: number): string {
  const characters = Array.from(text)
  if (characters.length <= length) return text
  if (length < 2) return '…'
  const start = Math.ceil((length - 1) * 0.4)
  return `${characters.slice(0, start).join('')}…${characters.slice(characters.length - (length - 1 - start)).join('')}`
}
