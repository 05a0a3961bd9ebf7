import { durationText } from '../trace/text.js'
import { removeDirectory } from '../wrap/remove-directory.js'
import { listShimRoots } from '../wrap/shim-root.js'
import { findLeftBehind, type LeftBehind } from '../wrap/sweep.js'
import type { Command } from './command.js'
import { lastValue } from './options.js'
import { UsageError } from './usage-error.js'

export const clean: Command = {
  summary: 'remove what killed processes have left behind',
  usage: 'clean [options]',
  options: {
    'dry-run': { short: 'n', help: 'list it, and remove nothing' },
    'shim-root': { value: 'DIR', help: 'look there, and not in the home, cache and temporary directories' },
  },
  examples: [['brood clean --dry-run', "list stale directories of brood's, and what keeps the others"]],
  run(line) {
    const [argument] = line.command
    if (argument !== undefined) throw new UsageError(`clean takes no arguments, and got ${argument}.`)
    const isDry = line.options.has('dry-run')
    const found = listShimRoots(lastValue(line, 'shim-root')).flatMap(findLeftBehind)
    let failures = 0
    for (const entry of found) {
      const { text, failed } = settle(entry, isDry)
      if (failed) failures++
      process.stdout.write(`${entry.directory}  ${durationText(entry.age)} old, ${text}\n`)
    }
    if (found.length === 0) process.stdout.write('Nothing was left behind.\n')
    return failures === 0 ? 0 : 1
  },
}

function settle({ directory, carrier }: LeftBehind, isDry: boolean): { text: string; failed: boolean } {
  if (carrier !== undefined) return { text: `kept: process ${carrier} needs it`, failed: false }
  if (isDry) return { text: 'stale', failed: false }
  try {
    removeDirectory(directory)
    return { text: 'removed', failed: false }
  } catch (error) {
    return { text: `not removed: ${(error as Error).message}`, failed: true }
  }
}
