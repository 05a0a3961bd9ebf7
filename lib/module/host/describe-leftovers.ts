import type { Leftover } from '../leftover.js'

/** A line for each, for a person. */
export function describeLeftovers(leftovers: readonly Leftover[]): string {
  return leftovers
    .map(({ kind, description, at, osPid }) => {
      const number = osPid === undefined || description.includes(String(osPid)) ? '' : ` (${osPid})`
      return `  ${kind}: ${description}${number}${at === undefined ? '' : `, made at ${at}`}`
    })
    .join('\n')
}
