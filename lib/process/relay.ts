// What a parent does for children that cannot wait for the other end of a channel by an event loop.
import { channelMessage, farewells } from './channel-message.js'
import { type ChannelName, keyOf } from './channel-name.js'
import type { ClosedReason } from './errors.js'
import type { Frame } from './frame.js'
import type { Line } from './line.js'
import { Outbox } from './outbox.js'
import { Rendezvous } from './rendezvous.js'
import type { Relayed, RelayRequest } from './state.js'

type Answer = (relayed: Relayed) => void

interface RelayedEnd {
  ask(request: RelayRequest, answer: Answer): void
  /** The child has closed it, or has ended. @returns when what it had sent is on its way */
  close(): Promise<void>
  flush(deadline: number): void
}

/** The ends of channels of one child. */
export class Relays {
  readonly #ends = new Map<string, RelayedEnd>()

  ask(request: RelayRequest, answer: Answer): void {
    const key = keyOf(request.name, request.role)
    let end = this.#ends.get(key)
    try {
      end ??= request.role === 'sender' ? new RelayedSender(request.name) : new RelayedReceiver(request.name)
    } catch (error) {
      answer({ refused: (error as Error).message })
      return
    }
    this.#ends.set(key, end)
    if (request.kind !== 'end') end.ask(request, answer)
    else {
      this.#ends.delete(key)
      void end.close().then(() => answer({}))
    }
  }

  /** @param key by {@link keyOf} */
  has(key: string): boolean {
    return this.#ends.has(key)
  }

  /** The process ends. @param deadline by clock.ts */
  flush(deadline: number): void {
    for (const end of this.#ends.values()) end.flush(deadline)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ends.values()].map((end) => end.close()))
  }
}

class RelayedSender implements RelayedEnd {
  readonly #outbox: Outbox

  /** @throws BroodError `ERR_BROOD_CHANNEL_REFUSED` */
  constructor(name: ChannelName) {
    this.#outbox = new Outbox(name)
    this.#outbox.start()
  }

  ask({ bytes }: RelayRequest, answer: Answer): void {
    const tell = () => answer(this.#outbox.closed === undefined ? {} : { closed: this.#outbox.closed })
    if (bytes !== undefined) this.#outbox.addBytes(bytes)
    if (this.#outbox.closed !== undefined || this.#outbox.hasRoom) tell()
    else this.#outbox.whenRoom(tell)
  }

  /** It is ended with the other ends of this thread. */
  flush(): void {}

  // Its farewell was among the bytes.
  close(): Promise<void> {
    return this.#outbox.end(undefined)
  }
}

class RelayedReceiver implements RelayedEnd {
  readonly #rendezvous: Rendezvous
  #connection: Line | undefined
  readonly #frames: Frame[] = []
  #closed: ClosedReason | undefined
  #answer: Answer | undefined

  /** @throws BroodError `ERR_BROOD_CHANNEL_REFUSED` */
  constructor(name: ChannelName) {
    this.#rendezvous = new Rendezvous(name, 'receiver', {
      onMeet: (connection) => this.#meet(connection),
      onGone: (fate) => this.#end(fate),
    })
    this.#rendezvous.start()
  }

  ask({ kind, bytes }: RelayRequest, answer: Answer): void {
    if (kind === 'pull') {
      this.#answer = answer
      this.#give()
      return
    }
    if (bytes !== undefined) this.#connection?.write([bytes])
    answer({})
  }

  flush(deadline: number): void {
    this.#connection?.flush(deadline)
  }

  async close(): Promise<void> {
    this.#rendezvous.stop()
    const connection = this.#connection
    if (connection === undefined) return
    connection.listen({ onFrame: () => {}, onClose: () => {} })
    connection.resume()
    await connection.end()
    connection.destroy()
  }

  #meet(connection: Line): void {
    this.#connection = connection
    let farewell: ClosedReason = 'died'
    connection.listen({
      onFrame: (frame) => {
        if (frame.type === channelMessage.farewell) farewell = farewells[frame.id] ?? 'died'
        else this.#keep(frame)
      },
      onClose: () => this.#end(farewell),
    })
  }

  #keep(frame: Frame): void {
    this.#frames.push(frame)
    this.#connection?.pause()
    this.#give()
  }

  #end(reason: ClosedReason): void {
    this.#closed ??= reason
    this.#give()
  }

  #give(): void {
    const answer = this.#answer
    if (answer === undefined) return
    const frame = this.#frames.shift()
    if (frame === undefined && this.#closed === undefined) {
      this.#connection?.resume()
      return
    }
    this.#answer = undefined
    answer(frame === undefined ? { closed: this.#closed as ClosedReason } : { frame })
  }
}
