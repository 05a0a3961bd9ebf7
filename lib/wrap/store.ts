import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isWindows } from '../platform.js'
import { isTrusted } from './shim-root.js'
import { directoryPrefix } from './snapshot.js'

interface StoredFile {
  readonly name: string
  readonly text: string
}

/** Set by the build: the files, the preloads last, and a hash of their texts. */
declare const BROOD_STORE: { readonly names: readonly string[]; readonly hash: string }

let packaged: readonly StoredFile[] | undefined

function packagedFiles(): readonly StoredFile[] {
  packaged ??= BROOD_STORE.names.map((name) => ({ name, text: readFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)), 'utf8') }))
  return packaged
}

/**
 * Puts the preloads into the store of a shim root.
 *
 * Its path holds a hash of its text, and nothing removes it: where a file of `--require` is gone no node starts,
 * and processes that carry it may outlive the wrap, the root and the installed package.
 *
 * @param hasMain for a context with a wrapper main?
 * @returns the path of the preload
 */
export function storePreload(shimRoot: string, hasMain: boolean): string {
  const store = join(shimRoot, storeName(shimRoot))
  const folder = join(store, BROOD_STORE.hash)
  for (const path of [store, folder]) makeOwnFolder(path)
  for (const { name, text } of packagedFiles()) {
    const path = join(folder, name)
    if (!holds(path, text)) writeWhole(path, text)
  }
  return join(folder, hasMain ? 'preload-main.cjs' : 'preload.cjs')
}

/** The module beside the preload that imports what contexts with exclusions want imported: its URL. */
export function importerOf(preload: string): string {
  return pathToFileURL(join(dirname(preload), 'imports.mjs')).href
}

/** Each user has a store of their own in a public temporary directory. */
function storeName(shimRoot: string): string {
  const isPublic = !isWindows && (statSync(shimRoot).mode & 0o1000) !== 0
  return `${directoryPrefix}store${isPublic ? `-${process.geteuid?.()}` : ''}`
}

/**
 * Every process of the tree will run what lies here, so it must be this user's.
 *
 * @throws where somebody else has put a directory or a symbolic link in its place
 */
function makeOwnFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) makeFolder(path)
  const status = lstatSync(path)
  if (!status.isDirectory()) throw new Error(`${path} is not a directory`)
  if (!isOwn(status)) throw new Error(`others own ${path}, or can write to it`)
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 })
    // A umask must not lock us out.
    chmodSync(path, statSync(path).mode | 0o700)
  } catch (error) {
    // Another process may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function isOwn(status: Stats): boolean {
  return isWindows || (isTrusted(status) && (status.mode & 0o022) === 0)
}

/** Whole or not at all: another process may be reading it. What was there, a symbolic link too, is replaced. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.${Date.now()}`
  try {
    writeFileSync(draft, text, { mode: 0o644, flag: 'wx' })
    chmodSync(draft, statSync(draft).mode | 0o600)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function holds(path: string, text: string): boolean {
  try {
    const status = lstatSync(path)
    return status.isFile() && isOwn(status) && readFileSync(path, 'utf8') === text
  } catch {
    return false
  }
}
