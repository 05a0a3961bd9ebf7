// What is told of hot modules to who looks at the terminal.
import type { Leftover } from '../leftover.js'
import type { HotReloadError } from './errors.js'

/** Writes to stderr why a change is not live. */
export function writeError({ message, frame }: HotReloadError, version: number): void {
  const lines = frame === undefined ? '' : `\n${frame}`
  process.stderr.write(`brood: ${message}\nVersion ${version} goes on answering.${lines}\n`)
}

/** Warns of what holds an old version. What ends by itself is told only to who asks. */
export function warnOfLeftovers(path: string, leftovers: readonly Leftover[]): void {
  const holding = leftovers.filter(({ kind, description }) => kind === 'listener' || description.startsWith('setInterval'))
  if (holding.length === 0) return
  const list = holding.map(({ description, at }) => `\n  ${description}${at === undefined ? '' : `, made at ${at}`}`)
  const advice = 'Give it back in a callback of import.meta.hot.dispose().'
  process.emitWarning(`An old version of ${path} is still held by what it has left. ${advice}${list.join('')}`, {
    code: 'BROOD_HOT_LEFTOVER',
  })
}
