/** A command line that cannot be understood: nothing is run, and brood ends with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
