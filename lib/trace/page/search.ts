import type { TracedProcess } from '../process-tree.js'
import type { Entry } from './entries.js'

/** Words that stand for what no text says: `is:failed`. */
const properties = new Map<string, (process: TracedProcess) => boolean>([
  ['is:failed', ({ failed }) => failed],
  ['is:escaped', ({ escaped }) => escaped],
  ['is:unfinished', ({ end, error }) => end === undefined && error === undefined],
  ['is:slowest', ({ slowest }) => slowest],
  ['is:node', ({ kind }) => kind === 'node'],
  ['is:worker', ({ kind }) => kind === 'worker'],
  ['is:program', ({ kind }) => kind === 'program'],
])

/** Finds processes by their command, pid and working directory. */
export function searcherOf(entries: readonly Entry[]): (query: string) => Entry[] {
  const processes = entries.filter(({ isRun }) => !isRun)
  let texts: string[] | undefined
  return (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return []
    texts ??= processes.map(({ process }) => textOf(process).toLowerCase())
    return processes.filter(({ process }, index) =>
      words.every((word) => properties.get(word)?.(process) ?? texts?.[index]?.includes(word)),
    )
  }
}

/** All words must be found; they may stand in different places. */
function textOf({ command, startedAs = [], execPath = '', cwd = '', pid }: TracedProcess): string {
  return [...command, ...startedAs, execPath, cwd, `pid:${pid ?? ''}`].join('\n')
}
