import { BroodError } from '../errors.js'
import { invalid } from './argument.js'
import { hold, release } from './hold.js'
import { Receiver } from './receiver.js'

/** What {@link select} has found. */
export type Selected<R extends readonly Receiver[]> = {
  [I in keyof R]: R[I] extends Receiver<infer T> ? { readonly receiver: R[I]; readonly index: number; readonly value: T } : never
}[number]

/** So that none of them is always asked first. */
let turn = 0

/**
 * Waits for the first value of any of these, and takes nothing from the others. Where more of them have one, they take turns.
 *
 * @throws BroodError what `recv()` of one of them throws, with the `receiver`: leave that one out and go on
 */
export async function select<R extends readonly Receiver[]>(...receivers: R): Promise<Selected<R>> {
  if (receivers.length === 0)
    throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', 'select() needs a Receiver to wait for.', { argument: 'receivers' })
  for (const receiver of receivers) if (!(receiver instanceof Receiver)) throw invalid('receivers', 'Receivers alone', receiver)
  const first = turn++
  while (true) {
    for (let offset = 0; offset < receivers.length; offset++) {
      const index = (first + offset) % receivers.length
      const receiver = receivers[index] as unknown as Receiver
      const taken = tryTake(receiver)
      if (taken !== undefined) return { receiver, index, value: taken.value } as Selected<R>
    }
    await untilReady(receivers)
  }
}

function tryTake(receiver: Receiver): { value: unknown } | undefined {
  try {
    const inbox = Receiver.inboxOf(receiver)
    if (inbox.isEmpty) {
      // Starts it, and throws where nothing more comes.
      const value = receiver.tryRecv()
      return value === undefined ? undefined : { value }
    }
    return { value: receiver.tryRecv() }
  } catch (error) {
    throw Object.assign(error as Error, { receiver })
  }
}

async function untilReady(receivers: readonly Receiver[]): Promise<void> {
  const undos: (() => void)[] = []
  hold()
  try {
    await new Promise<void>((resolve) => {
      for (const receiver of receivers) undos.push(Receiver.inboxOf(receiver).whenReady(resolve))
    })
  } finally {
    release()
    for (const undo of undos) undo()
  }
}
