import { writeSync } from 'node:fs'

let enabled = process.env.SPAWN_WRAP_DEBUG === '1'

/** A context that was made under SPAWN_WRAP_DEBUG turns it on in its children, whatever environment they were given. */
export function enableDebug(): void {
  enabled = true
}

export function isDebug(): boolean {
  return enabled
}

/**
 * Says one decision on stderr when SPAWN_WRAP_DEBUG is `1`, each line behind `SW <pid>: `.
 *
 * `state` is called after the step it describes, and only if somebody listens. It must hold no environment values.
 */
export function debug(step: string, state?: () => object | string): void {
  if (!enabled) return
  const text = [step, ...describe(state?.())].join('\n').replace(/^/gm, `SW ${process.pid}: `)
  try {
    // Synchronous: the process may be replaced or killed right after.
    writeSync(2, `${text}\n`)
  } catch {
    // A closed or full stderr must not change what the program does.
  }
}

/** A line for each field: arguments are long enough as they are. */
function describe(state: object | string | undefined): string[] {
  if (state === undefined) return []
  if (typeof state === 'string') return [`  ${state}`]
  return Object.entries(state).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)
}
