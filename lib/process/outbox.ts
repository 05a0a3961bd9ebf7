import { addOpenEnd, type OpenEnd, prepareToBlock, removeOpenEnd } from './channel-ends.js'
import { channelMessage, farewells } from './channel-message.js'
import { type ChannelName, keyOf, otherRole, ownerOf, type Role } from './channel-name.js'
import { ChannelRefusedError, type ClosedReason } from './errors.js'
import { encodeFrame, type Frame } from './frame.js'
import type { Line } from './line.js'
import { Pid } from './pid.js'
import { RelayLine } from './relay-line.js'
import { Rendezvous } from './rendezvous.js'
import type { Bequest, Fate } from './state.js'
import { findSubstitute } from './substitute.js'
import type { EncodedValue } from './value-codec.js'

/** Characters of small values that are gathered before they are written: as many as make the system call cheap beside them. */
const longestBatch = 32 * 1024

/** Bytes that may wait here until the system takes them. A value that is larger is sent when nothing else waits. */
const mostWaiting = 1024 * 1024

/** Those that were closed without a value, by their ends: the other side is told so when it looks for them, unless the end is made again by then. */
const empty = new Map<string, Outbox>()

/** The sending end of a channel: what is sent waits here until the other end is there and takes it. */
export class Outbox implements OpenEnd {
  readonly name: ChannelName
  readonly #rendezvous: Rendezvous
  #connection: Line | undefined
  /** Values as JSON, which go into one frame. */
  #texts: string[] = []
  #textLength = 0
  #isStarted = false
  #isScheduled = false
  /** Frames for a connection that is not there yet. */
  #early: Uint8Array[] = []
  #earlyLength = 0
  #closed: ClosedReason | undefined
  #hasLost = false
  #isEnding = false
  /** What the other side is still to be told. */
  #farewell: ClosedReason | undefined
  readonly #onRoom: (() => void)[] = []
  #onEmpty: (() => void)[] = []
  readonly #onGone: () => void

