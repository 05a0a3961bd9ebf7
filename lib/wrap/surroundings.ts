import { accessSync, constants, statSync } from 'node:fs'

/** Milliseconds. What is started within it was as good as started at once. */
const moment = 50

/**
 * What the operating system says of this process at a moment.
 *
 * To ask costs as much as all else that brood does to start a process, so nothing is asked twice, nor before it is needed.
 */
class Surroundings {
  readonly at: number
  readonly preload: string
  readonly user: number | undefined
  #canReadPreload: boolean | undefined
  #isInRemovedDirectory: boolean | undefined

  constructor(at: number, preload: string, user: number | undefined) {
    this.at = at
    this.preload = preload
    this.user = user
  }

  /** Where the store is gone, or this process has changed its user, every node that is to require the preload would end. */
  get canReadPreload(): boolean {
    // Where a program has mocked fs, there is no node to be seen either.
    this.#canReadPreload ??= canAccess(this.preload, constants.R_OK) || !canAccess(process.execPath, constants.F_OK)
    return this.#canReadPreload
  }

  /** Was the working directory removed? A shell says so before it does anything else. */
  get isInRemovedDirectory(): boolean {
    this.#isInRemovedDirectory ??= isRemoved('.')
    return this.#isInRemovedDirectory
  }
}

let latest: Surroundings | undefined

/** Looks around, if the last look is not of this moment. It never throws. */
export function lookAround(preload: string): Surroundings {
  const now = Date.now()
  const user = process.geteuid?.()
  // The clock may have been set back.
  const isFresh = latest !== undefined && now >= latest.at && now - latest.at < moment && latest.user === user && latest.preload === preload
  if (!isFresh || latest === undefined) latest = new Surroundings(now, preload, user)
  return latest
}

function canAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

function isRemoved(directory: string): boolean {
  try {
    return statSync(directory).nlink === 0
  } catch {
    return true
  }
}
