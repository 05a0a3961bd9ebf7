import { checkOptions, readBoolean } from '../../argument.js'
import { startTimer } from '../../process/timer.js'
import { readTime } from '../argument.js'
import type { Leftover } from '../leftover.js'
import { describeLeftovers } from './describe-leftovers.js'
import { CancelledError, UnloadError } from './errors.js'
import type { UnloadOptions, UnloadReport } from './loaded-module.js'
import type { ModuleHost } from './module-host.js'
import { findProcesses, isThere, killProcesses, type OwnProcess } from './processes.js'
import type { Open } from './wire.js'

/** {@link UnloadOptions} in which everything is said. */
export interface UnloadPlan {
  readonly timeout: number
  readonly isForced: boolean
  readonly killsChildren: boolean
}

/** @throws BroodError `ERR_BROOD_INVALID_ARGUMENT` */
export function planUnload(options: UnloadOptions): UnloadPlan {
  checkOptions(options, ['timeout', 'force', 'killChildren'])
  const { timeout = 5000, force, killChildren } = options
  return {
    timeout: readTime('timeout', timeout) ?? Number.MAX_SAFE_INTEGER,
    isForced: readBoolean('force', force) ?? false,
    killsChildren: readBoolean('killChildren', killChildren) ?? false,
  }
}

/** Milliseconds of work after which a module that is unloaded by force must have heard of it: else it is taken to be in an endless loop. */
const hearing = 20
/** The same of time that passes: it may not have been given a processor, or may wait in a call that blocks. */
const patience = 250
/** Milliseconds in which what was ended must be gone. */
const ending = 2000

/** @throws UnloadError */
export async function unloadModule(host: ModuleHost, plan: UnloadPlan): Promise<UnloadReport> {
  const letGo = host.hold()
  const start = performance.now()
  try {
    return await new Unloading(host, plan, start).run()
  } finally {
    letGo()
  }
}

class Unloading {
  readonly #host: ModuleHost
  readonly #plan: UnloadPlan
  readonly #start: number
  readonly #loaded = process.memoryUsage.rss()

  constructor(host: ModuleHost, plan: UnloadPlan, start: number) {
    this.#host = host
    this.#plan = plan
    this.#start = start
  }

  async run(): Promise<UnloadReport> {
    const host = this.#host
    // It has ended before, by itself.
    if (host.state === 'ended') {
      await host.gone
      return this.#prove([], [], undefined)
    }
    host.state = 'unloading'
    try {
      const open = this.#plan.isForced ? await this.#hearForced() : await this.#hear()
      const processes = host.isolation.processes() ?? findProcesses(osPidsOf(open?.leftovers ?? []))
      const leftovers = addProcesses(open?.leftovers ?? [], processes)
      await this.#judge(leftovers, processes)
      return await this.#end(leftovers, processes, open)
    } catch (error) {
      if (host.state === 'unloading') host.state = 'loaded'
      throw error
    }
  }

  /** Calls that run come first, then the module says what is open. */
  async #hear(): Promise<Open> {
    const host = this.#host
    if (!(await host.drained(this.#left()))) {
      const text = `${host.running} of its calls still run after ${this.#plan.timeout} ms`
      throw this.#tooLate(text)
    }
    const asked = host.ask()
    const open = await within(asked.open, this.#left())
    if (open === undefined)
      throw this.#tooLate(`its beforeUnload still runs after ${this.#plan.timeout} ms, or something keeps it from running`)
    return open
  }

  /** @returns `undefined` where it does not say */
  async #hearForced(): Promise<Open | undefined> {
    const asked = this.#host.ask()
    try {
      return (await this.#isHeard(asked.heard)) ? await within(asked.open, this.#left()) : undefined
    } catch {
      // What beforeUnload throws does not count, and that it has ended is what was wanted.
      return undefined
    } finally {
      asked.open.catch(() => {})
    }
  }

  async #isHeard(heard: Promise<void>): Promise<boolean> {
    const { isolation } = this.#host
    const busyBefore = isolation.busyTime()
    const deadline = performance.now() + patience
    const isHeard = heard.then(() => true)
    for (let wait = hearing; performance.now() < deadline; wait = 5) {
      if ((await within(isHeard, wait)) === true) return true
      const busy = isolation.busyTime()
      if (busy === undefined || busyBefore === undefined || busy - busyBefore >= hearing - 1) return false
    }
    return false
  }

  /** @throws UnloadError where something is left that may not be */
  async #judge(leftovers: readonly Leftover[], processes: readonly OwnProcess[]): Promise<void> {
    const { isForced, killsChildren } = this.#plan
    const stays = isForced ? [] : leftovers.filter(({ kind }) => kind !== 'process' || !killsChildren)
    if (stays.length > 0) throw this.#active(leftovers)
    if (!killsChildren) return
    const alive = await killProcesses(processes, ending)
    if (alive.length > 0 && !isForced) throw this.#active(addProcesses([], alive))
  }

