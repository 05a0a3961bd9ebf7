import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { directoryPrefix } from './shim-root.js'

interface Preload {
  readonly text: string
  readonly hash: string
}

let cached: Preload | undefined

function packagedPreload(): Preload {
  if (cached === undefined) {
    const text = readFileSync(new URL('./preload.cjs', import.meta.url), 'utf8')
    cached = { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) }
  }
  return cached
}

/**
 * Puts the preload into the store of a shim root and says where it lies.
 *
 * Its path holds a hash of its text, and nothing removes it: where a file of `--require` is gone no node starts,
 * and processes that carry it may outlive the wrap, the root and the installed package.
 */
export function storePreload(shimRoot: string): string {
  const { text, hash } = packagedPreload()
  const folder = join(shimRoot, `${directoryPrefix}store`, hash)
  const path = join(folder, 'preload.cjs')
  if (holds(path, text)) return path
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  // Whole or not at all: another process may be reading it.
  const draft = join(folder, `.${process.pid}-${Date.now()}.tmp`)
  try {
    writeFileSync(draft, text, { mode: 0o644, flag: 'wx' })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  return path
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text
  } catch {
    return false
  }
}
