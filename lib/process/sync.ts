// Channels without the event loop, as constellation's block(): for tasks that are one synchronous call from end to end.
import { invalid } from './argument.js'
import { Receiver } from './receiver.js'
import { Sender } from './sender.js'

/**
 * Takes the next value, and blocks the thread until it is there. What the thread's own processes ask for is seen to meanwhile, so that it may be one of them that
 * it waits for; what they answer and tell comes when the thread has its event loop again.
 *
 * Where the channel is not open yet, it leads through the parent from then on, which must not block by anything else than this meanwhile, and in a process or
 * a Worker without one through a thread of brood's own. What was given to `send()` or a call in an earlier turn, and is larger than a socket takes (some
 * 100 KB), gets no further meanwhile: await it first.
 *
 * @throws BroodError as {@link Receiver.recv}
 */
export function recvSync<T>(receiver: Receiver<T>): T {
  if (!(receiver instanceof Receiver)) throw invalid('receiver', 'a Receiver', receiver)
  return Receiver.receiveBlocking(receiver)
}

/**
 * Sends a value, and blocks the thread until there is room for it: see {@link recvSync}.
 *
 * @throws BroodError as {@link Sender.send}; `ERR_BROOD_CHANNEL_BUSY` where what `send()` was given before is still on its way: await that first
 */
export function sendSync<T>(sender: Sender<T>, value: T): void {
  if (!(sender instanceof Sender)) throw invalid('sender', 'a Sender', sender)
  Sender.sendBlocking(sender, value)
}
