// The private directory of a tree of processes: sockets lie there. Its name is chosen at once, and it is made by who needs it first.
import { createHash, randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { isWindows } from '../platform.js'
import { type ChannelName, keyOf, ownerOf, type Role } from './channel-name.js'

/** The shortest limit of what systems take as the path of a socket: macOS, without the zero at the end. */
const longestPath = 103
/** Of 16 bytes in base64url: a Pid, and the name of a note. */
const nameLength = 22

/** Chooses a name that nobody guesses, and the tree's token. */
export function chooseDirectory(): { readonly directory: string; readonly token: string } {
  const name = `brood-${randomBytes(12).toString('base64url')}`
  // It may be relative, and other processes of the tree are elsewhere.
  const preferred = resolve(tmpdir(), name)
  const isTooLong = preferred.length + 1 + nameLength > longestPath
  return { directory: isTooLong && !isWindows ? join('/tmp', name) : preferred, token: randomBytes(16).toString('hex') }
}

/**
 * Makes the directory where it is missing.
 *
 * @throws Error where there is something else in its place: nobody but this user may have made it, or may look into it
 */
export function openDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isPrivate(directory)) throw error
  }
}

function isPrivate(directory: string): boolean {
  const status = lstatSync(directory)
  return status.isDirectory() && (isWindows || (status.uid === process.geteuid?.() && (status.mode & 0o077) === 0))
}

/** Where a process listens. */
export function doorPath(directory: string, id: string): string {
  const name = Buffer.from(id, 'hex').toString('base64url')
  return isWindows ? `\\\\.\\pipe\\${basename(directory)}-${name}` : join(directory, name)
}

/** Where the pipe is that a process answers by. */
export function pipePath(directory: string, id: string): string {
  return join(directory, `by-${Buffer.from(id, 'hex').toString('base64url')}`)
}

/** Says that a process has an end of a channel which is not with the one any more that it was made for. */
export function writeNote(directory: string, name: ChannelName, role: Role, holder: string): void {
  write(notePath(directory, name, role), holder, holder)
}

/** Says that a process has given an end away, and that it is on its way to somebody. @param gift is said of no other time */
export function noteGiven(directory: string, name: ChannelName, role: Role, gift: string): void {
  write(notePath(directory, name, role), `${given}${gift}`, gift)
}

function write(path: string, text: string, by: string): void {
  writeFileSync(`${path}.${by}`, text, { mode: 0o600 })
  renameSync(`${path}.${by}`, path)
}

/** @returns who has it, `undefined` while it is on its way; where nobody has said anything, its owner */
export function findHolder(directory: string, name: ChannelName, role: Role): string | undefined {
  const note = readNote(directory, name, role)
  if (note === undefined) return ownerOf(name, role)
  return note.startsWith(given) ? undefined : note
}

/** Is it still on its way, as {@link noteGiven} has said it? */
export const isGiven = (directory: string, name: ChannelName, role: Role, gift: string): boolean =>
  readNote(directory, name, role) === `${given}${gift}`

function readNote(directory: string, name: ChannelName, role: Role): string | undefined {
  try {
    return readFileSync(notePath(directory, name, role), 'latin1')
  } catch {
    return undefined
  }
}

const given = 'given '

export function removeNote(directory: string, name: ChannelName, role: Role): void {
  rmSync(notePath(directory, name, role), { force: true })
}

function notePath(directory: string, name: ChannelName, role: Role): string {
  const hash = createHash('sha256').update(keyOf(name, role)).digest().subarray(0, 16)
  return join(directory, `at-${hash.toString('base64url')}`)
}

/** Removes it with all that is in it. */
export function removeDirectory(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true })
  } catch {
    // Somebody who lives on uses it.
  }
}
