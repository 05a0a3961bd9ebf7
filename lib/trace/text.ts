// How numbers and commands are said to people: the same in the terminal and in the page.
import { visibleText } from './visible.js'

/** Milliseconds as a person reads them: `0.4 ms`, `87 ms`, `1.24 s`, `2 min 05 s`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_995) return `${(milliseconds / 1000).toFixed(2)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`
}

/** Bytes in the units of memory: `812 kB`, `47 MB`, `1.2 GB`. */
export function sizeText(bytes: number): string {
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  if (bytes < 999_500_000) return `${Math.round(bytes / 1e6)} MB`
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** A command as it would be typed into a shell, on one line and with nothing in it that a terminal obeys. */
export function commandText(command: readonly string[]): string {
  return command.map(argumentText).join(' ')
}

/** A command with its program by name alone. */
export function shortCommandText([program = '', ...rest]: readonly string[]): string {
  return commandText([fileName(program), ...rest])
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path
}

function argumentText(argument: string): string {
  const text = visibleText(argument)
  if (/^[\w@%+=:,./\\{}~^…-]+$/.test(text)) return text
  return text.includes("'") && !/["$`\\!]/.test(text) ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`
}

/** How a process ended, in a word: `exit 1`, `SIGKILL`, `ENOENT`; empty where it ended well or nobody knows. */
export function endText({
  error,
  signal,
  exitCode,
}: {
  error: string | undefined
  signal: string | undefined
  exitCode: number | undefined
}): string {
  if (error !== undefined) return error
  if (signal !== undefined) return signal
  return exitCode === undefined || exitCode === 0 ? '' : `exit ${exitCode}`
}
