// The doors to what most children do without. To compile all of it takes a child 3 ms.
import { createRequire } from 'node:module'
import { notBeside } from './errors.js'
import type * as Rest from './rest.js'
import { getState } from './state.js'
import type { AnyFunction } from './task.js'

let rest: typeof Rest | undefined

/** Loads the rest of the library. It shares the modules that are loaded here already. */
export function loadRest(): typeof Rest {
  const file = './process-rest.cjs'
  try {
    rest ??= createRequire(import.meta.url)(file) as typeof Rest
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' && String(cause).includes(file)
    // An ES module that a bundler has made of this file does not know where it is.
    const isNowhere = cause instanceof ReferenceError && cause.message.startsWith('__filename ')
    throw isMissing || isNowhere ? notBeside(file, { cause }) : cause
  }
  return rest
}

type AnyClass = abstract new (...args: never[]) => object

/** A class that is loaded when somebody uses it. It is the class to all who do: to make one, to extend it, to ask what is one. */
function lateClass<Class extends AnyClass>(load: () => Class): Class {
  // A function may be constructed. All else is asked of the class itself.
  const standIn = function standIn() {} as unknown as Class
  return new Proxy(standIn, {
    construct: (_target, args, newTarget) => Reflect.construct(load(), args, newTarget) as object,
    get: (_target, key) => Reflect.get(load(), key) as unknown,
    has: (_target, key) => Reflect.has(load(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(load()),
  })
}

/** A function with overloads, of which each is the function's own. */
function lateFunction<F extends AnyFunction>(load: () => F): F {
  return ((...call: unknown[]) => load()(...call)) as F
}

/** {@inheritDoc Rest.spawn} */
export const spawn = lateFunction<typeof Rest.spawn>(() => loadRest().spawn)
/** {@inheritDoc Rest.spawnWith} */
export const spawnWith = lateFunction<typeof Rest.spawnWith>(() => loadRest().spawnWith)
/** {@inheritDoc Rest.trySpawn} */
export const trySpawn = lateFunction<typeof Rest.trySpawn>(() => loadRest().trySpawn)
/** {@inheritDoc Rest.select} */
export const select: typeof Rest.select = (...receivers) => loadRest().select(...receivers)
/** {@inheritDoc Rest.recvSync} */
export const recvSync: typeof Rest.recvSync = (receiver) => loadRest().recvSync(receiver)
/** {@inheritDoc Rest.sendSync} */
export const sendSync: typeof Rest.sendSync = (sender, value) => loadRest().sendSync(sender, value)
/** {@inheritDoc Rest.byteSender} */
export const byteSender: typeof Rest.byteSender = (...call) => loadRest().byteSender(...call)
/** {@inheritDoc Rest.byteReceiver} */
export const byteReceiver: typeof Rest.byteReceiver = (...call) => loadRest().byteReceiver(...call)

/** {@inheritDoc Rest.configure} */
export const configure: typeof Rest.configure = (configuration) => {
  // In a child it does nothing, and modules call it where they are evaluated.
  if (!getState().isChild) loadRest().configure(configuration)
}

export const Pool: typeof Rest.Pool = lateClass(() => loadRest().Pool)
export type Pool = Rest.Pool
export const Sender: typeof Rest.Sender = lateClass(() => loadRest().Sender)
export type Sender<T = unknown> = Rest.Sender<T>
export const Receiver: typeof Rest.Receiver = lateClass(() => loadRest().Receiver)
export type Receiver<T = unknown> = Rest.Receiver<T>
