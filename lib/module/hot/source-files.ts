import { statSync } from 'node:fs'
import { HotReloadError } from './errors.js'
import { fingerprint } from './fingerprint.js'
import { readSource, type Source } from './source.js'
import type { LocalTarget, Target } from './target.js'

interface Entry {
  readonly target: LocalTarget
  /** The file when it was last looked at; `undefined` where it never was. */
  seen: string | undefined
  /** What was last read of it that could be understood. */
  latest: Source | undefined
  /** Why the file, as it is now, cannot be understood. */
  error: HotReloadError | undefined
}

/** A file that is younger, in milliseconds, and wrong or without its end, may be one that is still being written. */
const settleTime = 50

/** What stands for a file that is not there. */
const missing = ''

/** What the files of modules say, as far as it is known here. */
export class SourceFiles {
  /** Counts what was found to be new. */
  revision = 0
  readonly #entries = new Map<string, Entry>()
  readonly #findImport: (specifier: string, parent: string) => Target

  constructor(findImport: (specifier: string, parent: string) => Target) {
    this.#findImport = findImport
  }

  /**
   * What a file said when it was last looked at. One that was never asked for is read.
   *
   * @throws HotReloadError where it never could be understood
   */
  get(target: LocalTarget): Source {
    const { latest, error } = this.#entry(target)
    if (latest === undefined) throw error ?? new HotReloadError(`${target.path} is not there.`, { file: target.path })
    return latest
  }

  /** The same without an error: {@link errorOf} has it. */
  read(target: LocalTarget): Source | undefined {
    return this.#entry(target).latest
  }

  /** What is known of it, without a look. */
  find(url: string): Source | undefined {
    return this.#entries.get(url)?.latest
  }

  /** Why it cannot be understood as it is now. */
  errorOf(url: string): HotReloadError | undefined {
    return this.#entries.get(url)?.error
  }

  pathOf(url: string): string | undefined {
    return this.#entries.get(url)?.target.path
  }

  /**
   * Looks whether files have changed.
   *
   * @param isPatient is one that is wrong and very young left for later?
   * @returns was one left for later?
   */
  look(urls: Iterable<string>, isPatient: boolean): boolean {
    let isUnsettled = false
    for (const url of urls) {
      const entry = this.#entries.get(url)
      if (entry === undefined) continue
      // What has been missing may be there by now: a package, say.
      if (this.#look(entry, isPatient, !isPatient && entry.error !== undefined)) isUnsettled = true
    }
    return isUnsettled
  }

  /** Makes it another version, though it says the same. */
  touch(url: string): void {
    const entry = this.#entries.get(url)
    if (entry?.latest === undefined) return
    entry.latest = { ...entry.latest }
    this.revision++
  }

  #entry(target: LocalTarget): Entry {
    let entry = this.#entries.get(target.url)
    if (entry === undefined) {
      entry = { target, seen: undefined, latest: undefined, error: undefined }
      this.#look(entry, false)
      this.#entries.set(target.url, entry)
    }
    return entry
  }

  #look(entry: Entry, isPatient: boolean, isForced = false): boolean {
    const { path } = entry.target
    const now = fingerprint(path) ?? missing
    // A file that is not there any more is one that is being replaced: it has not changed. From dymod.
    if ((now === entry.seen && !isForced) || (now === missing && entry.latest !== undefined)) return false
    let source: Source | undefined
    let error: HotReloadError | undefined
    try {
      source = readSource(entry.target, this.#findImport)
    } catch (thrown) {
      error = thrown as HotReloadError
    }
    if (isPatient && (mayBeHalf(source, entry.latest) || now !== fingerprint(path)) && isYoung(path)) return true
    if (now === entry.seen && error?.message === entry.error?.message) return false
    const isNew = source === undefined || source.text !== entry.latest?.text
    if (isNew || entry.error !== undefined) this.revision++
    if (source !== undefined && isNew) entry.latest = source
    entry.seen = now
    entry.error = error
    return false
  }
}

/** Of a file that is written in place the first part may be read, and that may even make sense: what stands at its end is missing then. */
function mayBeHalf(source: Source | undefined, before: Source | undefined): boolean {
  if (source === undefined || source.text === '') return true
  if (before === undefined) return false
  const names = exportedNames(source)
  return (before.text.endsWith('\n') && !source.text.endsWith('\n')) || exportedNames(before).some((name) => !names.includes(name))
}

const exportedNames = (source: Source): readonly string[] =>
  source.format === 'json' ? [] : source.exports.map((each) => (typeof each === 'string' ? each : each.name))

function isYoung(path: string): boolean {
  try {
    // The clock of files is finer than that of JavaScript: what was written just now may be younger than nothing.
    return Math.abs(Date.now() - statSync(path).mtimeMs) < settleTime
  } catch {
    return false
  }
}
