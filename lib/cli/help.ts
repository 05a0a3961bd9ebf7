import type { Command } from './command.js'

/** The help of one command: a screen at most. */
export function commandHelp({ summary, usage, options, examples }: Command): string {
  const rows = Object.entries({ ...options, help: { short: 'h', help: 'show this help' } }).map(([name, { short, value, help }]: Row) => {
    const long = `--${name}${value === undefined ? '' : ` ${value}`}`
    return [`  ${short === undefined ? '    ' : `-${short}, `}${long}`, help] as const
  })
  return `${[
    `brood ${usage.split(' ')[0]}: ${summary}`,
    '',
    `Usage: brood ${usage}`,
    '',
    ...columns(rows),
    '',
    'Examples:',
    ...examples.flatMap(([line, does]) => [`  ${line}`, `      ${does}`]),
  ].join('\n')}\n`
}

type Row = [name: string, option: { readonly short?: string; readonly value?: string; readonly help: string }]

export function generalHelp(commands: Readonly<Record<string, Command>>, version: string): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [`  brood ${name}`, summary] as const)
  return `${[
    `brood ${version}: takes charge of every process that a command starts`,
    '',
    'Usage: brood <command> [options] [--] [command to run]',
    '',
    ...columns(rows),
    '',
    '  -h, --help       show this help, or that of a command',
    '  -v, --version    show the version',
    '',
    'Examples:',
    ...Object.values(commands).flatMap(({ examples }) => examples.slice(0, 1).map(([line]) => `  ${line}`)),
  ].join('\n')}\n`
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3
  return rows.map(([left, right]) => left.padEnd(width) + right)
}
