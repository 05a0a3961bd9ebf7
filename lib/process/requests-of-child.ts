import { ImpossibleError } from './errors.js'
import type { Frame } from './frame.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import { type OutputEvent, showOutput } from './output.js'
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
  /** What it has: gives it back. What it waits for: gives up. */
  const leases = new Map<number, () => void>()

  const take = async ({ id, about, value }: Frame) => {
    const waiting = new AbortController()
    leases.set(id, () => waiting.abort())
    try {
      const release = await takeResources(decodeMessage(value) as Resources, about === 1, waiting.signal)
      if (waiting.signal.aborted) release()
      else {
        leases.set(id, release)
        send({ type: message.granted, id, value: undefined })
      }
    } catch (error) {
      leases.delete(id)
      // It asks no more.
      if (waiting.signal.aborted) return
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
      else if (frame.type === message.show) showOutput(decodeMessage(frame.value) as OutputEvent)
    },
    close() {
      for (const giveBack of leases.values()) giveBack()
      leases.clear()
    },
  }
}
