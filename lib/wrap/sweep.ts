import { chmodSync, lstatSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debug } from '../diagnostics.js'
import { isWindows } from '../platform.js'
import { currentPlace, describeOwner, judgeOwner, type Owner, ownerFile, readOwner, startTimeOf } from './owner.js'
import { removeDirectory } from './remove-directory.js'

/**
 * How old a directory must be where it cannot be known whether its owner runs: one week.
 *
 * A root that runs longer, elsewhere in a shared home directory, loses its wrapping and nothing else.
 */
export const longestDoubt: number = 7 * 24 * 60 * 60 * 1000

/** The names of the contexts' directories, `directoryPrefix` and a pid. The store is none. */
const contextName = /^\.node-spawn-wrap-\d+-/

const leastInterval = 60_000
const latestSweeps = new Map<string, number>()

/**
 * Removes what earlier roots have left in a shim root: those that were killed, or ended with the power.
 *
 * It removes only directories of this user, follows no symbolic link, and leaves those that a living process still carries.
 * It never throws, and does nothing where this process has swept within the last minute.
 */
export function sweep(shimRoot: string): void {
  const now = Date.now()
  if (now - (latestSweeps.get(shimRoot) ?? Number.NEGATIVE_INFINITY) < leastInterval) return
  latestSweeps.set(shimRoot, now)
  try {
    const names = readdirSync(shimRoot).filter((name) => contextName.test(name) && isLeftBehind(join(shimRoot, name), now))
    if (names.length === 0) return
    const carriers = findCarriers(names)
    for (const name of names) sweepDirectory(join(shimRoot, name), carriers.get(name))
  } catch (error) {
    debug('not swept', () => ({ shimRoot, error: String(error) }))
  }
}

function isLeftBehind(directory: string, now: number): boolean {
  try {
    const status = lstatSync(directory)
    if (!status.isDirectory() || (!isWindows && status.uid !== process.getuid?.())) return false
    const verdict = judgeOwner(readOwner(directory), currentPlace(), startTimeOf)
    if (verdict !== 'unknown') return verdict === 'gone'
    return now - status.mtimeMs > longestDoubt && isOurs(directory)
  } catch {
    // Another sweep was faster.
    return false
  }
}

/** spawn-wrap 3 gives its directories the same names. What has no owner's file is brood's only as long as it is empty. */
function isOurs(directory: string): boolean {
  const names = readdirSync(directory)
  return names.length === 0 || names.includes(ownerFile)
}

/** A directory that is carried gets the process that carries it as its owner: what comes later need not look for it again. */
function sweepDirectory(directory: string, carrier: number | undefined): void {
  try {
    if (carrier === undefined) removeDirectory(directory)
    else adopt(directory, carrier)
    debug(carrier === undefined ? 'swept' : 'carried by a living process', () => ({ directory, carrier }))
  } catch (error) {
    debug('not swept', () => ({ directory, error: String(error) }))
  }
}

/** Makes another process the owner of a directory. */
export function adopt(directory: string, pid: number): void {
  const kept = readOwner(directory)?.kept === true
  const draft = join(directory, `${ownerFile}.${process.pid}`)
  writeOwner(draft, describeOwner(pid, kept))
  renameSync(draft, join(directory, ownerFile))
}

/** Notes this process as the owner of a directory that it has just made. */
export function own(directory: string, kept: boolean): void {
  writeOwner(join(directory, ownerFile), describeOwner(process.pid, kept))
}

function writeOwner(path: string, owner: Owner): void {
  writeFileSync(path, JSON.stringify(owner), { mode: 0o600 })
  chmodSync(path, 0o600)
}

/**
 * Finds living processes of this user that were started with one of these directories in their environment.
 *
 * It reads the environment of every process, 15 µs each, so it is asked only where a directory would else be removed.
 *
 * @param names base names of context directories; each holds random letters, and is found however its path is written
 * @returns a process for each name that is carried; none where there is no /proc
 */
export function findCarriers(names: readonly string[]): ReadonlyMap<string, number> {
  const carriers = new Map<string, number>()
  if (currentPlace() === undefined) return carriers
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const environment = readEnvironment(`/proc/${entry}`)
    for (const name of names) if (environment?.includes(name)) carriers.set(name, Number(entry))
    if (carriers.size === names.length) break
  }
  return carriers
}

function readEnvironment(path: string): Buffer | undefined {
  try {
    return statSync(path).uid === process.geteuid?.() ? readFileSync(`${path}/environ`) : undefined
  } catch {
    // It has ended.
    return undefined
  }
}
