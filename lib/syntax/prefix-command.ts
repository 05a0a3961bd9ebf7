/** A word of a command line, as far as it is known before it runs. */
export interface PartialWord {
  /** What is known of it, from its beginning on. */
  readonly known: string
  readonly complete: boolean
  /** Is it one argument for sure? */
  readonly single: boolean
}

/** An argument that is all there is to know of itself. */
export function knownWord(text: string): PartialWord {
  return { known: text, complete: true, single: true }
}

/** How the command line of a program is read that runs the command behind its own options. */
interface Grammar {
  /** Short options without a value, by letter. */
  readonly flags?: string
  /** Short options with a value, attached or in the next word. */
  readonly values?: string
  /** Short options whose value can only be attached. */
  readonly attached?: string
  /** Options after which it runs no command. */
  readonly inert?: string
  /** Long options without a value, or with one behind `=`. */
  readonly longFlags?: string
  /** Long options with a value, behind `=` or in the next word. */
  readonly longValues?: string
  /** How many words of its own stand between its options and the command. */
  readonly operands?: number
  /** The short option with a text for a shell, which it runs in place of a command. */
  readonly text?: string
  /** May options stand behind words of its own? It then runs a command only where `--` says so. */
  readonly permutes?: boolean
  /** May `NAME=value` stand in front of the command? */
  readonly variables?: boolean
  /** Is it read only by a shell itself? */
  readonly builtin?: boolean
}

/** Those of GNU, util-linux and sudo, with what BSD and macOS add. An option that is not here ends understanding. */
const grammars: Readonly<Record<string, Grammar>> = {
  env: {
    flags: 'i0v',
    values: 'uCPa',
    longFlags: 'ignore-environment null debug block-signal default-signal ignore-signal list-signal-handling',
    longValues: 'unset chdir argv0',
    variables: true,
  },
  sudo: {
    flags: 'ABbEHkNnPS',
    values: 'CDghpRrTtUu',
    longFlags: 'askpass background bell preserve-env set-home reset-timestamp no-update non-interactive preserve-groups stdin',
    longValues: 'close-from chdir chroot command-timeout group host other-user prompt role type user',
    variables: true,
  },
  nice: { flags: '0123456789', values: 'n', longValues: 'adjustment' },
  nohup: {},
  timeout: { flags: 'fpv', values: 'ks', longFlags: 'foreground preserve-status verbose', longValues: 'kill-after signal', operands: 1 },
  xargs: {
    flags: '0oprtx',
    values: 'adEIJLnPRSs',
    attached: 'eil',
    longFlags: 'null no-run-if-empty verbose interactive open-tty exit show-limits replace max-lines eof',
    longValues: 'arg-file delimiter max-args max-procs max-chars process-slot-var',
  },
  setsid: { flags: 'cfw', longFlags: 'ctty fork wait' },
  stdbuf: { values: 'ioe', longValues: 'input output error' },
  time: { flags: 'ahlpqv', values: 'fo', longFlags: 'append portability quiet verbose', longValues: 'format output' },
  ionice: { flags: 't', values: 'cn', inert: 'pPu', longFlags: 'ignore', longValues: 'class classdata' },
  chrt: {
    flags: 'abdfiorRv',
    values: 'DPT',
    inert: 'mp',
    longFlags: 'all-tasks batch deadline fifo idle other rr reset-on-fork verbose',
    longValues: 'sched-runtime sched-period sched-deadline',
    operands: 1,
  },
  taskset: { flags: 'ac', inert: 'p', longFlags: 'all-tasks cpu-list', operands: 1 },
  flock: {
    flags: 'eFnosuvx',
    values: 'cEw',
    longFlags: 'close exclusive nb no-fork nonblock nonblocking shared unlock verbose',
    longValues: 'command conflict-exit-code timeout wait',
    operands: 1,
    text: 'c',
  },
  script: {
    flags: 'aefq',
    values: 'BcEImoOT',
    attached: 't',
    longFlags: 'append flush force quiet return timing',
    longValues: 'command echo log-in log-io log-out log-timing logging-format output-limit',
    operands: 1,
    text: 'c',
  },
  su: userGrammar(''),
  runuser: userGrammar('u'),
  chroot: { longFlags: 'skip-chdir', longValues: 'groups userspec', operands: 1 },
  setpriv: {
    flags: 'd',
    longFlags: 'clear-groups dump init-groups keep-groups nnp no-new-privs',
    longValues:
      'ambient-caps apparmor-profile bounding-set egid euid groups inh-caps pdeathsig regid reuid rgid ruid securebits selinux-label',
  },
  strace: { flags: 'cCdDfFikNqrtTvVwxyYzZ', values: 'abeIoOPsSUX', inert: 'p' },
  unshare: {
    flags: 'cCfimnprTuU',
    values: 'GRSw',
    longFlags: 'cgroup fork ipc keep-caps kill-child map-auto map-current-user map-root-user mount mount-proc net pid time user uts',
    longValues: 'boottime map-group map-groups map-user map-users monotonic propagation root setgid setgroups setuid wd',
  },
  find: {},
  busybox: {},
  command: { flags: 'p', inert: 'vV', builtin: true },
  exec: { flags: 'cl', values: 'a', builtin: true },
}

