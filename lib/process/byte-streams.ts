import { Readable, Writable } from 'node:stream'
import { ChannelClosedError } from './errors.js'
import type { Pid } from './pid.js'
import { Receiver } from './receiver.js'
import { Sender } from './sender.js'

/**
 * A {@link Sender} of bytes, as a stream. To end it is to close the channel; the one in the other direction is another one.
 *
 * @throws BroodError `ERR_BROOD_CHANNEL_SELF`, `ERR_BROOD_CHANNEL_DUPLICATE`. The stream is destroyed with `ERR_BROOD_CHANNEL_CLOSED` where the other
 *   side takes nothing more.
 */
export function byteSender(to: Pid): Writable {
  const sender = new Sender<Uint8Array>(to)
  return new Writable({
    write: (chunk: Uint8Array, _encoding, callback) => void settle(sender.send(chunk), callback),
    final: (callback) => void settle(sender.close(), callback),
    destroy: (error, callback) => void settle(sender.close(), callback, error),
  })
}

/**
 * A {@link Receiver} of bytes, as a stream. It ends where the other side ends it, or its process ends by itself.
 *
 * @throws BroodError `ERR_BROOD_CHANNEL_SELF`, `ERR_BROOD_CHANNEL_DUPLICATE`. The stream is destroyed with `ERR_BROOD_CHANNEL_CLOSED` where the other
 *   process has died.
 */
export function byteReceiver(from: Pid): Readable {
  const receiver = new Receiver<Uint8Array>(from)
  const readable = new Readable({
    read() {
      void readNext(receiver, readable)
    },
    destroy: (error, callback) => void settle(receiver.close(), callback, error),
  })
  return readable
}

async function readNext(receiver: Receiver<Uint8Array>, readable: Readable): Promise<void> {
  try {
    readable.push(await receiver.recv())
  } catch (error) {
    if (error instanceof ChannelClosedError && error.reason !== 'died') readable.push(null)
    else readable.destroy(error as Error)
  }
}

/** A stream's callback, for a promise. */
async function settle(promise: Promise<unknown>, callback: (error?: Error | null) => void, earlier: Error | null = null): Promise<void> {
  let error = earlier
  try {
    await promise
  } catch (thrown) {
    error ??= thrown as Error
  }
  callback(error)
}
