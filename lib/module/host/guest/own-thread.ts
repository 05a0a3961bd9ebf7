// A module that has a thread to itself, or a process.
import { recordThrown } from '../../../process/error-record.js'
import { getState } from '../../state.js'
import { clones } from '../not-cloneable.js'
import { Account } from './account.js'
import { OpenDescriptors } from './descriptors.js'
import type { Surface } from './guest.js'

/** What a guest needs where all that runs is the module's. */
export function ownThread(send: Surface['send'], hasProcess: boolean): Surface {
  // A monitor changes nothing in what Node does with it.
  process.on('uncaughtExceptionMonitor', (error) => send({ type: 'uncaught', record: recordThrown(error, clones) }))
  return {
    send,
    hasProcess,
    account: () => new Account({ hasProcess, descriptors: new OpenDescriptors() }),
    async load(url, imports) {
      getState().imports = imports
      return (await import(url)) as { readonly default?: unknown }
    },
  }
}
