// What a program between two Node processes was given is read from the system: with what brood had put into it.

/** Takes what brood has added out of the arguments of a program, or of the text of a shell. What a text holds for a further shell stays. */
export function withoutAdditions(command: readonly string[]): string[] {
  return command.flatMap((word) => (isVariable.test(word) ? [] : [additions.reduce((text, addition) => text.replace(addition, ''), word)]))
}

const preload = String.raw`\.node-spawn-wrap-store\/\w+\/preload\.cjs`
const option = `--require (?:"[^"]*${preload}"|\\S*${preload})`

/** Words for `env` and its like. */
const isVariable = new RegExp(String.raw`^(?:BROOD_CONTEXT=\{"contexts":.*\}|NODE_OPTIONS=${option})$`)

/** What stands between single quotes for a shell, which has an own way to write one of them. */
const inQuotes = String.raw`(?:[^']|'\\'')*`
const options = `'--require ${inQuotes}${preload}${inQuotes}`
const carrier = String.raw`'\{"contexts":${inQuotes}\}'`

const additions: readonly RegExp[] = [
  // In front of a value of the user's own, which may be empty.
  new RegExp(`(?<=NODE_OPTIONS=)${options} '`, 'g'),
  new RegExp(`(?<=^NODE_OPTIONS=)${option} `),
  new RegExp(String.raw`NODE_OPTIONS=${options}'(?:"\$\{NODE_OPTIONS\+ \$NODE_OPTIONS\}")? `, 'g'),
  new RegExp(String.raw`BROOD_CONTEXT=(?:${carrier}|\$\{BROOD_CONTEXT:-${carrier}\}) `, 'g'),
]
