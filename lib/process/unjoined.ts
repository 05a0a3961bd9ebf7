// Failures of handles that nobody has joined. A handle may still be joined, so nobody is told of them at once.

/** A failure that nobody has heard of yet. It does not refer to its handle, which is collected when the program has dropped it. */
export interface UnjoinedFailure {
  readonly task: string
  readonly error: unknown
  readonly timer: NodeJS.Timeout
}

/** Milliseconds after which it is told of while the program might still join it: a server that runs for months is to hear of it. */
const patience = 60_000

const untold = new Set<UnjoinedFailure>()
let dropped: FinalizationRegistry<UnjoinedFailure> | undefined

/**
 * Notes that a handle has failed before anybody has joined it. A warning tells of it when the handle is collected, for then nobody ever will; when the
 * process is about to end; and when a minute has passed.
 */
export function noteFailure(handle: object, task: string, error: unknown): UnjoinedFailure {
  const timer = setTimeout(() => tell(failure, ' for a minute'), patience).unref()
  const failure = { task, error, timer }
  untold.add(failure)
  dropped ??= watchForEnds()
  dropped.register(handle, failure, failure)
  return failure
}

/** Somebody has joined it after all. */
export function forgetFailure(failure: UnjoinedFailure): void {
  untold.delete(failure)
  dropped?.unregister(failure)
  clearTimeout(failure.timer)
}

/** With the first failure, and once. */
function watchForEnds(): FinalizationRegistry<UnjoinedFailure> {
  // Whoever listens to warnings can do something with one in front of the end, and `process.exit()` leaves that out.
  process.on('beforeExit', () => tellAll(warn))
  process.on('exit', () => tellAll(warnAtOnce))
  return new FinalizationRegistry((failure) => tell(failure))
}

function tellAll(by: typeof warn): void {
  for (const failure of untold) tell(failure, '', by)
}

function tell(failure: UnjoinedFailure, forHowLong = '', by = warn): void {
  forgetFailure(failure)
  const { task, error } = failure
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  by(`Task "${task}" has failed, and nobody has joined it${forHowLong}. ${text}`)
}

const type = 'BroodWarning'
const code = 'BROOD_UNJOINED'

const warn = (text: string): void => process.emitWarning(text, { type, code })

/** As `process.emitWarning()` does it in the next tick, which a process that exits does not have. */
function warnAtOnce(text: string): void {
  process.emit('warning', Object.assign(new Error(text), { name: type, code }))
}
