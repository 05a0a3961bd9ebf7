// Watches files by their directories: a file that an editor replaces is another one, which its own watcher would not see.
import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fingerprint } from './fingerprint.js'

/** How often, in milliseconds, a directory that cannot be watched is looked at. */
const pollInterval = 50
/** How often it is looked whether a directory is still the one that is watched. */
const checkInterval = 1000

/** Tells when one of a number of files is written, replaced or removed. */
export class FileWatcher {
  readonly #directories = new Map<string, Directory>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches these, and no others. What has changed before is not told. */
  watch(paths: readonly string[]): void {
    const wanted = new Map<string, Set<string>>()
    for (const path of paths) {
      const names = wanted.get(dirname(path))
      if (names === undefined) wanted.set(dirname(path), new Set([basename(path)]))
      else names.add(basename(path))
    }
    for (const [path, directory] of this.#directories) {
      if (wanted.has(path)) continue
      directory.close()
      this.#directories.delete(path)
    }
    for (const [path, names] of wanted) {
      const directory = this.#directories.get(path)
      if (directory === undefined) this.#directories.set(path, new Directory(path, names, this.#onChange))
      else directory.names = names
    }
  }

  close(): void {
    this.watch([])
  }
}

class Directory {
  names: ReadonlySet<string>
  readonly #path: string
  readonly #onChange: () => void
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #identity: string | undefined
  readonly #seen = new Map<string, string | undefined>()

  constructor(path: string, names: ReadonlySet<string>, onChange: () => void) {
    this.#path = path
    this.names = names
    this.#onChange = onChange
    this.#open()
  }

  close(): void {
    this.#watcher?.close()
    clearTimeout(this.#timer)
  }

  #open(): void {
    this.#identity = identityOf(this.#path)
    try {
      this.#watcher = watch(this.#path, { persistent: false }, (_event, name) => {
        // Not every system says which file it was.
        if (name === null || this.names.has(name)) this.#onChange()
      })
      this.#watcher.on('error', () => this.#poll())
      this.#later(checkInterval, () => this.#check())
    } catch {
      // It is not there, the system cannot watch it, or has no more watches to give.
      this.#poll()
    }
  }

  /** A directory that was moved away takes its watcher along. */
  #check(): void {
    if (identityOf(this.#path) === this.#identity) {
      this.#later(checkInterval, () => this.#check())
      return
    }
    this.close()
    this.#open()
    this.#onChange()
  }

  #poll(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    for (const name of this.names) this.#seen.set(name, fingerprint(`${this.#path}/${name}`))
    const look = () => {
      let isChanged = false
      for (const name of this.names) {
        const now = fingerprint(`${this.#path}/${name}`)
        if (now === this.#seen.get(name)) continue
        this.#seen.set(name, now)
        isChanged = true
      }
      if (isChanged) this.#onChange()
      this.#later(pollInterval, look)
    }
    this.#later(pollInterval, look)
  }

  #later(milliseconds: number, action: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(action, milliseconds)
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev} ${ino}`
  } catch {
    return undefined
  }
}
