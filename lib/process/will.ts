import { Outbox } from './outbox.js'
import type { Bequest } from './state.js'

/**
 * Sends what a process had left when it ended, in its place.
 *
 * @returns when it is sent, or nobody is there any more to whom
 */
export function execute({ name, bytes, fate }: Bequest): Promise<void> {
  const outbox = new Outbox(name)
  outbox.addBytes(bytes)
  try {
    outbox.start()
  } catch {
    return Promise.resolve()
  }
  return outbox.end(fate)
}
