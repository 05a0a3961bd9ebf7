import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { temporaryDirectory } from '../support.js'

/** A directory with the files of a module that a test edits. */
export interface Workshop {
  readonly directory: string
  /** What `hot()` is given as its caller. */
  readonly from: string
  path(name: string): string
  /** Writes a file in place. */
  write(name: string, text: string): void
  /** Writes another file and puts it in its place, as many editors do. */
  save(name: string, text: string): void
  remove(name: string): void
}

export function makeWorkshop(t: Test, files: Readonly<Record<string, string>>, type: 'module' | 'commonjs' = 'module'): Workshop {
  const directory = temporaryDirectory(t)
  const path = (name: string) => join(directory, name)
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  let count = 0
  write('package.json', JSON.stringify({ type }))
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    directory,
    from: pathToFileURL(path('caller.js')).href,
    path,
    write,
    save(name, text) {
      const other = path(`.${count++}.tmp`)
      writeFileSync(other, text)
      renameSync(other, path(name))
    },
    remove: (name) => rmSync(path(name), { recursive: true }),
  }
}

/** What a hot module is to a test that does not know its types. */
// oxlint-disable-next-line typescript/no-explicit-any -- the text of the module is the test's own
export type Anything = Record<string, any>

/** Calls until it is so, without a turn of the event loop between the calls, for at most five seconds. */
export function becomesWithin(milliseconds: number, isSo: () => boolean): number | undefined {
  const start = process.hrtime.bigint()
  for (;;) {
    const isReached = isSo()
    const taken = Number(process.hrtime.bigint() - start) / 1e6
    if (isReached) return taken
    if (taken > milliseconds) return undefined
  }
}
