import { localEngine } from './engine-local.js'
import { childEntry } from './entry.js'
import type { ProcessPlan } from './process-options.js'
import { Worker } from './worker.js'

let wanted = 0
/** What the spares are good for: the same process for the same module. */
let kind: string | undefined
let spares: Worker[] = []

/**
 * Keeps so many processes ready for the next `spawn`, with the module of the latest one loaded: a call is then answered in a twentieth of the time.
 *
 * A spare keeps no program running, and uses no resources of the ledger until it is used.
 */
export function setSpares(count: number): void {
  wanted = count
  dismiss(spares.splice(count))
}

/** A call is about to be made ready, and perhaps the first spare is the one for it: it wakes meanwhile. */
export function wakeSpare(): void {
  spares[0]?.knock()
}

/**
 * A process that is ready for a call of this module. Another one takes its place.
 *
 * @returns `undefined` where none is: the next one finds one
 */
export function takeSpare(plan: ProcessPlan, url: string): Worker | undefined {
  if (wanted === 0 || plan.detached) return undefined
  const asked = JSON.stringify([plan, url])
  if (asked !== kind) {
    dismiss(spares.splice(0))
    kind = asked
  }
  const spare = spares.shift()
  spare?.setHolding(true)
  void refillAfter(spare, plan, url, asked)
  return spare
}

/** To start a process while a spare answers would take from it what was won. */
async function refillAfter(spare: Worker | undefined, plan: ProcessPlan, url: string, asked: string): Promise<void> {
  await spare?.ended
  refill(plan, url, asked)
}

function refill(plan: ProcessPlan, url: string, asked: string): void {
  const missing = asked === kind ? wanted - spares.length : 0
  for (let made = 0; made < missing; made++) {
    const spare = new Worker(plan, { entry: childEntry, engine: localEngine, isPooled: true, modules: [url] })
    spare.setHolding(false)
    spares.push(spare)
    void forgetWhenEnded(spare)
  }
}

async function forgetWhenEnded(spare: Worker): Promise<void> {
  await spare.ended
  spares = spares.filter((other) => other !== spare)
}

function dismiss(workers: readonly Worker[]): void {
  for (const worker of workers) worker.end()
}
