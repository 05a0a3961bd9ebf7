import { tokenizeNodeOptions } from '../../syntax/node-options.js'
import { sizeText } from '../../trace/text.js'
import { type ArgumentSpace, fits } from '../../wrap/argument-space.js'
import { givesPermissions } from '../../wrap/mungers/node.js'
import { failure, ok, warning } from './check.js'
import type { Check } from './report.js'

/**
 * What the user's own NODE_OPTIONS mean for brood. Values are not shown.
 *
 * @param text the variable
 */
export function checkNodeOptions(text: string | undefined): Check {
  if (text === undefined || text.trim() === '') return ok('NODE_OPTIONS', 'not set')
  const words = tokenizeNodeOptions(text)?.map(({ value }) => value) ?? []
  const names = words.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*/s, ''))
  const detail = `${names.join(' ')}, kept behind brood's own`
  if (!givesPermissions(words)) return ok('NODE_OPTIONS', detail)
  return warning('NODE_OPTIONS', names.join(' '), 'Under the permission model programs run bare: take that out to have them wrapped.')
}

/**
 * Is there room for what brood adds?
 *
 * @param bare the environment as it is, `NAME=value`
 * @param wrapped the same with what brood adds
 */
export function checkRoom(bare: readonly string[], wrapped: readonly string[], space: ArgumentSpace): Check {
  const size = bare.reduce((sum, pair) => sum + Buffer.byteLength(pair) + 1, 0)
  const total = Number.isFinite(space.total) ? space.total : undefined
  const detail = `the environment takes ${sizeText(size)}${total === undefined ? '' : ` of ${sizeText(total)}`}`
  const [largest = ''] = bare.toSorted((a, b) => b.length - a.length)
  const advice = `The largest variable is ${largest.slice(0, largest.indexOf('=', 1))}: ${sizeText(Buffer.byteLength(largest))}.`
  if (!fits({ args: [], env: [...wrapped] }, () => space)) return failure('room', `${detail}: no room for what brood adds`, advice)
  return total !== undefined && size > total / 2
    ? warning('room', `${detail}: commands with many arguments run bare`, advice)
    : ok('room', detail)
}
