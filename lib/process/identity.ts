import { Pid } from './pid.js'
import { type Resources, resourcesDefault } from './resources.js'
import { getState } from './state.js'
import { chooseDirectory } from './tree-directory.js'
import type { Start } from './wire.js'

/** Who a process of the tree is. */
export interface Identity {
  readonly pid: Pid
  /** None in the process that a person started. */
  readonly parent: Pid | undefined
  readonly resources: Resources
  /** The private directory of the tree, which is made by who needs it first. */
  readonly directory: string
  /** Whoever knows it belongs to the tree. */
  readonly token: string
}

/** Who this process is. In the one that a person started it is made up on first use. */
export function identity(): Identity {
  const state = getState()
  state.identity ??= { pid: Pid.make(), parent: undefined, resources: resourcesDefault, ...chooseDirectory() }
  return state.identity
}

/** Makes this process the child that its parent says it is. */
export function become({ pid, parent, resources, directory, token, isMetered, output, capturesErrors }: Start): void {
  const state = getState()
  Object.assign(state, { isMetered, output, capturesErrors })
  state.identity = { pid: new Pid(pid), parent: new Pid(parent), resources, directory, token }
}
