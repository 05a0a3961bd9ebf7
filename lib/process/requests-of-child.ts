import { ImpossibleError } from './errors.js'
import type { Frame } from './frame.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import { forget, watch } from './reaper.js'
import type { Resources } from './resources.js'
import { takeResources } from './tree-ledger.js'
import { message, type Refusal } from './wire.js'

/** What a child asks for on behalf of its own children. */
export interface RequestsOfChild {
  receive(frame: Frame): void
  /** It has ended: what it has taken is given back. */
  close(): void
}

/** Passes on what a child asks for, towards the root. */
export function answerRequests(send: (frame: Frame) => void): RequestsOfChild {
  const leases = new Map<number, () => void>()
  let isClosed = false

  const take = async ({ id, about, value }: Frame) => {
    try {
      const release = await takeResources(decodeMessage(value) as Resources, about === 1)
      if (isClosed) release()
      else {
        leases.set(id, release)
        send({ type: message.granted, id, value: undefined })
      }
    } catch (error) {
      const refusal: Refusal = {
        kind: error instanceof ImpossibleError ? 'impossible' : 'no-capacity',
        message: (error as Error).message,
      }
      send({ type: message.refused, id, value: encodeMessage(refusal, () => 'A refusal') })
    }
  }

  const release = (id: number) => {
    leases.get(id)?.()
    leases.delete(id)
  }

  return {
    receive(frame) {
      if (frame.type === message.take) void take(frame)
      else if (frame.type === message.release) release(frame.id)
      else if (frame.type === message.born) watch(frame.id)
      else if (frame.type === message.buried) forget(frame.id)
    },
    close() {
      isClosed = true
      for (const giveBack of leases.values()) giveBack()
      leases.clear()
    },
  }
}
