import { availableParallelism, totalmem } from 'node:os'
import { BroodError } from '../errors.js'
import { ImpossibleError, NoCapacityError } from './errors.js'
import { type Lease, Ledger } from './ledger.js'
import type { Resources } from './resources.js'
import { isRoomWanted, onRoomWanted, setRoomWanted } from './room-wanted.js'
import { getState, type RoomEvents } from './state.js'

let ledger: Ledger | undefined
let hasStarted = false

/**
 * What there is for the whole tree: it is asked at the root alone.
 *
 * @param capacity `Infinity` where there is as much as anybody asks for
 * @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` where processes run already, of which no account was kept
 */
export function setCapacity(capacity: Resources): void {
  if (hasStarted) {
    const text = '`capacity` must be configured before the first process is started: nobody knows what those that run were given.'
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: 'capacity' })
  }
  ledger = new Ledger(capacity)
  getState().isMetered = true
}

/** A process whose room others may have while nobody needs it. */
export interface Lender {
  readonly resources: Resources
  /** Is it about to end? Its room comes then. */
  isEnding(): boolean
  /** Ends, if nobody needs it now. */
  giveWay(): void
}

const lenders = new Set<Lender>()
let isListening = false

/** @returns takes it back: its room is given back, or is about to be */
export function lend(lender: Lender): () => void {
  if (!isListening) onRoomWanted(makeRoom)
  isListening = true
  lenders.add(lender)
  return () => void lenders.delete(lender)
}

/**
 * Who waits for room is given that of idle processes: they end. In the root as many as it takes, and where its own are too few, all of its children's:
 * these do not know how much it takes.
 */
export function makeRoom(): void {
  if (ledger === undefined) {
    if (isRoomWanted()) for (const lender of lenders) lender.giveWay()
  } else setRoomWanted(ledger.waiting > 0 && !makeRoomIn(ledger))
}

/** @returns is there going to be enough of it? */
function makeRoomIn(from: Ledger): boolean {
  const all = [...lenders]
  const isEnough = () => !from.isShortEvenWith(sumOf(all.filter((each) => each.isEnding())))
  for (const lender of all) {
    if (isEnough()) break
    lender.giveWay()
  }
  return isEnough()
}

const sumOf = (some: readonly Lender[]): Resources => ({
  mem: some.reduce((sum, { resources }) => sum + resources.mem, 0),
  cpu: some.reduce((sum, { resources }) => sum + resources.cpu, 0),
})

/** What this machine has. */
export const machineCapacity = (): Resources => ({ mem: totalmem(), cpu: availableParallelism() })

/**
 * Asks the ledger of the root for resources for a process. It may be answered before this returns.
 *
 * @param isWaiting until there is room, or is it refused at once?
 * @returns gives up waiting: `false` where it is decided already
 */
export function askForRoom(resources: Resources, isWaiting: boolean, events: RoomEvents): () => boolean {
  const { toParent, isMetered } = getState()
  hasStarted = true
  if (toParent !== undefined && isMetered) return toParent.take(resources, isWaiting, events)
  if (toParent !== undefined || ledger === undefined) {
    events.grant(() => {})
    return isDecided
  }
  return askLedger(ledger, resources, isWaiting, events)
}

const isDecided = () => false

function askLedger(from: Ledger, resources: Resources, isWaiting: boolean, { grant, refuse }: RoomEvents): () => boolean {
  if (!from.canEverFit(resources)) {
    refuse(new ImpossibleError(`No process can have ${describe(resources)}: there are ${describe(from.capacity)} in all.`, { resources }))
    return isDecided
  }
  if (!isWaiting || from.waiting === 0) {
    const lease = from.tryTake(resources)
    if (lease !== undefined) grant(() => giveBack(lease))
    else if (!isWaiting)
      refuse(new NoCapacityError(`There is no room for ${describe(resources)}: ${describe(from.free)} are free.`, { resources }))
    if (lease !== undefined || !isWaiting) return isDecided
  }
  const giveUp = from.take(resources, (lease) => grant(() => giveBack(lease)))
  makeRoom()
  return () => {
    const isGivenUp = giveUp()
    if (isGivenUp) makeRoom()
    return isGivenUp
  }
}

/**
 * Takes resources for a process.
 *
 * @param signal gives up waiting
 * @returns gives them back. Where it is known at once, it is no promise: a process is then started in the same turn
 * @throws BroodError `ERR_BROOD_IMPOSSIBLE`, `ERR_BROOD_NO_CAPACITY`
 */
export function takeResources(resources: Resources, isWaiting: boolean, signal?: AbortSignal): (() => void) | Promise<() => void> {
  const answer: { release?: () => void; error?: Error; tell?: () => void } = {}
  const giveUp = askForRoom(resources, isWaiting, {
    grant(release) {
      answer.release = release
      answer.tell?.()
    },
    refuse(error) {
      answer.error = error
      answer.tell?.()
    },
  })
  if (answer.error !== undefined) throw answer.error
  if (answer.release !== undefined) return answer.release
  return new Promise((resolve, reject) => {
    const abort = () => {
      if (giveUp()) reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', abort, { once: true })
    answer.tell = () => {
      signal?.removeEventListener('abort', abort)
      if (answer.release === undefined) reject(answer.error)
      else resolve(answer.release)
    }
  })
}

function giveBack(lease: Lease): void {
  lease.release()
  // Somebody else is the next one, perhaps.
  makeRoom()
}

const describe = ({ mem, cpu }: Resources) => {
  const memory = mem === Number.POSITIVE_INFINITY ? 'any memory' : `${Math.round(mem / 1024 ** 2)} MiB`
  return `${memory} and ${cpu === Number.POSITIVE_INFINITY ? 'any number of' : cpu} cores`
}
