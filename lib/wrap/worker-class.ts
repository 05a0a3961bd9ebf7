import type { Worker as NodeWorker } from 'node:worker_threads'
import { hideFrames } from './hide-frames.js'

type WorkerClass = typeof NodeWorker

/** The arguments of `new Worker()`. */
export type WorkerArguments = ConstructorParameters<WorkerClass>

/**
 * Makes a class that is used and shown as `Worker`, and has its instances made by `construct`.
 *
 * A proxy would do, but Node 26 shows that it is one.
 *
 * @param isKnown has somebody the original already? Then it goes on knowing the instances.
 */
export function replaceClass(
  original: WorkerClass,
  isKnown: boolean,
  construct: (args: WorkerArguments, newTarget: WorkerClass) => NodeWorker,
): WorkerClass {
  // oxlint-disable-next-line typescript/no-extraneous-class
  class Worker {
    constructor(_filename: unknown, ..._rest: unknown[]) {
      // oxlint-disable-next-line prefer-rest-params, no-constructor-return
      return hideFrames(() => construct([...arguments] as unknown as WorkerArguments, new.target as unknown as WorkerClass))
    }
  }
  const { prototype } = original as { prototype: object }
  const { constructor: _, ...properties } = Object.getOwnPropertyDescriptors(prototype)
  Object.defineProperties(Worker.prototype, properties)
  Object.setPrototypeOf(Worker.prototype, isKnown ? prototype : (Object.getPrototypeOf(prototype) as object))
  Object.setPrototypeOf(Worker, Object.getPrototypeOf(original) as object)
  return Worker as unknown as WorkerClass
}
