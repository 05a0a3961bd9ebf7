/** Main scripts that a context leaves out: by name, or by a regular expression, in a form that JSON can say. */
export type Exclusion = { readonly name: string } | { readonly source: string; readonly flags: string }

/**
 * Is a main script one of those that are left out?
 *
 * A name is the file's, or a path's end: `npm-cli.js`, `npm/bin/npm-cli.js`. A regular expression is tried on the whole path, written
 * with `/` on every system.
 *
 * @param paths what the main script is known by: as it was asked for, and where it really lies. None where there is no main script
 */
export function isExcluded(exclusions: readonly Exclusion[], paths: readonly string[], windows: boolean): boolean {
  const written = paths.map((path) => (windows ? path.replaceAll('\\', '/') : path))
  return exclusions.some((exclusion) => written.some((path) => matches(exclusion, path, windows)))
}

function matches(exclusion: Exclusion, path: string, windows: boolean): boolean {
  if ('name' in exclusion) {
    const [name, whole] = windows ? [exclusion.name.replaceAll('\\', '/').toLowerCase(), path.toLowerCase()] : [exclusion.name, path]
    return whole === name || whole.endsWith(`/${name}`)
  }
  try {
    return new RegExp(exclusion.source, exclusion.flags).test(path)
  } catch {
    // An older Node does not know all that the one knew that made the context.
    return false
  }
}
