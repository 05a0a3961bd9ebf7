import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { TraceEvent } from './event.js'
import { readRecord, recordExtension } from './read.js'

/** How far a tree has come. */
export interface Progress {
  readonly running: number
  readonly done: number
  readonly failed: number
}

/** Counts the processes of a trace while it is written. Each poll reads what has come since the last one. */
export class TraceFollower {
  readonly #directory: string
  /** How many bytes of each file were read: whole lines. */
  readonly #read = new Map<string, number>()
  readonly #running = new Set<string>()
  #done = 0
  #failed = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  poll(): Progress {
    for (const name of this.#list()) this.#readMore(name)
    return { running: this.#running.size, done: this.#done, failed: this.#failed }
  }

  #list(): string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith(recordExtension))
    } catch {
      return []
    }
  }

  #readMore(name: string): void {
    const offset = this.#read.get(name) ?? 0
    const lines = readLines(join(this.#directory, name), offset)
    this.#read.set(name, offset + lines.length)
    const events: TraceEvent[] = []
    readRecord(name, lines.toString(), events, [])
    for (const event of events) this.#count(event)
  }

  #count(event: TraceEvent): void {
    if (event.type === 'spawned') {
      if (event.error === undefined) this.#running.add(event.id)
      else this.#failed++
    } else if (event.type === 'exit' && this.#running.delete(event.id)) {
      if (event.code === 0) this.#done++
      else this.#failed++
    }
  }
}

/** What stands behind an offset, up to the last line that is whole. */
function readLines(path: string, offset: number): Buffer {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset))
      const length = readSync(descriptor, buffer, 0, buffer.length, offset)
      return buffer.subarray(0, buffer.subarray(0, length).lastIndexOf('\n') + 1)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return Buffer.alloc(0)
  }
}
