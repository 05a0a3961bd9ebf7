/** `process.binding`, the way to the functions that start processes. */
type Binding = (name: string) => unknown

const { binding } = process as unknown as { binding: Binding }

/** Is this process started with --pending-deprecation? Node then replaces `process.binding` by one that warns. */
export function warnsOfPendingDeprecations(): boolean {
  return Object.getPrototypeOf(binding) !== Function.prototype
}

/**
 * `process.binding` without the warning, which would come in brood's name.
 *
 * @see util.deprecate in Node: the function itself is the prototype of the one that warns
 */
export const quietBinding: Binding = warnsOfPendingDeprecations() ? Object.getPrototypeOf(binding) : binding
