import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { directoryPrefix } from './snapshot.js'

interface StoredFile {
  readonly name: string
  readonly text: string
}

/** Set by the build: the files, the preload last, and a hash of their texts. */
declare const BROOD_STORE: { readonly names: readonly string[]; readonly hash: string }

let packaged: readonly StoredFile[] | undefined

function packagedFiles(): readonly StoredFile[] {
  packaged ??= BROOD_STORE.names.map((name) => ({ name, text: readFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)), 'utf8') }))
  return packaged
}

/**
 * Puts the preload into the store of a shim root and says where it lies.
 *
 * Its path holds a hash of its text, and nothing removes it: where a file of `--require` is gone no node starts,
 * and processes that carry it may outlive the wrap, the root and the installed package.
 */
export function storePreload(shimRoot: string): string {
  const folder = join(shimRoot, `${directoryPrefix}store`, BROOD_STORE.hash)
  for (const { name, text } of packagedFiles()) {
    const path = join(folder, name)
    if (!holds(path, text)) writeWhole(folder, path, text)
  }
  return join(folder, 'preload.cjs')
}

/** The module beside the preload that imports what contexts with exclusions want imported: its URL. */
export function importerOf(preload: string): string {
  return pathToFileURL(join(dirname(preload), 'imports.mjs')).href
}

/** Whole or not at all: another process may be reading it. */
function writeWhole(folder: string, path: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const draft = `${path}.${process.pid}.${Date.now()}`
  try {
    writeFileSync(draft, text, { mode: 0o644, flag: 'wx' })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text
  } catch {
    return false
  }
}