function userGrammar(values: string): Grammar {
  return {
    flags: 'flmpP',
    values: `cgGsw${values}`,
    longFlags: 'fast login preserve-environment pty',
    longValues: `command group session-command shell supp-group whitelist-environment ${values && 'user'}`,
    text: 'c',
    permutes: true,
  }
}

interface Option {
  /** `-x` or `--long`. */
  readonly name: string
  /** Its value; `undefined` where it has none, or none that is known. */
  readonly value: string | undefined
}

/** One program that runs the command behind it: `env -i A=1 command`. */
export interface PrefixStep {
  readonly program: string
  readonly options: readonly Option[]
  /** Indexes of its `NAME=value` words. */
  readonly variables: readonly number[]
  /** May more of them stand in front of its command? */
  readonly takesVariables: boolean
  /** Indexes of further words of its own: a file, a user, a time. */
  readonly operands: readonly number[]
  /** Index of the text for a shell that it runs in place of a command. */
  readonly text: number | undefined
  /** Index of the first word of its command; the number of words where there is none. */
  readonly command: number
}

/** What stands in front of the command that is run in the end. */
export interface PrefixChain {
  readonly steps: readonly PrefixStep[]
  /**
   * Index of the word that names that command; `none` where no command is run, or the last step has a text for a shell,
   * `unknown` where the line is not understood behind the last step.
   */
  readonly target: number | 'none' | 'unknown'
}

/** The names of those that are known. */
export const prefixCommands: readonly string[] = Object.keys(grammars)

/** Is this a program that runs the command behind its own options? Most are not, and need no further look. */
export function isPrefixCommand(program: string): boolean {
  return Object.hasOwn(grammars, program)
}

/**
 * Follows a command line through programs that run the command behind their own options.
 *
 * @param byShell is the line run by a shell, which knows some more of them?
 * @param ends programs that it is not followed through, by name
 */
export function parsePrefixCommands(words: readonly PartialWord[], byShell: boolean, ends?: Pick<Set<string>, 'has'>): PrefixChain {
  const steps: PrefixStep[] = []
  for (let index = 0; ; ) {
    const word = words[index]
    if (word === undefined) return { steps, target: 'none' }
    const program = word.complete ? word.known.slice(word.known.lastIndexOf('/') + 1) : ''
    const grammar = isPrefixCommand(program) && ends?.has(program) !== true ? grammars[program] : undefined
    if (grammar === undefined || (grammar.builtin === true && !byShell)) return { steps, target: index }
    const step = parseStep(words, index + 1, program, grammar)
    if (typeof step === 'string') return { steps, target: step }
    steps.push(step)
    if (step.text !== undefined) return { steps, target: 'none' }
    index = step.command
  }
}

