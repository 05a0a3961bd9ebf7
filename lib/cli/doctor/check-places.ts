import { dirname } from 'node:path'
import { BroodError } from '../../errors.js'
import { durationText } from '../../trace/text.js'
import { removeDirectory } from '../../wrap/remove-directory.js'
import { listShimRoots, makeShimDirectory, type PassedOver } from '../../wrap/shim-root.js'
import { storePreload } from '../../wrap/store.js'
import { findLeftBehind } from '../../wrap/sweep.js'
import { failure, ok, warning } from './check.js'
import type { Check } from './report.js'

/** Where brood's files go: found as for any context, and why not elsewhere. */
export function checkPlaces(preferred: string | undefined): Check[] {
  try {
    return makeShimDirectory(preferred, undefined, (shimRoot, directory, { origin, passedOver }) => {
      const preload = storePreload(shimRoot, false)
      removeDirectory(directory)
      return [
        ...passedOver.map((place) =>
          warning('shim root', describe(place), 'What was asked for cannot be used, so another place is taken.'),
        ),
        ok('shim root', `${shimRoot} (${origin})`),
        ok('store', dirname(preload)),
      ]
    })
  } catch (error) {
    if (!(error instanceof BroodError)) throw error
    const { candidates } = error as BroodError & { candidates: readonly PassedOver[] }
    return candidates.map((place, index) =>
      failure('shim root', describe(place), index === candidates.length - 1 ? anotherPlace : undefined),
    )
  }
}

const anotherPlace = 'Set SPAWN_WRAP_SHIM_ROOT to a directory of yours on a file system that is neither read-only, full nor noexec.'

function describe({ path, origin, reason }: PassedOver): string {
  return `${path} (${origin}): ${reason}`
}

/** What killed processes have left, that no context of its own accord will remove. */
export function checkLeftBehind(preferred: string | undefined): Check {
  const stale = listShimRoots(preferred)
    .flatMap(list)
    .filter(({ carrier }) => carrier === undefined)
  if (stale.length === 0) return ok('left behind', 'nothing')
  const oldest = durationText(Math.max(...stale.map(({ age }) => age)))
  const detail = `${stale.length} stale ${stale.length === 1 ? 'directory' : 'directories'}, up to ${oldest} old`
  return warning('left behind', detail, 'Remove what is left: brood clean')
}

function list(shimRoot: string): ReturnType<typeof findLeftBehind> {
  try {
    return findLeftBehind(shimRoot)
  } catch {
    // Not ours to read, so nothing of ours is in it.
    return []
  }
}
