import { parseArgs } from 'node:util'
import { nearest } from '../nearest.js'
import { UsageError } from './usage-error.js'

/** One option of a command. */
interface OptionSpec {
  readonly short?: string
  /** The name of its value in the help; none for a flag. */
  readonly value?: string
  readonly help: string
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** What stands on a command line of brood. */
export interface CommandLine {
  /** Values in the order in which they were given; flags have one empty value. */
  readonly options: ReadonlyMap<string, readonly string[]>
  /** From the first argument on that is no option of brood's: the command to run. */
  readonly command: readonly string[]
}

/**
 * Splits arguments into brood's own options and the command behind them: what follows the command's name is the command's.
 *
 * @throws UsageError for an option that is not known, lacks its value, or has one too many
 */
export function parseCommandLine(args: readonly string[], specs: OptionSpecs): CommandLine {
  const config = Object.fromEntries(
    Object.entries(specs).map(([name, { short, value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short !== undefined && { short }) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, allowPositionals: true, tokens: true })
  const options = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') return { options, command: args.slice(token.index) }
    if (token.kind === 'option-terminator') return { options, command: args.slice(token.index + 1) }
    const spec = specs[token.name]
    if (spec === undefined) throw unknownOption(token.rawName, specs)
    if (spec.value === undefined && token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`)
    // `--env -x`: most likely the value was forgotten. A `-` alone stands for standard output.
    if (spec.value !== undefined && (token.value === undefined || (!token.inlineValue && /^-./.test(token.value)))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${spec.value}.`)
    }
    options.set(token.name, [...(options.get(token.name) ?? []), token.value ?? ''])
  }
  return { options, command: [] }
}

function unknownOption(rawName: string, specs: OptionSpecs): UsageError {
  const names = Object.entries(specs).flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])])
  const meant = nearest(rawName, names)
  return new UsageError(`There is no option ${rawName}.${meant === undefined ? '' : ` Is it ${meant}?`}`)
}

/** The last value of an option: `undefined` where it was not given. */
export function lastValue({ options }: CommandLine, name: string): string | undefined {
  return options.get(name)?.at(-1)
}
