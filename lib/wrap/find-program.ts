import type { PlainPrograms } from './plain-programs.js'

/** What mungers ask of the file system. It is passed in, so that they are tested by tables. */
export interface FileSystem {
  /** Is there a regular file that this process may execute? */
  isProgram(path: string): boolean
  /** The first characters of a file; empty where it cannot be read. */
  readStart(path: string): string
  /** The whole of a text file; empty where it cannot be read. */
  readText(path: string): string
  /** Makes a path absolute that is relative to this process's working directory. */
  resolve?(path: string): string
  readonly plainPrograms?: PlainPrograms
}

/** Where execvp looks when there is no PATH (glibc: confstr(_CS_PATH)). */
const execDefaultPath = '/bin:/usr/bin'

/** What shells look through when there is no PATH (dash and bash as Debian builds them). */
export const shellDefaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface Search {
  /** The child's PATH, without brood's own entries. */
  readonly path: string | undefined
  /** The child's working directory; what is relative is relative to it. */
  readonly cwd: string
}

/**
 * Finds a program as execvp does in the child.
 *
 * @returns the path as the kernel would be given it, which may be relative to the child's working directory
 */
export function findProgram(name: string, search: Search, files: Pick<FileSystem, 'isProgram'>): string | undefined {
  if (name.includes('/')) return files.isProgram(absolute(name, search.cwd)) ? name : undefined
  if (name === '') return undefined
  for (const entry of (search.path ?? execDefaultPath).split(':')) {
    const candidate = entry === '' ? name : `${entry}/${name}`
    if (files.isProgram(absolute(candidate, search.cwd))) return candidate
  }
  return undefined
}

/** Makes a POSIX path absolute without touching the rest of it. */
export function absolute(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd}/${path}`
}