  /** @param onGone the other side has ended it, or is gone */
  constructor(name: ChannelName, onGone: () => void = () => {}) {
    this.name = name
    this.#onGone = onGone
    const earlier = empty.get(this.#key)
    if (earlier !== undefined) earlier.#close('closed')
    this.#rendezvous = new Rendezvous(name, 'sender', {
      onMeet: (connection) => this.#meet(connection),
      onGone: (fate) => this.#closeAs(fate),
    })
  }

  get #key(): string {
    return keyOf(this.name, 'sender')
  }

  /** Why nothing goes any more. */
  get closed(): ClosedReason | undefined {
    return this.#closed
  }

  /** Was there something that never got under way? */
  get hasLost(): boolean {
    return this.#hasLost
  }

  get isUsed(): boolean {
    return this.#connection !== undefined || this.#closed !== undefined || !this.isEmpty
  }

  get hasRoom(): boolean {
    return this.#textLength + this.#earlyLength + (this.#connection?.waiting ?? 0) < mostWaiting
  }

  get isEmpty(): boolean {
    return this.#textLength + this.#earlyLength + (this.#connection?.waiting ?? 0) === 0
  }

  get isConnected(): boolean {
    return this.#connection !== undefined
  }

  /** @throws BroodError `ERR_BROOD_CHANNEL_REFUSED`: it can be started again then */
  start(): void {
    if (this.#isStarted) return
    this.#rendezvous.start()
    this.#isStarted = true
    addOpenEnd(this)
  }

  /** A value that is small, and JSON. */
  addText(text: string): void {
    this.#texts.push(text)
    this.#textLength += text.length + 1
    if (this.#textLength >= longestBatch) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      process.nextTick(() => {
        this.#isScheduled = false
        this.flush()
      })
    }
  }

  /** Any other one. Its buffers are sent as they lie. @throws RangeError where it is too large for a frame */
  addValue(value: EncodedValue): void {
    const pieces = encodeFrame({ type: channelMessage.value, id: 0, value })
    this.flush()
    this.#write(pieces)
  }

  /** Frames that another process had for this channel. */
  addBytes(bytes: Uint8Array): void {
    this.#write([bytes])
  }

  flush(): void {
    if (this.#textLength > 0) this.#write(this.#takeTexts())
  }

  #takeTexts(): Uint8Array[] {
    if (this.#textLength === 0) return []
    const body = `[${this.#texts.join(',')}]`
    this.#texts = []
    this.#textLength = 0
    return encodeFrame({ type: channelMessage.list, id: 0, value: { format: 'json', body, buffers: [] } })
  }

  #write(pieces: readonly Uint8Array[]): void {
    if (this.#closed !== undefined) return
    if (this.#connection !== undefined) {
      this.#connection.write(pieces)
      return
    }
    for (const piece of pieces) {
      this.#early.push(piece)
      this.#earlyLength += piece.length
    }
  }

  /** Is called once there is room, or the channel has come to its end. */
  whenRoom(onRoom: () => void): void {
    this.#onRoom.push(onRoom)
  }

  /** Is called once the system has taken everything, or the channel has come to its end. */
  whenEmpty(onEmpty: () => void): void {
    if (this.isEmpty || this.#closed !== undefined) onEmpty()
    else this.#onEmpty.push(onEmpty)
  }

  /**
   * Sends a value, or what is there, and waits until the system has taken it, without the event loop.
   *
   * @returns `false` where earlier values are on their way: then nothing is sent
   */
  sendBlocking(pieces: readonly Uint8Array[]): boolean {
    if (this.#connection === undefined) this.#relay()
    const line = this.#connection
    if (this.#closed !== undefined || line === undefined) return true
    prepareToBlock()
    return line.writeBlocking(pieces)
  }

  prepareToBlock(): void {
    this.flush()
    try {
      if (this.#earlyLength > 0) this.#relay()
    } catch {
      // Then it waits for the event loop.
    }
  }

  /** Nobody can come to our door while we wait. */
  #relay(): void {
    const line = makeRelay(this.name, 'sender')
    this.#rendezvous.stop()
    this.#isStarted = true
    addOpenEnd(this)
    this.#meet(line)
  }

  /** Sends what is there, and then why nothing more comes. It waits for the other end where there is something to send. */
  async end(reason: ClosedReason | undefined): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#farewell = reason
    this.flush()
    if (this.#connection === undefined && this.#earlyLength === 0) {
      this.#endEmpty()
      return
    }
    await new Promise<void>((resolve) => this.whenEmpty(resolve))
    await this.#endConnection()
  }

  #endEmpty(): void {
    try {
      if (this.#farewell === undefined) this.#close('closed')
      else this.start()
    } catch {
      // There is no way to tell it.
      this.#close('closed')
    }
    if (this.#closed === undefined) empty.set(this.#key, this)
  }

  async #endConnection(): Promise<void> {
    const connection = this.#connection
    if (this.#closed === undefined && connection !== undefined) {
      this.#sayFarewell(connection)
      await connection.end()
    }
    this.#close('closed')
  }

  endWithProcess(fate: Fate, deadline: number): Bequest | undefined {
    if (this.#closed !== undefined) return undefined
    this.flush()
    if (this.#connection !== undefined) {
      if (!this.#isEnding) this.#farewell = fate
      this.#sayFarewell(this.#connection)
      this.#connection.flush(deadline)
      return undefined
    }
    const bytes = Buffer.concat(this.#early)
    this.#early = []
    this.#earlyLength = 0
    return bytes.length === 0 ? undefined : { name: this.name, bytes, fate }
  }

  #sayFarewell(connection: Line): void {
    if (this.#farewell !== undefined) sayFarewell(connection, this.#farewell)
    this.#farewell = undefined
  }

  #meet(connection: Line): void {
    this.#connection = connection
    let farewell: ClosedReason = 'died'
    connection.listen({
      onFrame: ({ type, id }: Frame) => {
        if (type === channelMessage.farewell) farewell = farewells[id] ?? 'died'
      },
      onClose: () => this.#closeAs(farewell),
      onDrain: () => this.#drain(),
    })
    const early = this.#early
    this.#early = []
    this.#earlyLength = 0
    if (early.length > 0) connection.write(early)
    if (empty.get(this.#key) === this) void this.#endConnection()
  }

  #drain(): void {
    for (const onRoom of this.#onRoom.splice(0)) onRoom()
    if (!this.isEmpty) return
    const onEmpty = this.#onEmpty
    this.#onEmpty = []
    for (const tell of onEmpty) tell()
  }

  #closeAs(reason: ClosedReason): void {
    this.#close(reason)
    this.#onGone()
  }

  #close(reason: ClosedReason): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    this.#rendezvous.stop()
    removeOpenEnd(this)
    if (empty.get(this.#key) === this) empty.delete(this.#key)
    this.#hasLost = this.#textLength + this.#earlyLength > 0
    this.#texts = []
    this.#early = []
    this.#textLength = 0
    this.#earlyLength = 0
    for (const tell of [...this.#onRoom.splice(0), ...this.#onEmpty.splice(0)]) tell()
  }
}

/** Tells the other side why nothing more comes. */
export function sayFarewell(connection: Line, reason: ClosedReason): void {
  connection.send({ type: channelMessage.farewell, id: farewells.indexOf(reason), value: undefined })
}

/** A line through who has an event loop meanwhile. @throws BroodError `ERR_BROOD_CHANNEL_REFUSED` where there is nobody */
export function makeRelay(name: ChannelName, role: Role): Line {
  try {
    return new RelayLine(findSubstitute(), name, role)
  } catch (cause) {
    const text = `No thread can be started that opens the channel while this one waits: ${(cause as Error).message}. Await send() or recv() first.`
    throw new ChannelRefusedError(text, { cause, pid: new Pid(ownerOf(name, otherRole(role))) })
  }
}
