const mask = '***'

/** So much of an argument is kept, in characters, and so much of a command. */
const longestArgument = 4096
const longestCommand = 65_536

/**
 * What may be written down of a command: masked unless `raw`, and cut where it is very long.
 *
 * @returns as many arguments, or fewer with a last one that says how many more there were
 */
export function recordable(command: readonly string[], raw: boolean): string[] {
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
  return raw ? kept : maskSecrets(kept)
}

/** Options whose value nobody else should read: `--token x`, `--npm-token=x`, `PASSWORD=x`. */
const secretName =
  /(?:^|[-_.:/])(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|auth|_auth|credentials?)$/i
/** In names written as one word: `--githubToken`, `dbPassword`. */
const secretWord = /(?:[Pp]assword|[Pp]assphrase|[Ss]ecret|[Tt]oken|[Aa]pi[Kk]ey|[Aa]ccess[Kk]ey|[Pp]rivate[Kk]ey)$/

/** Known by their form, wherever they stand. */
const secretForms: readonly RegExp[] = [
  // A password, or a token that stands for user and password, in a URL.
  /(?<=\b[a-z][a-z\d+.-]*:\/\/)[^\s/?#@:]*:[^\s/?#@]+(?=@)/gi,
  /(?<=\bhttps?:\/\/)[^\s/?#@:]{16,}(?=@)/gi,
  // Tokens of GitHub, npm, GitLab, Slack, AWS, Stripe, Google; JSON web tokens.
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|npm_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z\d]{16}|sk_live_\w{16,}|AIza[\w-]{30,})/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g,
  // Headers, as curl takes them.
  /(?<=\b(?:authorization|proxy-authorization|x-api-key|cookie)\s*:\s*(?:(?:bearer|basic|token)\s+)?)(?!bearer\b|basic\b|token\b)[^\s'"]+.*$/gi,
]

/** Tools whose `-pXXX` is a password. */
const passwordTools = /^(?:mysql\w*|mariadb[\w-]*|sshpass|7za?|7zr|ldap\w+)$/
/** Tools whose `-u` is followed by `user:password`. */
const userTools = /^(?:curl|wget|http|https)$/

/**
 * Masks what looks like a secret in the arguments of a command.
 *
 * It errs on the side of masking. What has no known form and no telling name is not recognised.
 *
 * @returns the same number of arguments
 */
export function maskSecrets(command: readonly string[]): string[] {
  const tool = (command[0] ?? '').replace(/^.*[\\/]/, '').replace(/\.exe$/i, '')
  let isNextSecret = false
  return command.map((argument, index) => {
    if (isNextSecret) {
      isNextSecret = false
      if (!argument.startsWith('-')) return mask
    }
    if (index > 0 && passwordTools.test(tool) && /^-p./.test(argument)) return `-p${mask}`
    if (userTools.test(tool) && (argument === '-u' || argument === '--user')) {
      isNextSecret = true
      return argument
    }
    const named = /^([-\w.:@/]+)=(?=.)/.exec(argument)
    if (named !== null && isSecretName(named[1] as string)) return `${named[1]}=${mask}`
    if (/^--?[A-Za-z]/.test(argument) && isSecretName(argument)) isNextSecret = true
    return maskForms(argument)
  })
}

function isSecretName(option: string): boolean {
  const name = option.replace(/^-+/, '')
  return secretName.test(name) || secretWord.test(name)
}

function maskForms(argument: string): string {
  const masked = secretForms.reduce((text, form) => text.replace(form, mask), argument)
  // Text for a shell holds whole commands.
  return masked.replace(shellOption, (whole, start: string) => (isSecretName(start.replace(/[=\s]+$/, '')) ? start + mask : whole))
}

/** `--name value`, `--name=value` or `NAME=value` among other words. */
const shellOption = /(?<![^\s;&|("'])(--?[A-Za-z_][\w.-]*(?:=|\s+)|[A-Za-z_]\w*=)(?:"[^"]*"|'[^']*'|[^\s;&|)"'-][^\s;&|)"']*)/g
