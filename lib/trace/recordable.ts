/** Loads what masks secrets: most commands hold none, and a process that records itself pays for each kilobyte of code. */
export type LoadMasks = () => Mask | undefined

/** @see maskSecrets */
type Mask = (command: readonly string[]) => string[]

/** So much of an argument is kept, in characters, and so much of a command. */
const longestArgument = 4096
const longestCommand = 65_536

/**
 * What may be written down of a command: masked unless `raw`, and cut where it is very long.
 *
 * @returns as many arguments, or fewer with a last one that says how many more there were
 */
export function recordable(command: readonly string[], raw: boolean, loadMasks: LoadMasks): string[] {
  const kept: string[] = []
  let length = 0
  for (const argument of command) {
    const text = argument.length > longestArgument ? `${argument.slice(0, longestArgument)}… (${argument.length} characters)` : argument
    length += text.length
    if (length > longestCommand) {
      kept.push(`… (${command.length - kept.length} more arguments)`)
      break
    }
    kept.push(text)
  }
  if (raw || !kept.some(mayHoldSecret)) return kept
  const mask = loadMasks()
  if (mask !== undefined) return mask(kept)
  // The masks are gone with the store: nothing is told but the program's name.
  return kept.map((argument, index) => (index === 0 && !mayHoldSecret(argument) ? argument : '***'))
}

/** What is neither an option, nor a name with a value, nor a URL, nor more than one word, nor looks like the token of some service, is no secret. */
const sign = /^-|[=:\s]|gh[pousr]_|github_pat_|npm_|sk_live_|glpat-|xox|AKIA|AIza|eyJ/

/** Might masking change anything in a command with this argument? */
export function mayHoldSecret(argument: string): boolean {
  return sign.test(argument)
}
