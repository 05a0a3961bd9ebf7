import { recordable } from './recordable.js'

const mask = '***'

/** A command as it may be shown: without secrets, and cut where it is very long. */
export function showable(command: readonly string[]): string[] {
  return recordable(command, false, () => maskSecrets)
}

/** Options whose value nobody else should read: `--token x`, `--npm-token=x`, `PASSWORD=x`. */
const secretName =
  /(?:^|[-_.:/])(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|auth|_auth|credentials?)$/i
/** In names written as one word: `--githubToken`, `dbPassword`. */
const secretWord = /(?:[Pp]assword|[Pp]assphrase|[Ss]ecret|[Tt]oken|[Aa]pi[Kk]ey|[Aa]ccess[Kk]ey|[Pp]rivate[Kk]ey)$/

/** A secret that is known by its form, wherever it stands. */
interface SecretForm {
  /** What stands in every text of this form. To look for it costs a hundredth of what it costs to compile the pattern, and most texts lack it. */
  readonly sign: string
  readonly pattern: RegExp
}

export const secretForms: readonly SecretForm[] = [
  // A password, or a token that stands for user and password, in a URL.
  { sign: '://', pattern: /(?<=\b[a-z][a-z\d+.-]*:\/\/)[^\s/?#@:]*:[^\s/?#@]+(?=@)/gi },
  { sign: '://', pattern: /(?<=\bhttps?:\/\/)[^\s/?#@:]{16,}(?=@)/gi },
  // Tokens of GitHub, npm, Stripe; GitLab, Slack, AWS, Google; JSON web tokens.
  { sign: '_', pattern: /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|npm_\w{20,}|sk_live_\w{16,})/g },
  { sign: 'glpat-', pattern: /\bglpat-[\w-]{16,}/g },
  { sign: 'xox', pattern: /\bxox[abprs]-[\w-]{10,}/g },
  { sign: 'AKIA', pattern: /\bAKIA[A-Z\d]{16}/g },
  { sign: 'AIza', pattern: /\bAIza[\w-]{30,}/g },
  { sign: 'eyJ', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g },
  // Headers, as curl takes them.
  {
    sign: ':',
    pattern:
      /(?<=\b(?:authorization|proxy-authorization|x-api-key|cookie)\s*:\s*(?:(?:bearer|basic|token)\s+)?)(?!bearer\b|basic\b|token\b)[^\s'"]+.*$/gi,
  },
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
  let isNextSecret = false
  return command.map((argument, index) => {
    const isOption = argument.startsWith('-')
    if (isNextSecret) {
      isNextSecret = false
      if (!isOption) return mask
    }
    if (isOption && index > 0) {
      const tool = toolName(command[0] as string)
      if (passwordTools.test(tool) && /^-p./.test(argument)) return `-p${mask}`
      if (userTools.test(tool) && (argument === '-u' || argument === '--user')) {
        isNextSecret = true
        return argument
      }
    }
    const named = argument.includes('=') ? /^([-\w.:@/]+)=(?=.)/.exec(argument) : null
    if (named !== null && isSecretName(named[1] as string)) return `${named[1]}=${mask}`
    if (isOption && /^--?[A-Za-z]/.test(argument) && isSecretName(argument)) isNextSecret = true
    return maskForms(argument)
  })
}

function toolName(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '')
}

function isSecretName(option: string): boolean {
  const name = option.replace(/^-+/, '')
  return secretName.test(name) || secretWord.test(name)
}

/** One of them stands between a name and its value. */
const blanks = ['=', ' ', '\n', '\t', '\r', '\v', '\f']

function maskForms(argument: string): string {
  let masked = argument
  for (const { sign, pattern } of secretForms) if (argument.includes(sign)) masked = masked.replace(pattern, mask)
  // Text for a shell holds whole commands.
  if (!blanks.some((blank) => masked.includes(blank))) return masked
  return masked.replace(shellOption, (whole, start: string) => (isSecretName(start.replace(/[=\s]+$/, '')) ? start + mask : whole))
}

/** `--name value`, `--name=value` or `NAME=value` among other words. */
const shellOption = /(?<![^\s;&|("'])(--?[A-Za-z_][\w.-]*(?:=|\s+)|[A-Za-z_]\w*=)(?:"[^"]*"|'[^']*'|[^\s;&|)"'-][^\s;&|)"']*)/g
