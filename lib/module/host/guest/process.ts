// What runs in the process of a module: a task of brood/process, which is answered when the module ends.

import { createRequire } from 'node:module'
import type * as Process from '../../../process/index.js'
import type { LoadRequest, ToModule } from '../wire.js'
import { Guest } from './guest.js'
import { ownThread } from './own-thread.js'

/** The first word of each side. */
const up = 'up'

/** The task. What it tells goes by `progress`, which is the link that the process has anyway; what it hears comes by a channel. */
export async function runModule(request: LoadRequest): Promise<void> {
  // It is loaded in here already: a child of brood/process runs in it.
  const { parentPid, progress, Receiver } = createRequire(__filename)('./process.cjs') as typeof Process
  const receiver = new Receiver<ToModule | typeof up>(parentPid() as Process.Pid)
  const guest = new Guest(ownThread(progress, true), request)
  progress(up)
  // The channel is open then: what opening it takes is not the module's.
  await receiver.recv()
  void guest.load()
  while (true) {
    const message = (await receiver.recv()) as ToModule
    if (message.type === 'end') return
    guest.receive(message)
  }
}
