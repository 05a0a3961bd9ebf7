import { addOpenEnd, type OpenEnd, prepareToBlock, removeOpenEnd } from './channel-ends.js'
import { channelMessage, farewells } from './channel-message.js'
import type { ChannelName } from './channel-name.js'
import type { ClosedReason } from './errors.js'
import type { Frame } from './frame.js'
import type { Line } from './line.js'
import { decodeMessage } from './message-value.js'
import { makeRelay, sayFarewell } from './outbox.js'
import { Rendezvous } from './rendezvous.js'
import type { Fate } from './state.js'
import type { EncodedValue } from './value-codec.js'

/** Bytes that lie here unread before nothing more is read from the socket. */
const mostUnread = 1024 * 1024

/** Frames that were taken, and are still in the list. */
const mostTaken = 1024

/** What came in one frame. */
interface Batch {
  /** Values, or one that is still to be decoded. */
  readonly values: readonly unknown[] | undefined
  readonly encoded: EncodedValue | undefined
  readonly size: number
  next: number
}

/** The receiving end of a channel: what has come lies here until it is taken. */
export class Inbox implements OpenEnd {
  readonly #name: ChannelName
  readonly #rendezvous: Rendezvous
  readonly #batches: Batch[] = []
  #first = 0
  #unread = 0
  #isPaused = false
  #connection: Line | undefined
  #closed: ClosedReason | undefined
  #isStarted = false
  #isRelayed = false
  readonly #onReady: (() => void)[] = []

  constructor(name: ChannelName) {
    this.#name = name
    this.#rendezvous = new Rendezvous(name, 'receiver', {
      onMeet: (connection) => this.#meet(connection),
      onGone: (fate) => this.#end(fate),
    })
  }

  /** Why nothing more comes. What has come may still lie here. */
  get closed(): ClosedReason | undefined {
    return this.#closed
  }

  get isUsed(): boolean {
    return this.#isStarted || this.#closed !== undefined
  }

  get isEmpty(): boolean {
    return this.#first === this.#batches.length
  }

  /** @throws BroodError `ERR_BROOD_CHANNEL_REFUSED`: it can be started again then */
  start(): void {
    if (this.#isStarted) return
    this.#rendezvous.start()
    this.#isStarted = true
    addOpenEnd(this)
  }

  /** Takes the oldest value. There must be one. @throws Error where it cannot be read */
  take(): unknown {
    const batch = this.#batches[this.#first] as Batch
    const { values, encoded, size } = batch
    const index = batch.next++
    if (values === undefined || batch.next === values.length) {
      this.#first++
      // To shift them one by one would move all the others each time.
      if (this.#first === this.#batches.length || this.#first > mostTaken) {
        this.#batches.splice(0, this.#first)
        this.#first = 0
      }
      this.#unread -= size
      this.#resume()
    }
    return values === undefined ? decodeMessage(encoded) : values[index]
  }

  /** Waits for a value, or the end, without the event loop. */
  waitBlocking(): void {
    if (this.isEmpty) prepareToBlock()
    while (this.isEmpty && this.#closed === undefined) {
      if (this.#connection === undefined) this.#relay()
      this.#connection?.readBlocking()
    }
  }

  /** Nobody can come to our door while we wait. */
  #relay(): void {
    const line = makeRelay(this.#name, 'receiver')
    this.#rendezvous.stop()
    this.#isStarted = true
    this.#isRelayed = true
    addOpenEnd(this)
    this.#meet(line)
  }

  /** Is called once there is a value, or the end. @returns gives up */
  whenReady(onReady: () => void): () => void {
    this.#onReady.push(onReady)
    // What goes through the parent comes when it is asked for.
    if (this.#isRelayed && !this.#isPaused) this.#connection?.resume()
    return () => {
      const index = this.#onReady.indexOf(onReady)
      if (index >= 0) this.#onReady.splice(index, 1)
    }
  }

  /** Takes nothing more, and tells the other side. What lies here unread is lost. */
  async close(): Promise<void> {
    // The other side may have begun to send where it was accepted.
    const connection = this.#connection ?? this.#rendezvous.takeAccepted()
    this.#end('closed')
    this.#batches.length = 0
    this.#first = 0
    if (connection === undefined) return
    connection.listen({ onFrame: () => {}, onClose: () => {} })
    connection.resume()
    sayFarewell(connection, 'closed')
    await connection.end()
    connection.destroy()
  }

  prepareToBlock(): void {}

  endWithProcess(fate: Fate, deadline: number): undefined {
    if (this.#connection === undefined || this.#closed !== undefined) return
    sayFarewell(this.#connection, fate)
    this.#connection.flush(deadline)
  }

  #meet(connection: Line): void {
    this.#connection = connection
    let farewell: ClosedReason = 'died'
    connection.listen({
      onFrame: ({ type, id, value }: Frame) => {
        if (type === channelMessage.farewell) farewell = farewells[id] ?? 'died'
        else if (value !== undefined) this.#add(type, value)
      },
      onClose: () => this.#end(farewell),
    })
  }

  #add(type: number, value: EncodedValue): void {
    const buffers: readonly Uint8Array[] = value.buffers
    const size = buffers.reduce((sum, { length }) => sum + length, value.body.length)
    if (type === channelMessage.list) {
      const values = decodeMessage(value) as unknown[]
      if (values.length === 0) return
      this.#batches.push({ values, encoded: undefined, size, next: 0 })
    } else {
      // It is decoded when it is taken: it may hold an end of a channel.
      this.#batches.push({ values: undefined, encoded: value, size, next: 0 })
    }
    this.#unread += size
    if (this.#unread >= mostUnread && !this.#isPaused) {
      this.#isPaused = true
      this.#connection?.pause()
    }
    this.#tell()
  }

  #resume(): void {
    if (!this.#isPaused || this.#unread >= mostUnread / 2) return
    this.#isPaused = false
    this.#connection?.resume()
  }

  #end(reason: ClosedReason): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    this.#rendezvous.stop()
    removeOpenEnd(this)
    this.#tell()
  }

  #tell(): void {
    for (const onReady of this.#onReady.splice(0)) onReady()
  }
}