/** What one word of options says. */
interface Options {
  readonly options: readonly Option[]
  /** Is the value of the last of them the next word? */
  readonly awaitsValue: boolean
}

function parseStep(words: readonly PartialWord[], start: number, program: string, grammar: Grammar): PrefixStep | 'none' | 'unknown' {
  if (program === 'find') return parseFind(words, start)
  const options: Option[] = []
  const operands: number[] = []
  let text: number | undefined
  let index = start
  for (; index < words.length; index++) {
    const { known, complete, single } = words[index] as PartialWord
    // What may vanish, or be several words, may be options as well.
    if (known === '' && !complete && !single) return 'unknown'
    if (!known.startsWith('-') || (known === '-' && complete)) {
      // Between its operands and a command only a text may be announced: `flock file -c text`.
      const next = words[index + 1]
      const announcesText =
        grammar.text !== undefined && operands.length + 1 === grammar.operands && /^-c$|^--command$/.test(next?.known ?? '')
      if (grammar.permutes !== true && !announcesText) break
      operands.push(index)
      continue
    }
    if (known === '--' && complete) {
      index++
      break
    }
    const parsed = known.startsWith('--') ? parseLong(known, complete, grammar) : parseShort(known, complete, grammar)
    if (typeof parsed === 'string') return parsed
    options.push(...parsed.options)
    if (!parsed.awaitsValue) continue
    index++
    const value = words[index]
    const name = options.pop()?.name ?? ''
    options.push({ name, value: value?.complete === true ? value.known : undefined })
    if (value !== undefined && grammar.text !== undefined && [`-${grammar.text}`, '--command', '--session-command'].includes(name))
      text = index
  }
  const dash = words[index]
  if (program === 'env' && dash?.known === '-' && dash.complete) {
    options.push({ name: '-i', value: undefined })
    index++
  }
  const takesVariables = grammar.variables === true
  const variables: number[] = []
  if (takesVariables) while ((words[index]?.known.indexOf('=') ?? -1) > 0) variables.push(index++)
  for (let count = operands.length; count < (grammar.operands ?? 0) && index < words.length; count++) operands.push(index++)
  return { program, options, variables, takesVariables, operands, text, command: Math.min(index, words.length) }
}

/** `find path -exec command {} ;`: the first of its commands. */
function parseFind(words: readonly PartialWord[], start: number): PrefixStep {
  const index = words.findIndex(({ known, complete }, at) => at >= start && complete && /^-(?:exec|ok)(?:dir)?$/.test(known))
  const command = index < 0 ? words.length : index + 1
  return { program: 'find', options: [], variables: [], takesVariables: false, operands: [], text: undefined, command }
}

function parseLong(known: string, complete: boolean, { longFlags = '', longValues = '' }: Grammar): Options | 'unknown' {
  const [name = '', ...value] = known.slice(2).split('=')
  const attached = value.length > 0
  const takesValue = longValues.split(' ').includes(name)
  if ((!attached && !complete) || !(takesValue || longFlags.split(' ').includes(name))) return 'unknown'
  return {
    options: [{ name: `--${name}`, value: attached && complete ? value.join('=') : undefined }],
    awaitsValue: takesValue && !attached,
  }
}

function parseShort(known: string, complete: boolean, grammar: Grammar): Options | 'none' | 'unknown' {
  const { flags = '', values = '', attached = '', inert = '' } = grammar
  const options: Option[] = []
  for (const [index, letter] of known.slice(1).split('').entries()) {
    if (inert.includes(letter)) return 'none'
    if (values.includes(letter) || attached.includes(letter)) {
      const value = known.slice(index + 2)
      options.push({ name: `-${letter}`, value: complete && value !== '' ? value : undefined })
      return { options, awaitsValue: complete && value === '' && values.includes(letter) }
    }
    if (!flags.includes(letter)) return 'unknown'
    options.push({ name: `-${letter}`, value: undefined })
  }
  return complete ? { options, awaitsValue: false } : 'unknown'
}
