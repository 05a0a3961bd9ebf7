/** Does a person want colour here? NO_COLOR and FORCE_COLOR win over what the stream is. */
export function wantsColor(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR: none, FORCE_COLOR: force, TERM: terminal } = process.env
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (none !== undefined && none !== '') return false
  return stream.isTTY === true && terminal !== 'dumb'
}
