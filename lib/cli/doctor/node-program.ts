import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isProgram } from '../../wrap/file-system.js'

/** How long a program may take to say its version, in milliseconds. */
const patience = 10_000

/** A file with Node in it is not smaller. */
const leastSize = 20e6
const chunkSize = 1 << 20

/** `node::Start(int, char**)`: Node exports it, for its own main and for addons. */
const marker = Buffer.from('_ZN4node5StartEiPPc')

const hasNodeName = (path: string): boolean => /(?:^|[\\/])(?:node|nodejs)(?:\.exe)?$/.test(path)

/** Knows a node when it sees one. What it has found out of a file it does not look for again. */
export class NodePrograms {
  readonly #known: Map<string, boolean>
  readonly #versions: Map<string, string | undefined>

  /** @param known files that are Node, and their versions */
  constructor(known: ReadonlyMap<string, string>) {
    this.#known = new Map([...known.keys()].map((path) => [path, true]))
    this.#versions = new Map(known)
  }

  /** By what the file is called, or by what is in it. */
  isNode(executable: string): boolean {
    let answer = this.#known.get(executable)
    if (answer === undefined) {
      answer = hasNodeName(executable) || containsNode(executable)
      this.#known.set(executable, answer)
    }
    return answer
  }

  /** @returns `undefined` where it does not say one. A program that only has Node in it is not asked. */
  versionOf(executable: string): string | undefined {
    if (!this.#versions.has(executable)) this.#versions.set(executable, hasNodeName(executable) ? askVersion(executable) : undefined)
    return this.#versions.get(executable)
  }

  /** Does the file give whoever runs it the rights of its owner, or group? */
  isSetuid(executable: string): boolean {
    return ((statSync(executable, { throwIfNoEntry: false })?.mode ?? 0) & 0o6000) !== 0
  }

  hasProgram(this: void, directory: string, name: string): boolean {
    return isProgram(join(directory, name))
  }
}

function askVersion(executable: string): string | undefined {
  const { NODE_OPTIONS: _, ...env } = process.env
  const { stdout } = spawnSync(executable, ['--version'], { env, encoding: 'utf8', timeout: patience, stdio: ['ignore', 'pipe', 'ignore'] })
  return /^v(\d+\.\d+\.\S+)$/m.exec(stdout ?? '')?.[1]
}

function containsNode(executable: string): boolean {
  let descriptor: number | undefined
  try {
    if (statSync(executable).size < leastSize) return false
    descriptor = openSync(executable, 'r')
    const chunk = Buffer.alloc(chunkSize + marker.length)
    for (let at = 0; ; at += chunkSize) {
      const length = readSync(descriptor, chunk, 0, chunk.length, at)
      if (length === 0) return false
      if (chunk.subarray(0, length).includes(marker)) return true
    }
  } catch {
    // It is gone, or not ours to read.
    return false
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
