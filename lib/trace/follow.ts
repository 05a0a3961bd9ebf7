import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { readRecord, recordExtension } from './read.js'
import type { TraceEvent } from './event.js'

/** How far a tree has come. */
export interface Progress {
  readonly running: number
  readonly done: number
  readonly failed: number
}

/** Counts the processes of a trace while it is written. Each poll reads what has come since the last one. */
export class TraceFollower {
  readonly #directory: string
  /** How much of each file was read, and the line that was not whole yet. */
  readonly #read = new Map<string, { offset: number; rest: string }>()
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
    const state = this.#read.get(name) ?? { offset: 0, rest: '' }
    this.#read.set(name, state)
    const events: TraceEvent[] = []
    const text = state.rest + readFrom(join(this.#directory, name), state)
    const whole = text.lastIndexOf('\n') + 1
    state.rest = text.slice(whole)
    readRecord(name, text.slice(0, whole), events, [])
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

function readFrom(path: string, state: { offset: number }): string {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - state.offset))
      const length = readSync(descriptor, buffer, 0, buffer.length, state.offset)
      state.offset += length
      return buffer.toString('utf8', 0, length)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}
