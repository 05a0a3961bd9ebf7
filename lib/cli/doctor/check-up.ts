import { dirname } from 'node:path'
import { argumentSpace } from '../../wrap/argument-space.js'
import { createContext } from '../../wrap/create-context.js'
import { toPairs } from '../../wrap/environment.js'
import { readPackage } from '../package.js'
import { makeTraceDirectory, type TraceDirectory } from '../trace-directory.js'
import { failure, ok } from './check.js'
import { checkNodes } from './check-nodes.js'
import { checkLeftBehind, checkPlaces } from './check-places.js'
import { checkTrials } from './check-trials.js'
import { checkNodeOptions, checkRoom } from './check-variables.js'
import type { Check } from './report.js'

/**
 * Looks at all that wrapping needs here.
 *
 * @param isThorough starts Node in every way, too, and every node on PATH: a second or two
 */
export function checkUp(shimRoot: string | undefined, isThorough: boolean): Check[] {
  const self = ok('brood', `${readPackage().version} on Node ${process.versions.node}, ${platform}`)
  const places = checkPlaces(shimRoot)
  const trace = checkTraceDirectory()
  const hasPlace = places.every(({ status }) => status !== 'failure')
  try {
    const tried = hasPlace && trace.found !== undefined ? tryOut(shimRoot, trace.found, isThorough) : []
    return [self, ...places, trace.check, ...tried, checkNodeOptions(process.env.NODE_OPTIONS), checkLeftBehind(shimRoot)]
  } finally {
    trace.found?.remove()
  }
}

/** The system and its processor, in Node's words. */
export const platform = `${process.platform} ${process.arch}`

function checkTraceDirectory(): { check: Check; found?: TraceDirectory } {
  try {
    const found = makeTraceDirectory()
    return { check: ok('temporary', dirname(found.directory)), found }
  } catch (error) {
    return { check: failure('temporary', (error as Error).message, 'Set TMPDIR to a directory that can be written to.') }
  }
}

function tryOut(shimRoot: string | undefined, { directory }: TraceDirectory, isThorough: boolean): Check[] {
  const context = createContext({ shimRoot, trace: directory })
  try {
    const room = checkRoom(toPairs(process.env), toPairs(context.environment()), argumentSpace())
    return isThorough ? [...checkTrials(context, directory), ...checkNodes(context, directory), room] : [room]
  } finally {
    context.dispose()
  }
}
