// Loads the library in a child, from what V8 has made of it in another child where there is that: to compile it takes 3 ms.
import { readFileSync, statSync } from 'node:fs'
import { Module } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { noCode } from '../compiled-code.js'
import { readBlocking } from '../read-blocking.js'
import { getState } from '../state.js'

const descriptor = 3
/** Of the length in front of the code, a number of 32 bits. */
const lengthLength = 4
/** Of what says which file the code was made of: as many doubles as {@link readLibrary} writes. */
const stampLength = 5 * 8

/**
 * Evaluates a CommonJS file as `require` does, and leaves it where `require` finds it.
 *
 * Compiled code comes first on the link. It is used where it is of this file, and of this V8 with these flags; V8 itself sees to the latter.
 *
 * @param parent the module that loads it
 * @param cache where `require` looks for modules
 */
export function loadLibrary(file: string, parent: NodeJS.Module, cache: NodeJS.Dict<NodeJS.Module>): void {
  const { given, isWanted } = readCompiled()
  const { text, stamp } = readLibrary(file)
  const isOfThisFile = given?.subarray(0, stampLength).equals(stamp) === true
  const script = new Script(Module.wrap(text), {
    filename: file,
    cachedData: isOfThisFile ? given.subarray(stampLength) : undefined,
  })
  const state = getState()
  // A script has no loader of its own.
  state.importModule = (url) => import(url)
  const isUsed = isOfThisFile && script.cachedDataRejected !== true
  if (isUsed) state.compiledHere = given
  else if (isWanted) state.compile = () => Buffer.concat([stamp, script.createCachedData()])
  const library = new Module(file, parent)
  library.filename = file
  library.paths = parent.paths
  cache[file] = library
  type Wrapped = (exports: unknown, require: (id: string) => unknown, module: NodeJS.Module, file: string, directory: string) => void
  const evaluate = script.runInThisContext() as Wrapped
  evaluate(library.exports, (id) => library.require(id), library, file, dirname(file))
  library.loaded = true
}

function readLibrary(file: string): { readonly text: string; readonly stamp: Buffer } {
  // Somebody may put another one in its place meanwhile. To look twice takes less than to open it for both.
  for (let stamp = stampOf(file); ; ) {
    const text = readFileSync(file, 'utf8')
    const before = stamp
    stamp = stampOf(file)
    if (stamp.equals(before)) return { text, stamp }
  }
}

function stampOf(file: string): Buffer {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(file)
  // npm gives all files of all packages one time of modification. That of the last change nobody can choose.
  return Buffer.from(Float64Array.of(dev, ino, size, mtimeMs, ctimeMs).buffer)
}

/** What the parent gives, and whether it wants what this process compiles where that is of no use. */
function readCompiled(): { readonly given: Buffer | undefined; readonly isWanted: boolean } {
  const length = new DataView(readExactly(lengthLength).buffer).getUint32(0, true)
  if (length === noCode.andKeepYours) return { given: undefined, isWanted: false }
  return { given: length === noCode.butSendYours ? undefined : readExactly(length), isWanted: true }
}

function readExactly(length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let filled = 0; filled < length; ) {
    const count = readBlocking(undefined, descriptor, bytes.subarray(filled))
    // The parent is gone, or this is no child at all.
    if (count === 0) process.exit(1)
    filled += count
  }
  return bytes
}
