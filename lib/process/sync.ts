// Channels without the event loop, as constellation's block(): for tasks that are one synchronous call from end to end.
import { invalid } from './argument.js'
import { Receiver } from './receiver.js'
import { Sender } from './sender.js'

/**
 * Takes the next value, and blocks the thread until it is there.
 *
 * Where the channel is not open yet, it leads through the parent of this process from then on, which must not block meanwhile. So it cannot do that in
 * the process that a person started.
 *
 * @throws BroodError as {@link Receiver.recv}; `ERR_BROOD_NO_TASK` where the channel is not open yet, and this process has no parent
 */
export function recvSync<T>(receiver: Receiver<T>): T {
  if (!(receiver instanceof Receiver)) throw invalid('receiver', 'a Receiver', receiver)
  return Receiver.receiveBlocking(receiver)
}

/**
 * Sends a value, and blocks the thread until there is room for it. It leads through the parent as for {@link recvSync}.
 *
 * @throws BroodError as {@link Sender.send}; `ERR_BROOD_CHANNEL_BUSY` where what `send()` was given before is still on its way: await that first;
 *   `ERR_BROOD_NO_TASK` as for {@link recvSync}
 */
export function sendSync<T>(sender: Sender<T>, value: T): void {
  if (!(sender instanceof Sender)) throw invalid('sender', 'a Sender', sender)
  Sender.sendBlocking(sender, value)
}