  async #end(leftovers: readonly Leftover[], processes: readonly OwnProcess[], open: Open | undefined): Promise<UnloadReport> {
    const host = this.#host
    if (host.running > 0) host.kill(new CancelledError(`Module "${host.name}" was unloaded by force.`, { url: host.url }))
    host.state = 'unloaded'
    if (!host.hasEnded) host.isolation.terminate(this.#plan.isForced)
    await within(host.gone, ending)
    if (!host.hasEnded || (await this.#isSeen())) {
      const { kind, osId } = host.isolation
      const text = `Module "${host.name}" was ended, and its ${kind} (${osId ?? 'of no known number'}) is still there after ${ending} ms.`
      throw new UnloadError('ERR_BROOD_STILL_LOADED', text, { leftovers, url: host.url })
    }
    return this.#prove(leftovers, processes, open)
  }

  /** @throws UnloadError where something refers to it still */
  async #prove(leftovers: readonly Leftover[], processes: readonly OwnProcess[], open: Open | undefined): Promise<UnloadReport> {
    const host = this.#host
    if ((await host.isolation.isCollected?.()) !== false) return this.#report(leftovers, processes, open)
    // So it is not unloaded, and can be looked for again.
    host.state = 'ended'
    const text = `Module "${host.name}" was ended, and is still in memory: something refers to its functions or values, such as a listener, a timer, or a cache of the host. Let go of that and unload it again.`
    throw new UnloadError('ERR_BROOD_STILL_LOADED', text, { leftovers, url: host.url, collected: false })
  }

  /** Node tells of the end of a thread a moment before the system does not know it any more. */
  async #isSeen(): Promise<boolean> {
    const deadline = performance.now() + ending
    while (this.#host.isolation.isSeen() === true) {
      if (performance.now() > deadline) return true
      await new Promise((resolve) => setImmediate(resolve))
    }
    return false
  }

  #report(leftovers: readonly Leftover[], processes: readonly OwnProcess[], open: Open | undefined): UnloadReport {
    const { isolation, memoryBefore } = this.#host
    return {
      ms: performance.now() - this.#start,
      leftovers: this.#plan.killsChildren ? leftovers.filter(({ kind }) => kind !== 'process') : leftovers,
      proof: {
        gone: isolation.kind,
        ...(isolation.isCollected !== undefined && { collected: true }),
        bySystem: isolation.isSeen() === false,
        osId: isolation.osId,
        processes: processes.filter((each) => !isThere(each)).map(({ osPid }) => osPid),
        descriptors: open?.descriptors ?? undefined,
        memory: { module: open?.memory, before: memoryBefore, loaded: this.#loaded, after: process.memoryUsage.rss() },
      },
    }
  }

  /** Milliseconds that are left. */
  #left(): number {
    return Math.max(0, this.#plan.timeout - (performance.now() - this.#start))
  }

  #tooLate(what: string): UnloadError {
    const text = `Module "${this.#host.name}" was not unloaded: ${what}. Give it more by \`timeout\`, or end it by \`force\`.`
    return new UnloadError('ERR_BROOD_UNLOAD_TIMEOUT', text, { url: this.#host.url, timeout: this.#plan.timeout })
  }

  #active(leftovers: readonly Leftover[]): UnloadError {
    const advice = 'Close it in beforeUnload and unload it again, or end it by `force`.'
    const text = `Module "${this.#host.name}" was not unloaded, since it has left open:\n${describeLeftovers(leftovers)}\n${advice}`
    return new UnloadError('ERR_BROOD_RESOURCES_ACTIVE', text, { leftovers, url: this.#host.url })
  }
}

const osPidsOf = (leftovers: readonly Leftover[]) => leftovers.flatMap(({ osPid }) => (osPid === undefined ? [] : [osPid]))

/** The system knows of processes that Node does not: those of addons, and those below the ones that Node has started. */
function addProcesses(leftovers: readonly Leftover[], processes: readonly OwnProcess[]): readonly Leftover[] {
  const known = osPidsOf(leftovers)
  const others = processes.filter(({ osPid }) => !known.includes(osPid))
  return [...leftovers, ...others.map(({ osPid }) => ({ kind: 'process' as const, description: `process ${osPid}`, osPid }))]
}

/** @returns `undefined` where it takes longer than `longest` milliseconds */
async function within<T>(promise: Promise<T>, longest: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = startTimer(() => resolve(undefined), longest)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
