import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { debug, isDebug } from '../diagnostics.js'
import { BroodError } from '../errors.js'
import { isWindows, pathDelimiter } from '../platform.js'
import { directoryPrefix } from './snapshot.js'
import { own, sweep } from './sweep.js'

/** A place where the shim directory may go, and who named it. */
interface Candidate {
  readonly path: string
  readonly origin: string
  /** May it be made where it is missing? A home is not ours to make. */
  readonly make: boolean
}

/** A place that could not be used. */
export interface PassedOver {
  readonly path: string
  /** Who named it: `home`, `SPAWN_WRAP_SHIM_ROOT`, … */
  readonly origin: string
  readonly reason: string
}

/** How a shim root came to be used. */
interface Choice {
  readonly origin: string
  /** Those that were tried before. */
  readonly passedOver: readonly PassedOver[]
}

/** Writes what belongs into a directory below a shim root. */
type Furnish<T> = (shimRoot: string, directory: string, choice: Choice) => T

/**
 * Makes a private directory in the first shim root that can be written to and executed from, and that has room.
 *
 * @param preferred tried before `SPAWN_WRAP_SHIM_ROOT`, the home directory, the cache directory and the temporary directory
 * @param inherited the shim root of the wrapping process
 * @param furnish writes what belongs into the directory; where it fails, as on a full disk, the next candidate is tried
 * @throws BroodError `ERR_BROOD_SHIM_ROOT`, with `candidates`, where there is none
 */
export function makeShimDirectory<T>(preferred: string | undefined, inherited: string | undefined, furnish: Furnish<T>): T {
  const failures: PassedOver[] = []
  for (const candidate of listCandidates(preferred, inherited)) {
    try {
      const shimRoot = prepareRoot(candidate)
      sweep(shimRoot)
      const directory = makeDirectory(shimRoot)
      debug('shim root', () => ({ shimRoot, directory, passedOver: failures }))
      const choice = { origin: candidate.origin, passedOver: failures }
      return furnishOrRemove(directory, () => furnish(shimRoot, directory, choice))
    } catch (error) {
      failures.push({ path: candidate.path, origin: candidate.origin, reason: (error as Error).message })
    }
  }
  const list = failures.map(({ path, origin, reason }) => `  ${path} (${origin}): ${reason}`).join('\n')
  throw new BroodError(
    'ERR_BROOD_SHIM_ROOT',
    `No directory for the shims: none of these can be written to and executed from.\n${list}\n` +
      'Set SPAWN_WRAP_SHIM_ROOT to a directory of yours on a file system that is neither read-only, full nor noexec.',
    { candidates: failures },
  )
}

/** The directories that a shim directory may be in, as far as they are there. */
export function listShimRoots(preferred?: string): string[] {
  const candidates = preferred === undefined ? listCandidates(undefined, undefined) : [{ path: preferred }]
  return [...new Set(candidates.flatMap(({ path }) => (existsSync(path) ? [realpathSync(resolve(path))] : [])))]
}

function listCandidates(preferred: string | undefined, inherited: string | undefined): Candidate[] {
  const { SPAWN_WRAP_SHIM_ROOT: shimRoot, XDG_CACHE_HOME: cache } = process.env
  const home = attempt(homedir)
  const candidates = [
    { path: preferred, origin: 'shimRoot', make: true },
    { path: shimRoot, origin: 'SPAWN_WRAP_SHIM_ROOT', make: true },
    { path: inherited, origin: 'the wrapping process', make: true },
    { path: home, origin: 'home', make: false },
    { path: cache || (home && join(home, '.cache')), origin: cache ? 'XDG_CACHE_HOME' : 'cache', make: Boolean(cache) || isThere(home) },
    { path: tmpdir(), origin: 'temporary directory', make: false },
  ]
  return candidates.filter((candidate): candidate is Candidate => Boolean(candidate.path))
}

function isThere(path: string | undefined): boolean {
  return path !== undefined && existsSync(path)
}

function attempt(find: () => string): string | undefined {
  try {
    return find()
  } catch {
    // No home: this user stands in no list of users.
    return undefined
  }
}

function prepareRoot({ path, make }: Candidate): string {
  if (make) makeWithParents(resolve(path))
  const root = realpathSync(resolve(path))
  if (root.includes(pathDelimiter)) throw new Error(`a path with "${pathDelimiter}" cannot stand on PATH`)
  refuseOpenRoot(root)
  return root
}

/** `mkdir -p`. Node's own (`recursive: true`) never ends where the parent is there and takes no directories, as in /proc. */
function makeWithParents(path: string): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeWithParents(dirname(path))
  try {
    // Under a umask of 0 others could write to it, and it would be refused.
    mkdirSync(path, { mode: 0o755 })
  } catch (error) {
    // Somebody else may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Who may rename what lies in the root, or the root itself, could put shims and a preload of their own in its place. */
function refuseOpenRoot(root: string): void {
  const status = statSync(root)
  if (!status.isDirectory()) throw new Error('it is not a directory')
  if (isWindows) return
  const isSticky = (status.mode & 0o1000) !== 0
  if ((status.mode & 0o022) !== 0 && !isSticky) throw new Error('others can write to it, and it has no sticky bit')
  // A public temporary directory is root's, which may have another number in a user namespace.
  if (!isSticky && !isTrusted(status)) throw new Error('it belongs to another user, who could replace what lies in it')
  for (let above = dirname(root); above !== dirname(above); above = dirname(above)) {
    if ((statSync(above).mode & 0o1002) === 0o002) throw new Error(`anybody can write to ${above}, and it has no sticky bit`)
  }
}

/** Is this process's user the owner, or root, who may do anything anyway? */
export function isTrusted({ uid }: Stats): boolean {
  return isWindows || uid === 0 || uid === process.geteuid?.()
}

function makeDirectory(shimRoot: string): string {
  const directory = mkdtempSync(join(shimRoot, `${directoryPrefix}${process.pid}-`))
  // mkdtemp has made it 0700, less the umask: a umask must not lock us out.
  chmodSync(directory, 0o700)
  return directory
}

function furnishOrRemove<T>(directory: string, furnish: () => T): T {
  try {
    own(directory, isDebug())
    probeExecution(directory)
    return furnish()
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** On a noexec mount access() says no to a file that is executable by its mode. */
function probeExecution(directory: string): void {
  const probe = join(directory, 'node')
  writeFileSync(probe, '#!/bin/sh\n', { mode: 0o700 })
  chmodSync(probe, 0o700)
  try {
    accessSync(probe, constants.X_OK)
  } catch {
    throw new Error('files on it cannot be executed (noexec)')
  }
}
